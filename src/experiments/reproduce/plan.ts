// What a reproduction is to do: which data set, by which recipe, for which splits and seeds. It is kept in OUT/plan.json,
// so that the same command goes on where it was stopped, and another one is refused.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../atomicFile.js';
import { formatError, usageError, WhereWhenError } from '../../errors.js';
import { parseRecipe, type RecipeInput } from '../../train/index.js';
import { recipeNames } from '../../train/recipe/recipes.js';

/** The sets of the paper, and `folders`: class folders of one's own, by k folds or one group left out after another. */
export const reproduceNames = [...recipeNames, 'folders'] as const;
/** Name of a reproduction. */
export type ReproduceName = (typeof reproduceNames)[number];

/** What a reproduction is asked to do. */
export interface ReproduceOptions {
  name: ReproduceName;
  /** The folder below which the clips or videos lie. */
  data: string;
  /** Official lists or annotations; not for `folders`. */
  annotations?: string;
  out: string;
  /** The whole recipe; its seed is replaced by each of `seeds`. */
  recipe: RecipeInput;
  seeds?: readonly number[];
  /** Official splits, by default all that there are. */
  splits?: readonly number[];
  /** `folders`: the number of folds, or `group`. */
  folds?: number | 'group';
  group?: RegExp;
  overwrite?: boolean;
}

/** One training and its scores. */
export interface PlannedRun {
  /** Its folder below OUT/runs. */
  id: string;
  split: number;
  seed: number;
}

/** What is kept of a reproduction's choices. */
export const ReproductionPlan = z.object({
  version: z.literal(1),
  name: z.enum(reproduceNames),
  data: z.string(),
  annotations: z.string().nullable(),
  recipe: z.record(z.string(), z.unknown()),
  seeds: z.array(z.number().int()),
  splits: z.array(z.number().int()),
  folds: z.union([z.number(), z.literal('group')]).nullable(),
  group: z.string().nullable(),
});
/** What is kept of a reproduction's choices. */
export type ReproductionPlan = z.infer<typeof ReproductionPlan>;

/** Official splits of each set; a set without them counts as one. */
const OFFICIAL: Partial<Record<ReproduceName, readonly number[]>> = { ucf101: [1, 2, 3], hmdb51: [1, 2, 3] };

/** Where the plan lies. */
export const planFile = 'plan.json';

/**
 * Checks the choices and keeps them, or compares them with those that OUT was begun with. Throws `usage` for choices that
 * do not go together and for an OUT that was begun with others.
 */
export async function makePlan(options: ReproduceOptions): Promise<ReproductionPlan> {
  const { name, data, annotations, recipe, seeds = [0, 1, 2], out, group } = options;
  const official = OFFICIAL[name] ?? [1];
  const splits = options.splits ?? official;
  const strange = splits.find((split) => !official.includes(split));
  if (strange !== undefined) throw usage('--splits', `of ${official.join(', ')}`, String(strange));
  if (seeds.length === 0 || new Set(seeds).size < seeds.length)
    throw usage('--seeds', 'distinct numbers', seeds.join(',') || 'none');
  const isOwn = name === 'folders';
  if (!isOwn && annotations === undefined)
    throw usage('--annotations', `the official lists or annotations of ${name}`, 'nothing');
  if (isOwn && annotations !== undefined)
    throw usage('--annotations', 'no annotations: class folders are divided into folds', annotations);
  if (!isOwn && options.folds !== undefined) throw usage('--folds', 'the name folders', name);
  const choices = choicesOf(recipe);
  const plan: ReproductionPlan = {
    ...{ version: 1, name, data, annotations: annotations ?? null, recipe: choices },
    ...{ seeds: [...seeds], splits: [...splits] },
    folds: isOwn ? (options.folds ?? 5) : null,
    group: group ? String(group) : null,
  };
  const known = options.overwrite ? undefined : await readPlan(out);
  if (known) checkSame(plan, known, out);
  else await writeAtomically(join(out, planFile), `${JSON.stringify(plan, null, 2)}\n`);
  return plan;
}

/** Every choice of a recipe but the seed, which each run has its own of. */
export function choicesOf(recipe: RecipeInput): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parseRecipe(recipe)).filter(([name]) => name !== 'seed'));
}

/** Every training of a plan, split by split. `folds` is how many there are where the plan has folds. */
export function runsOf({ seeds, splits }: ReproductionPlan, folds?: number): PlannedRun[] {
  const numbers = folds === undefined ? splits : Array.from({ length: folds }, (_, i) => i + 1);
  const noun = folds === undefined ? 'split' : 'fold';
  return seeds.flatMap((seed) =>
    numbers.map((split) => ({ id: `${noun}-${split}/seed-${seed}`, split, seed })),
  );
}

async function readPlan(out: string): Promise<ReproductionPlan | undefined> {
  const path = join(out, planFile);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = ReproductionPlan.safeParse(value);
  if (parsed.success) return parsed.data;
  throw formatError(path, 'a plan of `wherewhen reproduce`');
}

function checkSame(asked: ReproductionPlan, known: ReproductionPlan, out: string): void {
  for (const key of Object.keys(asked) as (keyof ReproductionPlan)[]) {
    const [was, is] = [JSON.stringify(known[key]), JSON.stringify(asked[key])];
    if (was === is) continue;
    throw usageError(
      `${out}: ${key}`,
      `${short(was)}, as it began`,
      short(is),
      'take another --out, or start anew with --overwrite',
    );
  }
}

function short(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function usage(path: string, expected: string, received: string): WhereWhenError {
  return usageError(path, expected, received);
}
