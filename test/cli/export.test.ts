import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openModel } from '../../src/savedModel/index.js';
import { readerOf } from '../../src/dataset/formats/index.js';
import { readClip } from '../../src/video/index.js';
import { writeTinyModel } from '../savedModel/tinyModel.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';
import { runCommand } from './runCommand.js';

let folder: string;
const inside = (...parts: string[]) => join(folder, ...parts);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-export-'));
  await writeTinyModel(inside('model'), ['left', 'right']);
  await writeTinyWorld(inside('data'), 1);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('writes what predict answered in the form of a tool', async () => {
  const clips = [inside('data/left/clip0.mp4'), inside('data/right/clip0.mp4')];
  const { stdout } = await runCommand('predict', inside('model'), ...clips, '--json');
  await writeFile(inside('results.json'), stdout);
  const out = inside('found.json');
  const ended = await runCommand('export', inside('results.json'), '--format', 'via', '--out', out);
  expect(ended.code, ended.stderr).toBe(0);
  expect(ended.stdout).toMatch(/^wrote \d+ boxes and \d+ segments of 2 clips to .*found\.json\n$/);
  const { clips: read } = await readerOf('via').read(out);
  expect(read.map(({ clip }) => clip)).toEqual(['left/clip0.mp4', 'right/clip0.mp4']);
});

it('writes the model as one ONNX file that plain ONNX Runtime answers from as we do', async () => {
  const file = inside('model.onnx');
  const ended = await runCommand('export', inside('model'), '--onnx', file);
  expect(ended.code, ended.stderr).toBe(0);
  const difference = Number(/largest difference to ours: (\S+) /.exec(ended.stdout)![1]);
  expect(difference).toBeLessThanOrEqual(1e-4);

  const predictor = await openModel(inside('model'));
  const clip = await readClip(inside('data/left/clip0.mp4'), predictor.shape);
  const own = await predictor.predict(clip, 'clip');
  await predictor.close();
  const session = await ort.InferenceSession.create(file);
  expect(session.inputNames).toEqual(['frames']);
  const frames = new ort.Tensor('uint8', clip.frames, [1, ...clip.shape]);
  const { probabilities } = await session.run({ frames });
  const other = probabilities!.data as Float32Array;
  own.probabilities.forEach((value, k) => expect(other[k]!).toBeCloseTo(value, 4));
  await session.release();
  // Metadata is stored as text: whoever has the file alone can prepare frames and name the classes.
  const bytes = await readFile(file);
  for (const text of ['["left","right"]', '"sampling":"uniform"']) expect(bytes.includes(text)).toBe(true);
});

it.each([
  [['r.json', '--out', 'x'], /--format: to be given/],
  [['r.json', '--format', 'coco'], /--out: to be given/],
  [['r.json', '--format', 'voc', '--out', 'x'], /Allowed choices are cvat, label-studio, via/],
  [['a', 'b', '--onnx', 'x'], /one model folder and nothing else/],
])('refuses %j with exit code 2', async (args, pattern) => {
  const { code, stderr } = await runCommand('export', ...args);
  expect(code).toBe(2);
  expect(stderr).toMatch(pattern);
});
