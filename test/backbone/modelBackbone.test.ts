import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBackbone, openExtractor, parseBackboneSpec } from '../../src/backbone/index.js';
import { openBackbone } from '../../src/savedModel/openModel.js';
import { readModelFolder, writeModelFolder } from '../../src/savedModel/index.js';
import { Random } from '../../src/random.js';
import { openRuntime } from '../../src/runtime/index.js';
import { writeTinyModel } from '../savedModel/tinyModel.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-model-backbone-'));
  await writeTinyModel(join(folder, 'model'), ['a', 'b']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('model:FOLDER is the backbone inside that model, with its size and its identity', async () => {
  const settings = parseBackboneSpec(`model:${join(folder, 'model')}`);
  expect(settings).toEqual({ kind: 'model', file: join(folder, 'model') });
  await using runtime = await openRuntime({ threads: 1 });
  await using extractor = await openExtractor(settings, { runtime, batch: 2 });
  await using inside = await openBackbone(await readModelFolder(join(folder, 'model')), { runtime });
  expect(extractor.preprocessing.size).toEqual({ width: 32, height: 24 });
  expect(extractor.identity).toBe(inside.identity);
  const random = Random.from(1);
  const data = Uint8Array.from({ length: 3 * 24 * 32 * 3 }, () => random.integer(0, 256));
  const frames = { dtype: 'uint8', shape: [3, 24, 32, 3], data } as const;
  const [one, other] = [await extractor.extract(frames), await inside.extract(frames)];
  expect(one.shape).toEqual([3, ...Object.values(extractor.grid)]);
  one.data.forEach((value, i) => expect(value).toBeCloseTo(Number(other.data[i]), 5));
});

test('a folder without a model, and a model without a backbone inside, are refused', async () => {
  await using runtime = await openRuntime({ threads: 1 });
  const open = (file: string) => openExtractor({ kind: 'model', file }, { runtime });
  await expect(open(join(folder, 'none'))).rejects.toThrow(/a model folder with config\.json/);
  const { config, tensors } = await readModelFolder(join(folder, 'model'));
  const frozen = { ...config, backbone: { kind: 'onnx', isFrozen: true } };
  await writeModelFolder(join(folder, 'frozen'), { config: frozen, tensors });
  await expect(open(join(folder, 'frozen'))).rejects.toThrow(
    /trained together with its backbone, got one on features of onnx/,
  );
  expect(() => createBackbone({ kind: 'model' })).toThrow(/train on its features/);
});
