// By which recipe takes are learnt from, and its programs ahead of the lesson.
import type { Frozen } from '../train/data/frozen.js';
import type { Program, Runtime } from '../runtime/program.js';
import { arrayOf } from '../runtime/check.js';
import { sizeOf, type Tensors } from '../tensor.js';
import { parseRecipe, type Recipe } from '../train/recipe/recipe.js';
import type { ProgramCache } from '../train/run/programCache.js';
import { modelConfig, startState } from '../train/run/programs.js';
import type { TeachOptions } from './options.js';

/** Somebody waits for a lesson: where its held-out takes are all right from the start on, they are not asked six times more. */
const settled = 2;

/** The recipe of `train` on features alone, without mosaics and settled early, with what the caller says otherwise. Throws `usage`. */
export function lessonRecipe(given: TeachOptions['recipe'], { backbone }: Pick<Frozen, 'backbone'>): Recipe {
  return parseRecipe({
    ...{ attention: { form: 'joint' }, actors: { mosaics: 0, motion: false }, settled },
    ...given,
    backbone,
  });
}

/** What a lesson is prepared with. */
export interface AheadOptions {
  frozen: Frozen;
  runtime: Runtime;
  /** Of `runtime`. */
  programs: ProgramCache;
  recipe?: TeachOptions['recipe'];
}

/** Compiles what a lesson of so many actions runs and runs it once on nothing: an engine's first run is several times slower. */
export async function compileAhead(
  actions: number,
  { frozen, runtime, programs, recipe: given }: AheadOptions,
): Promise<void> {
  const recipe = lessonRecipe(given, frozen);
  const names = Array.from({ length: actions }, (_, k) => `${k}`);
  const opened = await programs.open(recipe, modelConfig(recipe, names, frozen));
  await runtime.write(startState(opened, recipe));
  for (const program of [opened.validate, opened.step])
    await program.run(nothingFor(program), { transfer: true });
}

function nothingFor({ feeds }: Program): Tensors {
  return Object.fromEntries(
    feeds.map(({ name, dtype, shape }) => {
      const lengths = shape as readonly number[];
      return [name, { dtype, shape: lengths, data: new arrayOf[dtype](sizeOf(lengths)) }];
    }),
  );
}
