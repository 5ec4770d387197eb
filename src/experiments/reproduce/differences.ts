// In what a reproduction differs from the recipe and the protocol of the paper, in words: first what was chosen otherwise,
// then what is otherwise in every run of ours.
import { isFrozen } from '../../train/recipe/frozenRecipe.js';
import { recipes, type RecipeName } from '../../train/index.js';
import { choicesOf, type ReproductionPlan } from './plan.js';

/** Seeds, splits and clips that a full reproduction has. */
const FULL = {
  seeds: 3,
  splits: { ucf101: 3, hmdb51: 3 } as Partial<Record<ReproductionPlan['name'], number>>,
};

/** Sentences; none for class folders of one's own but for what every run of ours has. */
export function differencesOf(plan: ReproductionPlan, missing: number): string[] {
  const own = plan.name === 'folders' ? [] : recipeDifferences(plan, plan.name);
  const splits = FULL.splits[plan.name] ?? 1;
  const scope = [
    ...(missing > 0
      ? [`${missing} clips or videos of the lists are not at hand (missing.txt names them)`]
      : []),
    ...(plan.folds === null && plan.splits.length < splits
      ? [`${plan.splits.length} of ${splits} official splits`]
      : []),
    ...(plan.seeds.length < FULL.seeds ? [`${plan.seeds.length} of ${FULL.seeds} seeds`] : []),
  ];
  return [...own, ...scope, ...(plan.name === 'folders' ? [] : standing(plan, plan.name))];
}

/** The field by which a part of a recipe is another one altogether; then its details say nothing. */
const KINDS = ['backbone.kind', 'attention.form', 'optimiser.name', 'schedule.name'];

function recipeDifferences({ recipe }: ReproductionPlan, name: RecipeName): string[] {
  const [theirs, ours] = [flat(choicesOf(recipes[name].recipe)), flat(recipe)];
  const others = KINDS.filter((key) => theirs[key] !== ours[key]).map((key) => key.split('.')[0]!);
  const isDetail = (key: string) => !KINDS.includes(key) && others.includes(key.split('.')[0]!);
  const keys = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])];
  return keys
    .filter((key) => theirs[key] !== ours[key] && !isDetail(key) && !isOfAttention(key, others))
    .map((key) => `${key}: ${ours[key] ?? 'none'} (the recipe: ${theirs[key] ?? 'none'})`);
}

/** Loss weights belong to the form of attention. */
function isOfAttention(key: string, others: readonly string[]): boolean {
  return others.includes('attention') && key.startsWith('losses.');
}

/** Leaves by their paths, as text. */
function flat(value: unknown, path = ''): Record<string, string | undefined> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { [path]: JSON.stringify(value) };
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      Object.entries(flat(inner, path === '' ? key : `${path}.${key}`)),
    ),
  );
}

function standing({ recipe }: ReproductionPlan, name: RecipeName): string[] {
  const stays = isFrozen(recipe as { backbone: { kind: string } });
  return [
    'epoch and learning rate follow clips held out of training; the released scripts look at the test set',
    stays
      ? 'the backbone is frozen as it comes; the scripts fine-tune it on single frames first'
      : 'the backbone is trained from scratch along with attention',
    ...(name === 'ucf101' || name === 'hmdb51' ? ['the paper’s figure is that of split 1'] : []),
    ...(name === 'thumos14' ? ['training clips are cut and encoded anew as H.264'] : []),
  ];
}
