// Training on stored features of a frozen backbone, with a network of a few bytes in its place.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Batches } from '../../src/store/batches.js';
import type { PlacesOptions } from '../../src/store/features/read.js';
import { openModel, readModelFolder } from '../../src/savedModel/index.js';
import { parseModelConfig, formSizes } from '../../src/model/index.js';
import { gather } from '../../src/train/trainingData.js';
import { parseRecipe, readLog, train, type RecipeInput, type TrainSummary } from '../../src/train/index.js';
import { trainFolds } from '../../src/experiments/index.js';
import { modelConfig, modelTensors, openPrograms, startState } from '../../src/train/run/programs.js';
import { fitMeanPool, measure, startFromFeatures } from '../../src/train/start/startFromFeatures.js';
import { foldStandard } from '../../src/train/start/standard.js';
import { float32 } from '../../src/tensor.js';
import { openRuntime } from '../../src/runtime/index.js';
import { readClip } from '../../src/video/index.js';
import { tinyOnnx } from '../backbone/tinyOnnx.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

const preprocessing = { channels: 'BGR', scale: 1, mean: [104, 117, 123], size: { width: 24, height: 16 } };

let folder: string;
let data: string;
let cache: string;
let file: string;
let recipe: RecipeInput;
let out: string;
let summary: TrainSummary;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-frozen-'));
  [data, cache, out, file] = ['data', 'store', 'model', 'net.onnx'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  await writeTinyWorld(data, 6);
  await writeFile(file, tinyOnnx({ width: 24, height: 16 }));
  recipe = {
    frames: 5,
    batch: 4,
    epochs: 3,
    actors: { isOn: false, mosaics: 0 }, // who acts is another matter (test/train/actors), and most of the time
    backbone: { kind: 'onnx', file, preprocessing, outputs: ['fine'] },
  };
  summary = await train({ threads: 1, data, out, cache, recipe });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const gathered = (change: RecipeInput = {}) =>
  gather({
    ...{ data, out, cache, strict: false, listen: () => {} },
    recipe: parseRecipe({ ...recipe, ...change }),
  });

test('a run leaves a model that names its backbone, and begins with the mean pool as a candidate', async () => {
  expect(summary).toMatchObject({ status: 'done', epochs: 3 });
  const { config, tensors } = await readModelFolder(out);
  expect(config.backbone).toMatchObject({ kind: 'onnx', file, isFrozen: true, outputs: ['fine'] });
  const axis = { offset: 0.5, stride: 2, extent: 2 }; // 2 pixels in steps of 2
  expect(config.backbone.geometry).toEqual([{ x: axis, y: axis, source: 'graph' }]);
  expect(config).toMatchObject({ answer: 'averaged', grid: { channels: 4, height: 8, width: 12 } });
  expect(Object.keys(tensors).some((name) => name.startsWith('standard.'))).toBe(false);
  const first = (await readLog(out)).filter(({ isRefit }) => !isRefit);
  expect(first.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3]);
});

test('a second run computes no features again, and is equal to the last bit', async () => {
  const before = await readdir(cache);
  const again = join(folder, 'again');
  await train({ threads: 1, data, out: again, cache, recipe });
  expect(await readdir(cache)).toEqual(before);
  const weights = (run: string) => readFile(join(run, 'model.safetensors'));
  expect((await weights(again)).equals(await weights(out))).toBe(true);
});

test('a run that was stopped ends like the unbroken one', async () => {
  const stopped = join(folder, 'stopped');
  const abort = new AbortController();
  let steps = 0;
  const half = await train({
    ...{ data, out: stopped, cache, recipe, threads: 1, signal: abort.signal },
    onEvent: (event) => {
      if (event.kind === 'step' && ++steps === 2) abort.abort();
    },
  });
  expect(half.status).toBe('interrupted');
  expect(await train({ threads: 1, data, out: stopped, cache, resume: true })).toMatchObject({
    model: summary.model,
  });
});

