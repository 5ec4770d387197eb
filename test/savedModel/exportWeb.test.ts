import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openExtractor } from '../../src/backbone/index.js';
import { exportOnnx, exportWeb, openModel, writeModelFolder } from '../../src/savedModel/index.js';
import { modelParameters } from '../../src/savedModel/modelFolder.js';
import { readWebModel } from '../../src/savedModel/export/exportWeb.js';
import { openWebModel, type WebModel } from '../../src/infer/index.js';
import { initialise, parseModelConfig } from '../../src/model/index.js';
import { Random } from '../../src/random.js';
import { openRuntime } from '../../src/runtime/index.js';
import { readClip } from '../../src/video/index.js';
import { tinyOnnx } from '../backbone/tinyOnnx.js';
import { writeTinyModel } from './tinyModel.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

let folder: string;
const inside = (...parts: string[]) => join(folder, ...parts);

/** An untrained model on the two grids of a foreign network. */
async function writeFrozenModel(model: string, { batch }: { batch?: number } = {}): Promise<void> {
  const file = `${model}.net.onnx`;
  await writeFile(file, tinyOnnx({ batch, width: 24, height: 16 }));
  const settings = { kind: 'onnx', file, preprocessing: 'caffe', outputs: ['fine', 'coarse'] };
  await using runtime = await openRuntime({ threads: 1 });
  await using extractor = await openExtractor(settings, { runtime });
  const { preprocessing, identity, grid, alignment } = extractor;
  const config = parseModelConfig({
    ...{ version: 1, classes: ['left', 'right'], frames: 4, grid },
    transform: { size: preprocessing.size },
    backbone: { ...settings, preprocessing, alignment, weightsHash: identity, isFrozen: true },
    attention: { form: 'joint', hidden: 0, scoreWidth: 4, contextFrames: 0 },
    localize: { where: { maps: { attention: 1, medianDifference: 1 } } },
  });
  await writeModelFolder(model, {
    config,
    tensors: initialise(modelParameters(config), Random.from(2, 'web')),
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-web-'));
  await writeTinyWorld(inside('data'), 1);
  await writeTinyModel(inside('small'), ['left', 'right']);
  await writeFrozenModel(inside('frozen'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const openWritten = async (name: string): Promise<WebModel> =>
  openWebModel(await readWebModel(inside(name)), await openRuntime({ threads: 1 }));

describe.each(['small', 'frozen'])('the files for a page of a model with a %s backbone', (name) => {
  it('answer for a clip as the model does, and name no place on this machine', async () => {
    const written = await exportWeb(inside(name), inside(`${name}-web`));
    expect(written.largestDifference).toBeLessThanOrEqual(1e-4);
    expect(await readFile(inside(`${name}-web/model.json`), 'utf8')).not.toContain(folder);

    const own = await openModel(inside(name));
    const clip = await readClip(inside('data/left/clip0.mp4'), own.shape);
    const expected = await own.predict(clip, 'clip');
    await own.close();
    const web = await openWritten(`${name}-web`);
    const features = await web.features({ dtype: 'uint8', shape: clip.shape, data: clip.frames });
    const got = await web.answer(features, clip, 'clip');
    await web.close();
    expect(got.result.model).toEqual(expected.result.model);
    expected.probabilities.forEach((value, k) => expect(got.probabilities[k]!).toBeCloseTo(value, 4));
    expected.result.frames.forEach(({ weight }, i) =>
      expect(got.result.frames[i]!.weight).toBeCloseTo(weight, 4),
    );
  });
});

it('joins a foreign network and the head into one file, which plain ONNX Runtime answers from as we do', async () => {
  const file = inside('whole.onnx');
  const written = await exportOnnx(inside('frozen'), file);
  expect(written.largestDifference).toBeLessThanOrEqual(1e-4);
  const own = await openModel(inside('frozen'));
  const clip = await readClip(inside('data/left/clip0.mp4'), own.shape);
  const expected = await own.predict(clip, 'clip');
  await own.close();
  const session = await ort.InferenceSession.create(file);
  expect(session.inputNames).toEqual(['frames']);
  const { probabilities, weights } = await session.run({
    frames: new ort.Tensor('uint8', clip.frames, [1, ...clip.shape]),
  });
  expected.probabilities.forEach((value, k) => expect(Number(probabilities!.data[k])).toBeCloseTo(value, 4));
  expected.result.frames.forEach(({ weight }, i) => expect(Number(weights!.data[i])).toBeCloseTo(weight, 4));
  await session.release();
});

it('refuses a network that takes another number of frames than the model', async () => {
  await writeFrozenModel(inside('fixed'), { batch: 3 });
  await expect(exportOnnx(inside('fixed'), inside('fixed.onnx'))).rejects.toThrow(
    /any number of frames, or 4 as the model does, got one that takes 3/,
  );
});

it('computes a frame alone as among others, as a webcam needs it', async () => {
  const web = await openWritten('frozen-web');
  const random = Random.from(1, 'frames');
  const data = Uint8Array.from({ length: 3 * 16 * 24 * 3 }, () => random.integer(0, 256));
  const together = await web.features({ dtype: 'uint8', shape: [3, 16, 24, 3], data });
  const one = data.subarray(1 * 16 * 24 * 3, 2 * 16 * 24 * 3);
  const alone = await web.features({ dtype: 'uint8', shape: [1, 16, 24, 3], data: one });
  await web.close();
  const length = alone.data.length;
  expect(alone.data).toEqual(together.data.slice(length, 2 * length));
});

it('refuses features of another clip length and a description that is none', async () => {
  const files = await readWebModel(inside('frozen-web'));
  const web = await openWritten('frozen-web');
  const clip = await readClip(inside('data/left/clip0.mp4'), { frames: 2, size: { width: 24, height: 16 } });
  const features = await web.features({ dtype: 'uint8', shape: clip.shape, data: clip.frames });
  await expect(web.answer(features, clip, 'clip')).rejects.toThrow(/answer.features: .*4,9,8,12/);
  await web.close();
  await using runtime = await openRuntime({ threads: 1 });
  await expect(openWebModel({ ...files, description: { version: 2 } }, runtime)).rejects.toThrow(
    /model.json: version/,
  );
});
