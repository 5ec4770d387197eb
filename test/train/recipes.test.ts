import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBackbone } from '../../src/backbone/index.js';
import { wholeRecipe } from '../../src/cli/trainRecipe.js';
import type { TrainCommandOptions } from '../../src/cli/trainOptions.js';
import { protocolNamed } from '../../src/evaluate/protocols/protocols.js';
import { formNames } from '../../src/model/index.js';
import { joinRecipes, namedRecipe, paperAttention, recipeNames } from '../../src/train/recipe/recipes.js';
import { parseRecipe, recipes } from '../../src/train/index.js';
import { runCommand } from '../cli/runCommand.js';

let folder: string;
let settings: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-recipes-'));
  settings = join(folder, 'settings.json');
  await writeFile(settings, JSON.stringify({ frames: 7, seed: 3, losses: { contrast: 0.5 }, batch: 12 }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The recipe of a command line. */
async function recipeOfLine(options: Partial<TrainCommandOptions>) {
  return parseRecipe(await wholeRecipe({ out: 'model', balance: true, ...options }));
}

describe('a named recipe', () => {
  test.each(recipeNames)("%s says every choice of the paper's training", (name) => {
    const recipe = parseRecipe(recipes[name].recipe);
    expect(recipe).toMatchObject({
      sampling: 'uniform',
      backbone: { kind: 'resnet50', stages: ['layer4'], resize: 'stretch' },
      attention: { maskChannels: [1024, 512], hidden: 512 },
      losses: { totalVariation: 3e-4, contrast: 1e-4, unimodal: 1, unimodalForm: 'sqrt' },
      optimiser: { name: 'adam', weightDecay: 1e-4 },
      learningRate: 1e-4,
      schedule: { name: 'plateau', factor: 0.1 },
      dropout: 0.2,
      augment: { flip: 0, jitter: 0, crop: 0 },
      average: 0,
      clipNorm: 0,
      start: 'random',
      isStandardised: false,
    });
    expect(recipe.epochs).toBeLessThanOrEqual(200);
    expect(recipe.batch).toBeGreaterThanOrEqual(20);
    expect(recipe.batch).toBeLessThanOrEqual(30);
    expect(recipe.validation).toBeGreaterThan(0); // never the test set
  });

  test('has the frames, the form and the grid that the paper tells for its data', () => {
    const told = Object.fromEntries(
      recipeNames.map((name) => {
        const { frames, attention, backbone } = parseRecipe(recipes[name].recipe);
        const { channels, height, width } = createBackbone(backbone).grid(backbone.size as never);
        return [name, [frames, attention.form, channels, height, width]];
      }),
    );
    expect(told).toEqual({
      hmdb51: [50, 'recurrent-additive', 2048, 7, 7],
      ucf101: [50, 'recurrent-additive', 2048, 7, 7],
      'ucf101-24': [20, 'pooled', 2048, 7, 7],
      thumos14: [50, 'recurrent-additive', 2048, 7, 7],
      moments: [15, 'recurrent-additive', 2048, 8, 8],
    });
  });

  test.each(recipeNames)('%s aims at figures that its protocol publishes', (name) => {
    const { values, protocol, figure } = recipes[name].aim;
    for (const value of Object.values(values)) expect(figure).toContain(String(value));
    if (protocol === undefined) return expect(name).toBe('moments');
    const { published } = protocolNamed(protocol);
    expect(Object.values(values).slice(0, published.length)).toEqual(published);
  });

  test('of another name is an error that lists the names', async () => {
    expect(() => namedRecipe('hmdb')).toThrow(/hmdb51, ucf101, ucf101-24, thumos14, moments/);
    const { code, stderr } = await runCommand('train', folder, '--out', join(folder, 'm'), '--recipe', 'x');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: .*--recipe.*hmdb51, ucf101, ucf101-24, thumos14, moments.*got x/);
  });
});

describe('what wins', () => {
  test('defaults, then the named recipe, then the settings file, then options given by hand', async () => {
    const line = { recipe: 'ucf101-24', settings, batch: 25, loss: { area: 0.1 } };
    const recipe = await recipeOfLine(line);
    expect(recipe.oversample).toBe(parseRecipe().oversample); // said by nobody: the default
    expect(recipe.learningRate).toBe(1e-4); // the named recipe's; the default on features is 0.002
    expect([recipe.frames, recipe.seed]).toEqual([7, 3]); // the file's, instead of 20 and 0
    expect(recipe.batch).toBe(25); // by hand, over the file's 12 and the recipe's 30
    const { unimodalForm, contrast, area } = recipe.losses; // each from another place
    expect([unimodalForm, contrast, area]).toEqual(['sqrt', 0.5, 0.1]);
  });

  test('a detail given by hand leaves the rest of its part', async () => {
    const recipe = await recipeOfLine({
      recipe: 'hmdb51',
      weightDecay: 0.01,
      warmup: 2,
      weights: 'tuned.pth',
    });
    expect(recipe.optimiser).toEqual({ name: 'adam', weightDecay: 0.01 });
    expect(recipe.schedule).toEqual({ name: 'plateau', factor: 0.1, patience: 3, warmupEpochs: 2 });
    expect(recipe.backbone).toMatchObject({ kind: 'resnet50', stages: ['layer4'], weights: 'tuned.pth' });
  });

  test('another kind replaces the part: its sizes are not those of the kind before', async () => {
    const recipe = await recipeOfLine({ recipe: 'hmdb51', schedule: 'cosine', optimiser: 'sgd' });
    expect(recipe.schedule).toEqual({ name: 'cosine', warmupEpochs: 1, floor: 0.01 });
    expect(recipe.optimiser).toEqual({ name: 'sgd', momentum: 0, weightDecay: 1e-4 });
  });

  test("a form of the paper keeps the loss weights, another one has its own, all in the paper's sizes", async () => {
    const tanh = await recipeOfLine({ recipe: 'hmdb51', attention: 'recurrent-tanh' });
    expect(tanh.attention).toMatchObject({ hidden: 512, maskChannels: [1024, 512], scoreWidth: 512 });
    expect(tanh.losses.unimodalForm).toBe('sqrt');
    const mean = await recipeOfLine({ recipe: 'hmdb51', attention: 'mean' });
    expect([mean.attention, mean.losses]).toEqual([{ form: 'mean' }, {}]);
  });

  test('a loss term of another name is an error that lists the names', async () => {
    const wrong = recipeOfLine({ loss: { unimodel: 1 } });
    await expect(wrong).rejects.toThrow(/--loss.*contrast, unimodal, area.*got unimodel/);
  });

  test('without any name the options stand over the file as before', () => {
    expect(joinRecipes({}, { batch: 3 }, { batch: undefined, frames: 4 })).toEqual({ batch: 3, frames: 4 });
  });
});

describe('sizes that a recipe leaves out', () => {
  const onFeatures = { kind: 'onnx', file: 'net.onnx' };

  test.each(formNames)('%s is the same model in the library and on the command line', async (attention) => {
    const small = parseRecipe({ attention: { form: attention } });
    const frozen = parseRecipe({ attention: { form: attention }, backbone: onFeatures });
    expect((await recipeOfLine({ attention })).attention).toEqual(small.attention);
    const line = await recipeOfLine({ attention, backbone: 'onnx:net.onnx' });
    expect(line.attention).toEqual(frozen.attention);
  });

  test('are those of the backbone beside sizes that are given', () => {
    const given = { form: 'convlstm', hidden: 8 } as const;
    expect(parseRecipe({ attention: { form: 'convlstm' } }).attention).toEqual({
      form: 'convlstm',
      hidden: 32,
    });
    expect(parseRecipe({ attention: { form: 'pooled', hidden: 8 } }).attention).toMatchObject({
      hidden: 8,
      maskChannels: [64, 32],
    });
    // nothing is left out: no projection comes to it
    expect(parseRecipe({ attention: given, backbone: onFeatures }).attention).toEqual(given);
  });

  test('a stored recipe reads back as it was written', () => {
    for (const form of formNames) {
      for (const backbone of [{ kind: 'small' }, onFeatures]) {
        const recipe = parseRecipe({ attention: paperAttention(form), backbone });
        expect(recipe.attention).toEqual(paperAttention(form));
        expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
      }
    }
  });

  test('an unknown form is refused with the names of all', async () => {
    await expect(recipeOfLine({ attention: 'deep' })).rejects.toThrow(/joint, pooled, recurrent-additive/);
  });
});
