// Learning as a page does it, with onnxruntime-web, beside `train` of Node on the same features.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { teach, type Taught, type TeachProgress } from '../../src/teach/index.js';
import type { Tensors } from '../../src/tensor.js';
import { nodesModel, pageRuntime, tinyRecipe, trainTiny, type TinyTaught } from './tinyTaught.js';

let folder: string;
let tiny: TinyTaught;
let taught: Taught;
const told: TeachProgress[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-teach-'));
  tiny = await trainTiny(folder, 6);
  await using runtime = await pageRuntime();
  taught = await teach(tiny.takes, tiny.backbone, { runtime, recipe: tinyRecipe }, (one) => told.push(one));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function largestDifference(ours: Tensors, theirs: Tensors): number {
  expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
  const each = Object.entries(ours).map(([name, { data }]) =>
    Math.max(...Array.from(data as Float32Array, (x, i) => Math.abs(x - Number(theirs[name]!.data[i])))),
  );
  return Math.max(...each);
}

test('the same takes and seed give the weights of `train`, within 1e-3, and its config', async () => {
  const { config, tensors } = await nodesModel(tiny.model);
  expect(largestDifference(taught.tensors, tensors)).toBeLessThan(1e-3);
  const { training: own, ...ours } = taught.config;
  const { training: other, ...theirs } = config;
  const { file, ...backbone } = theirs.backbone; // where it lies on Node's machine
  expect(file).toBeTypeOf('string');
  expect(ours).toEqual({ ...theirs, backbone });
  expect(own).toMatchObject({ epoch: other!.epoch, classCounts: other!.classCounts });
});

test('each epoch is told with its losses and what held-out takes reach, beside guessing and the mean pool', () => {
  const epochs = told.filter((one) => one.kind === 'epoch');
  expect(epochs[0]!.row.epoch).toBe(0);
  expect(epochs[0]).toMatchObject({ chance: 0.5, meanPool: epochs[0]!.row.validation!.accuracy });
  expect(epochs[1]!.row.losses).toHaveProperty('crossEntropy');
  expect(taught.figures.rows).toEqual(epochs.map(({ row }) => row));
  const { heldOut, takes } = taught.figures;
  expect(takes).toEqual({ learnt: 11, heldOut: 1, leftOut: 0 });
  expect(heldOut).toMatchObject({ clips: 1, chance: 0.5 });
});