test('at the start the answer is the logistic regression on the mean pool, also folded into a model folder', async () => {
  const material = await gathered();
  const { store, train: clips, frozen } = material;
  const whole = parseRecipe({ ...recipe, places: 1 });
  const training = new Batches({ store, clips, size: 4, frames: 5, content: 'features' });
  const config = modelConfig(whole, material.dataset.classes, frozen);
  await using runtime = await openRuntime({ threads: 1 });
  const programs = await openPrograms(runtime, whole, config);
  const state = await startFromFeatures(startState(programs, whole), { recipe: whole, training, classes: 2 });
  const facts = await measure(training);
  const direct = fitMeanPool(facts, { classes: 2, strength: 0.01 });
  const [weight, bias] = [direct.weight.data as Float32Array, direct.bias.data as Float32Array];
  const expected = facts.pools.map((pool) =>
    [0, 1].map((k) => pool.reduce((sum, x, c) => sum + x * weight[k * 4 + c]!, bias[k]!)),
  );
  await runtime.write(state);
  const folded = modelTensors(state, programs);
  let at = 0;
  for await (const { inputs, clips: seen } of training.all()) {
    const { logits } = await programs.validate.run(inputs);
    seen.forEach((_, i) => {
      for (const k of [0, 1]) expect(Number(logits!.data[i * 2 + k])).toBeCloseTo(expected[at]![k]!, 3);
      at++;
    });
  }
  expect(at).toBe(clips.length);
  expect(folded['meanPool.weight']!.data).toEqual(weight);
  expect(folded['meanPool.bias']!.data).toEqual(bias);
  folded['classifier.weight']!.data.forEach((value, i) => expect(Number(value)).toBeCloseTo(weight[i]!, 6));
  folded['classifier.bias']!.data.forEach((value, k) => expect(Number(value)).toBeCloseTo(bias[k]!, 5));
});

test('with several classes a clip the start is the regression of each class by itself', async () => {
  const material = await gathered();
  const clips = material.train.map((clip, i) => (i % 3 === 0 ? { ...clip, classIndices: [0, 1] } : clip));
  const whole = parseRecipe({ ...recipe, places: 1 });
  const training = new Batches({ store: material.store, clips, size: 4, frames: 5, content: 'features' });
  const config = modelConfig(whole, material.dataset.classes, material.frozen, true);
  expect(config).toMatchObject({ probabilities: 'sigmoid', answer: 'averaged' }); // no pooled evidence in its losses
  expect(config.localize).toMatchObject({
    when: { rule: 'step', longRule: 'path', minimumProbability: 0.5 },
  });
  await using runtime = await openRuntime({ threads: 1 });
  const programs = await openPrograms(runtime, whole, config, { hasSeveralClasses: true });
  const options = { recipe: whole, training, classes: 2, probabilities: config.probabilities };
  const state = await startFromFeatures(startState(programs, whole), options);
  const facts = await measure(training);
  expect(facts.labels).toEqual(clips.map(({ classIndex, classIndices }) => classIndices ?? classIndex));
  const { weight, bias } = fitMeanPool(facts, { classes: 2, strength: 0.01, probabilities: 'sigmoid' });
  await runtime.write(state);
  const [first] = facts.pools;
  for await (const { inputs } of training.all()) {
    const { probabilities } = await programs.validate.run(inputs);
    for (const k of [0, 1]) {
      const row = (weight.data as Float32Array).subarray(4 * k, 4 * k + 4);
      const logit = first!.reduce((sum, x, c) => sum + x * row[c]!, Number(bias.data[k]));
      expect(Number(probabilities!.data[k])).toBeCloseTo(1 / (1 + Math.exp(-logit)), 3);
    }
    break;
  }
});

