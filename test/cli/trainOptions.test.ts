import { expect, test } from 'vitest';
import { backboneVariable, usualModel } from '../../src/backbone/usual.js';
import { usualSize } from '../../src/backbone/preprocessing.js';
import {
  firstInFront,
  recipeOf,
  trainOptions,
  type TrainCommandOptions,
} from '../../src/cli/trainOptions.js';
import { joinRecipes } from '../../src/train/recipe/recipes.js';
import { parseRecipe } from '../../src/train/index.js';

const balance = { balance: true } as TrainCommandOptions;

/** What the help says: it must not load the recipe, so the text stands there once more. */
function toldDefault(flag: string): string | undefined {
  const option = trainOptions().find(({ long }) => long === flag)!;
  return /\(default: ([^)]*)\)/.exec(option.description)?.[1];
}

test('the help begins with what matters first, and every other option has a group', () => {
  const options = firstInFront(trainOptions());
  const heads = options.map(({ long, helpGroupHeading }) => [long, helpGroupHeading]);
  expect(heads.slice(0, 8)).toEqual(
    ['group', 'annotations', 'backbone', 'weights', 'offline', 'frames', 'folds', 'resume'].map((name) => [
      `--${name}`,
      'What matters first:',
    ]),
  );
  expect(new Set(heads.slice(8).map(([, head]) => head))).toEqual(
    new Set(['Clips and frames:', 'Network and attention:', 'Training:', 'Several trainings:', 'The run:']),
  );
  expect(options).toHaveLength(trainOptions().length);
});

test('the defaults that the help tells are those of the recipe', () => {
  const recipe = parseRecipe();
  const onFeatures = parseRecipe({ backbone: { kind: 'resnet18' } });
  const meanOnFeatures = parseRecipe({ backbone: { kind: 'resnet18' }, attention: { form: 'mean' } });
  const told: Record<string, string | number> = {
    '--validation': recipe.validation,
    '--frames': recipe.frames,
    '--sampling': `${recipe.sampling}; ${onFeatures.sampling} on stored features`,
    '--size': `${recipe.transform.size.width}; ${usualSize.width} for a pretrained network`,
    '--resize': recipe.transform.resize,
    '--jitter': recipe.augment.jitter,
    '--crop': recipe.augment.crop,
    '--attention': recipe.attention.form,
    '--backbone': `$${backboneVariable}, else one in the cache of the hub, else ${usualModel.kind} from there`,
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
