// What a sweep tries: any setting of a recipe, on a grid of values or by random draws, from a JSON file. Every trial is a
// whole recipe that is checked before the first of them is trained.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { checked, oneOf } from '../../checked.js';
import { usageError, WhereWhenError } from '../../errors.js';
import { formNames, formSizes } from '../../model/index.js';
import { Random } from '../../random.js';
import { parseRecipe, type RecipeInput } from '../../train/index.js';
import { isFrozen } from '../../train/recipe/frozenRecipe.js';
import { joinRecipes } from '../../train/recipe/recipes.js';

const Value = z.union([z.number(), z.string(), z.boolean(), z.array(z.number())]);

/** Numbers between two, evenly or evenly on a logarithmic scale. */
const Range = z.strictObject({
  low: z.number(),
  high: z.number(),
  scale: z.enum(['linear', 'log']).default('linear'),
  /** Whole numbers, `high` among them. */
  isWhole: z.boolean().default(false),
});

const Settings = <Form extends z.ZodType>(form: Form) =>
  z.record(z.string().min(1), form).refine((all) => Object.keys(all).length > 0, 'at least one setting');

/** A sweep as its file tells it; a setting is a path in the recipe, as `learningRate` or `attention.hidden`. */
export const SweepFile = z.discriminatedUnion('search', [
  z.strictObject({ search: z.literal('grid'), settings: Settings(z.array(Value).min(1)) }),
  z.strictObject({
    search: z.literal('random'),
    trials: z.number().int().min(1),
    seed: z.number().int().min(0).default(0),
    settings: Settings(z.union([z.array(Value).min(1), Range])),
  }),
]);
/** A sweep as its file tells it. */
export type SweepFile = z.infer<typeof SweepFile>;

/** A value of a setting. */
export type SweepValue = z.infer<typeof Value>;

/** One training of a sweep. */
export interface Trial {
  /** `trial-07`: its folder below OUT. */
  name: string;
  /** What is tried, by path. */
  settings: Record<string, SweepValue>;
  recipe: RecipeInput;
}

const HINT = '{ "search": "grid", "settings": { "learningRate": [0.001, 0.002] } }';

/** Reads the file of a sweep. Throws `usage` where it is none to be read, and `format` that names the field at fault. */
export async function readSweep(file: string): Promise<SweepFile> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw usageError(file, 'a JSON file that tells a sweep', (cause as Error).message, HINT, cause);
  }
  return checked(file, value, SweepFile, HINT);
}

/** All trials over `base`, each a recipe that holds. Throws `usage` that names the trial and what is wrong with it. */
export function trialsOf(sweep: SweepFile, base: RecipeInput): Trial[] {
  const all = sweep.search === 'grid' ? gridOf(sweep.settings) : drawsOf(sweep);
  const digits = String(all.length).length;
  return all.map((settings, i) => {
    const name = `trial-${String(i + 1).padStart(digits, '0')}`;
    try {
      const recipe = withSettings(base, settings);
      parseRecipe(recipe);
      return { name, settings, recipe };
    } catch (cause) {
      if (!(cause instanceof WhereWhenError)) throw cause;
      throw usageError(`--sweep: ${name}`, 'settings that a training takes', cause.message, undefined, cause);
    }
  });
}

/** Every value with every other one; the last setting changes first. */
function gridOf(settings: Readonly<Record<string, readonly SweepValue[]>>): Trial['settings'][] {
  return Object.entries(settings).reduce<Trial['settings'][]>(
    (before, [path, values]) => before.flatMap((one) => values.map((value) => ({ ...one, [path]: value }))),
    [{}],
  );
}

function drawsOf({ trials, seed, settings }: Extract<SweepFile, { search: 'random' }>): Trial['settings'][] {
  for (const [path, choice] of Object.entries(settings))
    if (!Array.isArray(choice)) requireRange(path, choice);
  return Array.from({ length: trials }, (_, i) =>
    Object.fromEntries(
      Object.entries(settings).map(([path, choice]) => {
        const random = Random.from(seed, 'sweep', i, path);
        return [path, Array.isArray(choice) ? random.pick(choice) : numberIn(choice, random)];
      }),
    ),
  );
}

function requireRange(path: string, { low, high, scale }: z.infer<typeof Range>): void {
  const isSound = low <= high && (scale === 'linear' || low > 0);
  if (isSound) return;
  const expected = scale === 'log' ? 'low and high with 0 < low <= high' : 'low and high with low <= high';
  throw usageError(`--sweep: settings > ${path}`, expected, `${low} and ${high}`);
}

function numberIn({ low, high, scale, isWhole }: z.infer<typeof Range>, random: Random): number {
  const top = isWhole ? high + 1 : high;
  const drawn =
    scale === 'log' ? Math.exp(random.uniform(Math.log(low), Math.log(top))) : random.uniform(low, top);
  return isWhole ? Math.min(high, Math.floor(drawn)) : drawn;
}

/** The recipe with these settings, each at its path; another form of attention comes with its own sizes. */
function withSettings(base: RecipeInput, settings: Trial['settings']): RecipeInput {
  const isOfAttention = Object.keys(settings).some((path) => path.startsWith('attention.'));
  const usual = isOfAttention && base.attention === undefined ? 'joint' : undefined;
  const form = settings['attention.form'] ?? usual;
  const onFeatures = base.backbone !== undefined && isFrozen({ backbone: base.backbone });
  const attention =
    form === undefined
      ? undefined
      : formSizes(oneOf(formNames, 'attention.form', String(form)), { onFeatures });
  const whole = structuredClone(joinRecipes(base, { attention })) as Record<string, unknown>;
  for (const [path, value] of Object.entries(settings)) put(whole, path.split('.'), value);
  return whole as RecipeInput;
}

function put(parts: Record<string, unknown>, [name, ...rest]: string[], value: SweepValue): void {
  if (rest.length === 0) parts[name!] = value;
  else {
    const inner = parts[name!];
    const isParts = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    const own = isParts ? (inner as Record<string, unknown>) : {};
    parts[name!] = own;
    put(own, rest, value);
  }
}