test('scalings folded into a layer change nothing of its answer', () => {
  const settings = formSizes('joint', { onFeatures: true });
  const [x, mean, scale] = [
    [3, -1],
    [1, 0.5],
    [2, 0.25],
  ] as const;
  const layers = ['joint.tanh', 'joint.gate', 'classifier'].flatMap((layer, i) => [
    [`${layer}.weight`, float32([1 + i, -2], [1, 2])] as const,
    [`${layer}.bias`, float32([0.5])] as const,
  ]);
  const folded = foldStandard(
    { ...Object.fromEntries(layers), 'standard.mean': float32(mean), 'standard.scale': float32(scale) },
    settings,
  );
  expect(Object.keys(folded)).toHaveLength(6);
  [0, 1, 2].forEach((i) => {
    const name = ['joint.tanh', 'joint.gate', 'classifier'][i]!;
    const [weight, bias] = [folded[`${name}.weight`]!.data, folded[`${name}.bias`]!.data];
    const direct = (1 + i) * (3 - 1) * 2 - 2 * (-1 - 0.5) * 0.25 + 0.5;
    expect(Number(weight[0]) * x[0] + Number(weight[1]) * x[1] + Number(bias[0])).toBeCloseTo(direct, 5);
  });
});

describe('random places', () => {
  async function batchOf(places: PlacesOptions) {
    const { store, train: clips } = await gathered();
    const common = { store, clips: clips.slice(0, 1), size: 1, frames: 5, content: 'features' as const };
    const [all, some] = [new Batches(common), new Batches({ ...common, places })];
    for await (const whole of all.all()) {
      for await (const part of some.epoch(0))
        return { whole: whole.inputs.features!, part: part.inputs.features! };
    }
    throw new Error('no batch');
  }

  /** Places of the grid, frame by frame, whose four channels are those that were gathered. */
  async function placesIn(places: PlacesOptions): Promise<number[][]> {
    const { whole, part } = await batchOf(places);
    expect(whole.shape).toEqual([1, 5, 4, 8, 12]);
    expect(part.shape).toEqual([1, 5, 4, 1, 10]); // a tenth of 96
    const column = (data: ArrayLike<unknown>, frame: number, place: number, P: number): string =>
      [0, 1, 2, 3].map((c) => Number(data[(frame * 4 + c) * P + place])).join();
    return [0, 1, 2, 3, 4].map((frame) => {
      const known = Array.from({ length: 96 }, (_, p) => column(whole.data as never, frame, p, 96));
      return Array.from({ length: 10 }, (_, s) => known.indexOf(column(part.data as never, frame, s, 10)));
    });
  }

  test('are places of the frame, with all their channels, others in each frame', async () => {
    const frames = await placesIn({ share: 0.1, areSame: false });
    expect(frames.flat().every((place) => place >= 0)).toBe(true);
    expect(new Set(frames.map((places) => places.join())).size).toBe(5);
  });

  test('are refused by forms and losses that need neighbours', async () => {
    const pooled = formSizes('pooled', { onFeatures: true });
    const run = (change: RecipeInput) =>
      train({ threads: 1, data, out: join(folder, 'refused'), cache, recipe: { ...recipe, ...change } });
    await expect(run({ attention: pooled, places: 0.5 })).rejects.toThrow(
      'joint and mean take places one by one',
    );
    await expect(run({ losses: { totalVariation: 1 } })).rejects.toThrow('set --places 1 to keep them');
    await expect(run({ attention: pooled, isStandardised: true })).rejects.toThrow('cannot be folded');
    await expect(run({ augment: { flip: 0.5 } })).rejects.toThrow('on a frozen backbone');
  });
});

/** As on features, but a few channels wide. */
const narrow = { projection: 12, hidden: 6, maskChannels: [8, 6] };

test.each([
  { form: 'mean' },
  { form: 'convlstm', projection: 12, hidden: 6 },
  { form: 'soft-lstm', hidden: 12 },
  { form: 'pooled', ...narrow },
  { form: 'recurrent-tanh', ...narrow, startChannels: 6, scoreWidth: 6 },
] as const)('$form trains on the same features and answers', async (sizes) => {
  const model = join(folder, sizes.form);
  const attention = sizes as RecipeInput['attention'];
  await train({ threads: 1, data, out: model, cache, recipe: { ...recipe, attention, epochs: 1 } });
  const predictor = await openModel(model, { threads: 1 });
  const path = join(data, 'left/clip0.mp4');
  const { result } = await predictor.predict(await readClip(path, predictor.shape), path);
  await predictor.close();
  expect(result.frames).toHaveLength(5);
  expect(result.model.backbone).toBe('onnx');
});

