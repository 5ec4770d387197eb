import { expect, test } from 'vitest';
import { lossSettings } from '../../src/train/run/programs.js';
import { parseRecipe } from '../../src/train/index.js';

test('a loss weight given by hand leaves the defaults of the form as they are', () => {
  const settings = lossSettings(parseRecipe({ losses: { area: 0.1 } }));
  expect(settings.area).toBe(0.1);
  expect(settings.evidence).toBe(1); // joint attention from scratch is trained with it
  expect(settings.contrast).toBe(0); // and a distribution over cells is not pushed to 0 or 1
});

test('a recipe keeps what was asked for and nothing else', () => {
  expect(parseRecipe({ losses: { totalVariation: 0 } }).losses).toEqual({ totalVariation: 0 });
  expect(() => parseRecipe({ losses: { totalVariation: -1 } })).toThrow(/losses\.totalVariation/);
  expect(() => parseRecipe({ losses: { typo: 1 } as never })).toThrow(/train: options: losses/);
});
