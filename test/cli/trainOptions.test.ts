import { expect, test } from 'vitest';
import { recipeOf, trainOptions, type TrainCommandOptions } from '../../src/cli/trainOptions.js';
import { joinRecipes, parseRecipe } from '../../src/train/index.js';

const balance = { balance: true } as TrainCommandOptions;

/** What the help says: it must not load the recipe, so the text stands there once more. */
function toldDefault(flag: string): string | undefined {
  const option = trainOptions().find(({ long }) => long === flag)!;
  return /\(default: ([^)]*)\)/.exec(option.description)?.[1];
}

test('the defaults that the help tells are those of the recipe', () => {
  const recipe = parseRecipe();
  const onFeatures = parseRecipe({ backbone: { kind: 'resnet18' } });
  const meanOnFeatures = parseRecipe({ backbone: { kind: 'resnet18' }, attention: { form: 'mean' } });
  const told: Record<string, string | number> = {
    '--validation': recipe.validation,
    '--frames': recipe.frames,
    '--sampling': `${recipe.sampling}; ${onFeatures.sampling} on stored features`,
    '--size': recipe.transform.size.width,
    '--resize': recipe.transform.resize,
    '--jitter': recipe.augment.jitter,
    '--crop': recipe.augment.crop,
    '--attention': recipe.attention.form,
    '--backbone': recipe.backbone.kind,
    '--seed': recipe.seed,
    '--epochs': `${recipe.epochs}; on stored features ${onFeatures.epochs} for joint, and ${meanOnFeatures.epochs} for mean and actor, which a regression has made`,
    '--batch': `${recipe.batch}; ${onFeatures.batch} on stored features`,
    '--learning-rate': recipe.learningRate,
    '--schedule': recipe.schedule.name,
    '--patience': recipe.patience,
    '--optimiser': recipe.optimiser.name,
    '--weight-decay': recipe.optimiser.weightDecay,
    '--clip-norm': recipe.clipNorm,
    '--dropout': recipe.dropout,
    '--places': recipe.places,
    '--average': recipe.average,
  };
  for (const [flag, value] of Object.entries(told)) expect(toldDefault(flag), flag).toBe(String(value));
  expect(recipe.transform.size.height).toBe(recipe.transform.size.width);
});

test('an option with parts leaves the others at their defaults', () => {
  const { transform } = parseRecipe(joinRecipes({}, recipeOf({ ...balance, resize: 'crop' })));
  expect(transform).toEqual({ ...parseRecipe().transform, resize: 'crop' });
  expect(recipeOf(balance)).toEqual({});
});