test('one group after another is left out, and scored by a model that never saw it', async () => {
  const group = /clip(\d)/;
  const seen: string[] = [];
  const { status, folds, total } = await trainFolds({
    ...{ data, out: join(folder, 'folds'), cache, group, threads: 1 },
    recipe: { ...recipe, epochs: 1 }, // six trainings of the head alone
    onFold: (fold) => seen.push(fold.group),
  });
  expect(status).toBe('done');
  expect(seen).toEqual(['0', '1', '2', '3', '4', '5']);
  expect(folds.every(({ score }) => score.clips === 2 && score.meanAccuracy !== undefined)).toBe(true);
  expect(folds.every(({ summary: { clips } }) => clips.training + clips.validation === 10)).toBe(true);
  expect(total.clips).toBe(12);
  const correct = folds.reduce((sum, { score }) => sum + score.accuracy * score.clips, 0);
  expect(total.accuracy).toBeCloseTo(correct / 12, 9);
});

test('a prediction runs the backbone first', async () => {
  const predictor = await openModel(out, { threads: 1 });
  const { config } = await readModelFolder(out);
  expect(parseModelConfig(config)).toEqual(config);
  const path = join(data, 'right/clip1.mp4');
  const { result, probabilities } = await predictor.predict(await readClip(path, predictor.shape), path);
  await predictor.close();
  expect(probabilities[0]! + probabilities[1]!).toBeCloseTo(1, 5);
  expect(result.frames.every(({ box }) => box !== null)).toBe(true);
});

test('the mean pool stays beside a trained head: other classes, the same answer as its layer on the features', async () => {
  const predictor = await openModel(join(folder, 'pooled'), { threads: 1 });
  const { tensors } = await readModelFolder(join(folder, 'pooled'));
  const material = await gathered();
  const clip = material.prepared.clips.find(({ name }) => name === 'right/clip1.mp4')!;
  const batches = new Batches({
    store: material.store,
    clips: [clip],
    size: 1,
    frames: 5,
    content: 'features',
  });
  const { pools } = await measure(batches);
  const [weight, bias] = [tensors['meanPool.weight']!.data, tensors['meanPool.bias']!.data] as Float32Array[];
  const logits = [0, 1].map((k) => pools[0]!.reduce((sum, x, c) => sum + x * weight![k * 4 + c]!, bias![k]!));
  const path = join(data, clip.name);
  const { meanPoolProbabilities, probabilities } = await predictor.predict(
    await readClip(path, predictor.shape),
    path,
  );
  await predictor.close();
  expect(meanPoolProbabilities![1]).toBeCloseTo(1 / (1 + Math.exp(logits[0]! - logits[1]!)), 2); // stored in half precision
  expect(meanPoolProbabilities![1]).not.toBeCloseTo(probabilities[1]!, 4);
});

test('what is taken from features is refused where the backbone is trained too', async () => {
  const run = (change: RecipeInput) =>
    train({ threads: 1, data, out: join(folder, 'refused'), cache, recipe: { frames: 5, ...change } });
  await expect(run({ meanPool: true })).rejects.toThrow('taken from the features of a frozen backbone');
  await expect(run({ start: 'mean-pool' })).rejects.toMatchObject({ code: 'usage' });
});

test('a backbone that is gone or another one is refused with the option that names it', async () => {
  const other = join(folder, 'other.onnx');
  await writeFile(other, tinyOnnx({ width: 24, height: 16, seed: 9 }));
  await expect(openModel(out, { backboneFile: other })).rejects.toThrow('--backbone-file FILE');
  await expect(openModel(out, { backboneFile: other })).rejects.toMatchObject({
    code: 'format',
    path: other,
  });
  const gone = join(folder, 'gone.onnx');
  await expect(openModel(out, { backboneFile: gone })).rejects.toMatchObject({ code: 'missing', path: gone });
  await expect(openModel(out, { backboneFile: gone })).rejects.toThrow('--backbone-file FILE');
});
