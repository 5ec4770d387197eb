// Learning as a page does it, with onnxruntime-web, beside `train` of Node on the same features.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportTeach } from '../../src/cli/exportTeach.js';
import { main } from '../../src/cli/main.js';
import { modelArgument } from '../../src/cli/teachZip.js';
import { openModel, readModelFolder } from '../../src/savedModel/index.js';
import {
  readTeachZip,
  teach,
  writeTeachZip,
  type Taught,
  type TeachProgress,
} from '../../src/teach/index.js';
import type { Tensors } from '../../src/tensor.js';
import { readClip } from '../../src/video/index.js';
import { pageRuntime, tinyRecipe, trainTiny, type TinyTaught } from './tinyTaught.js';

let folder: string;
let tiny: TinyTaught;
let taught: Taught;
const told: TeachProgress[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-teach-'));
  tiny = await trainTiny(folder, 4);
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
  const { config, tensors } = await readModelFolder(tiny.model);
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
  expect(takes).toEqual({ learnt: 6, heldOut: 2, leftOut: 0 });
  expect(heldOut).toMatchObject({ clips: 2, chance: 0.5 });
});

/** What Node answers for a clip with the model in a folder. */
async function nodesAnswer(model: string, path: string) {
  const predictor = await openModel(model, { threads: 1 });
  const { result } = await predictor.predict(await readClip(path, predictor.shape), path);
  await predictor.close();
  return { classes: result.classes, frames: result.frames, segments: result.segments };
}

test('a trained model goes into a zip with its clips as takes, through the page, and back with the same answers', async () => {
  const [first, second] = [join(folder, 'first.zip'), join(folder, 'second.zip')];
  const takes = { takes: tiny.data, threads: 1 };
  expect(await exportTeach(tiny.model, first, takes)).toMatchObject({ file: first, takes: 8 });
  const zip = readTeachZip(new Uint8Array(await readFile(first)), first);
  expect(zip.takes.map(({ id, label }) => `${label} ${id}`)).toContain('left left-clip0.mp4');
  await writeFile(second, writeTeachZip(zip)); // as a page saves it
  await using opened = await modelArgument(second);
  const [own, found] = await Promise.all([tiny.model, opened.folder].map(readModelFolder));
  expect(found!.tensors).toEqual(own!.tensors);
  const path = join(tiny.data, 'left/clip0.mp4');
  expect(await nodesAnswer(opened.folder, path)).toEqual(await nodesAnswer(tiny.model, path));
});

test('what a page was taught answers in Node as the model of `train` does', async () => {
  const file = join(folder, 'taught.zip');
  const network = new Uint8Array(await readFile(join(folder, 'net.onnx')));
  await writeFile(file, writeTeachZip({ model: taught, takes: [], backbone: tiny.backbone, network }));
  await using opened = await modelArgument(file);
  const path = join(tiny.data, 'right/clip0.mp4');
  const [page, node] = [await nodesAnswer(opened.folder, path), await nodesAnswer(tiny.model, path)];
  expect(page.classes.map(({ label }) => label)).toEqual(node.classes.map(({ label }) => label));
  const near = (of: typeof page) => of.classes.map(({ probability }) => probability.toFixed(2));
  expect(near(page)).toEqual(near(node));
  const boxes = (of: typeof page) => of.frames.map(({ box }) => box?.map(Math.round));
  expect(boxes(page)).toEqual(boxes(node));
});

test('`export --teach` writes a zip, which `predict` and `evaluate` open', async () => {
  const file = join(folder, 'commands.zip');
  expect(await main(['export', tiny.model, '--teach', file, '--takes', tiny.data, '--threads', '1'])).toBe(0);
  const out = join(folder, 'answers.json');
  const clip = join(tiny.data, 'left/clip0.mp4');
  expect(await main(['predict', file, clip, '--out', out, '--threads', '1'])).toBe(0);
  expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject([{ classes: [{}, {}] }]);
  const report = join(folder, 'report.json');
  expect(await main(['evaluate', file, file, '--out', report, '--threads', '1'])).toBe(0);
  expect(JSON.parse(await readFile(report, 'utf8'))).toMatchObject({ what: { clips: 8 } });
});

test('`train` learns from the takes of a zip, and its model needs nothing beside it', async () => {
  const file = join(folder, 'first.zip');
  await exportTeach(tiny.model, file, { takes: tiny.data, threads: 1 });
  const model = join(folder, 'anew');
  expect(await main(['train', file, '--out', model, '--epochs', '1', '--threads', '1'])).toBe(0);
  const { config } = await readModelFolder(model);
  expect(config).toMatchObject({ classes: ['left', 'right'], frames: 5 });
  expect((await nodesAnswer(model, join(tiny.data, 'left/clip0.mp4'))).frames).toHaveLength(5);
  expect(await main(['train', file, '--out', join(folder, 'x'), '--folds', 'group'])).toBe(2);
});

test('a zip without a model is takes alone, which says so', async () => {
  const file = join(folder, 'bare.zip');
  await writeFile(file, writeTeachZip({ takes: [], backbone: tiny.backbone }));
  await expect(modelArgument(file)).rejects.toThrow('takes alone');
});
