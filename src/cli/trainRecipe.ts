// The recipe that a command line means: a named one, a settings file over it, options given by hand over both.
import type { BackboneSettings } from '../backbone/index.js';
import { usageError } from '../errors.js';
import type { RecipeInput } from '../train/index.js';
import { backboneSettings } from './backboneOptions.js';
import type { Shell } from './shell.js';
import { readSettings, recipeOf, type TrainCommandOptions } from './trainOptions.js';
import { oneOf } from '../checked.js';

/** Where a backbone comes from that neither options nor files name. */
export interface OtherBackbones {
  /** That of the run which the command goes on with. */
  kept?: BackboneSettings;
  /** That of a new run; undefined for the small one. */
  usual?: () => Promise<BackboneSettings | undefined>;
}

/** The recipe of `--recipe`, `--settings` and the options, each winning over those before it. Throws `usage`. */
export async function wholeRecipe(
  options: TrainCommandOptions,
  { kept, usual = async () => undefined }: OtherBackbones = {},
): Promise<RecipeInput> {
  const { formNames, formSizes, LossSettings } = await import('../model/index.js');
  const { isFrozen } = await import('../train/recipe/frozenRecipe.js');
  const { joinRecipes, namedRecipe, paperAttention } = await import('../train/recipe/recipes.js');
  const { withVariant } = await import('../train/recipe/variants.js');
  const { recipe: name, settings } = options;
  const form =
    options.attention === undefined ? undefined : oneOf(formNames, '--attention', options.attention);
  for (const term of Object.keys(options.loss ?? {})) oneOf(Object.keys(LossSettings.shape), '--loss', term);
  const byName = name === undefined ? {} : namedRecipe(name).recipe;
  const file = settings === undefined ? {} : await readSettings(settings);
  const inFile = joinRecipes(byName, file).backbone as BackboneSettings | undefined;
  const before = inFile ?? kept;
  const isOpen = before === undefined && options.backbone === undefined;
  const named = isOpen ? await usual() : await backboneOf(options, before);
  const backbone = await fromStage(options, withoutNews(named, kept));
  const onFeatures = backbone !== undefined && isFrozen({ backbone });
  const attention = form && (name === undefined ? formSizes(form, { onFeatures }) : paperAttention(form));
  const recipe = joinRecipes(byName, file, { ...recipeOf(options), backbone, attention });
  if (onFeatures && (options.size || options.resize)) delete recipe.transform; // frames are scaled as the backbone wants them
  const { optimiser, schedule } = recipe as { optimiser?: object; schedule?: object };
  const whole: RecipeInput = {
    ...recipe,
    ...(optimiser && { optimiser: { name: 'adamw' as const, ...optimiser } }),
    ...(schedule && { schedule: { name: 'cosine' as const, ...schedule } }),
  };
  return options.variant === undefined ? whole : withVariant(whole, options.variant);
}

/** A run that began when an ONNX file was taken at its first grid goes on with that. */
function withoutNews(
  backbone: BackboneSettings | undefined,
  kept: BackboneSettings | undefined,
): BackboneSettings | undefined {
  if (backbone?.outputs !== 'auto' || kept?.kind !== backbone.kind || 'outputs' in kept) return backbone;
  return Object.fromEntries(
    Object.entries(backbone).filter(([key]) => key !== 'outputs'),
  ) as BackboneSettings;
}

/** What the options make of the backbone: another one by its name, or details of that of the recipe. */
async function backboneOf(
  options: TrainCommandOptions,
  before: BackboneSettings | undefined,
): Promise<BackboneSettings | undefined> {
  const { backbone: name, weights, size, resize } = options;
  if (name === 'small') return { kind: name };
  if (name !== undefined) return { ...(await backboneSettings(name, options)), ...(resize && { resize }) };
  if (before === undefined || before.kind === 'small') return before;
  return { ...before, ...(weights && { weights }), ...(size && { size }), ...(resize && { resize }) };
}

/** The backbone, trained from the stage on that `--train-from` names. */
async function fromStage(
  { trainFrom, batchNorm }: TrainCommandOptions,
  backbone: BackboneSettings | undefined,
): Promise<BackboneSettings | undefined> {
  const { hasFront, trainedFrom } = await import('../backbone/front.js');
  if (trainFrom === undefined) {
    if (batchNorm === undefined) return backbone;
    if (backbone && hasFront(backbone)) return { ...backbone, batchNorm };
    throw usageError('--batch-norm', 'to stand beside --train-from', 'alone');
  }
  const usual = { batchNorm: 'running' }; // the start at the mean pool is then that of the very features that learn
  return {
    ...usual,
    ...trainedFrom(backbone ?? { kind: 'small' }, trainFrom),
    ...(batchNorm && { batchNorm }),
  };
}

/** Says which figure of the paper the recipe called `name` aims at. */
export async function tellAim(shell: Shell, name: string): Promise<void> {
  const { namedRecipe } = await import('../train/recipe/recipes.js');
  const { figure, protocol, counting, source } = namedRecipe(name).aim;
  const by = protocol === undefined ? '' : `; score it by \`evaluate --protocol ${protocol}\``;
  shell.report(
    { kind: 'aim', recipe: name, ...namedRecipe(name).aim },
    `${name} aims at ${figure} on ${counting} (${source})${by}`,
  );
}
