// A model folder is answered with only as it was written.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelFiles } from '../../src/savedModel/modelFolder.js';
import { readModelFolder, writeModelFolder } from '../../src/savedModel/index.js';
import { encodeSafetensors, initialise, inferenceGraph, parseModelConfig } from '../../src/model/index.js';
import { Random } from '../../src/random.js';
import type { Tensors } from '../../src/tensor.js';

const config = parseModelConfig({
  version: 1,
  classes: ['a', 'b'],
  frames: 2,
  transform: { size: { width: 8, height: 8 } },
  backbone: { kind: 'features', isFrozen: true },
  attention: { form: 'mean' },
  grid: { channels: 3, height: 1, width: 2 },
});
const tensors = (): Tensors =>
  initialise(inferenceGraph({ config, clips: 1 }).parameters, Random.from(1, 'folder'));

let folder: string;
const weights = (): string => join(folder, modelFiles.weights);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-model-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('every corrupted bit of the weights is found, and what was written comes back', async () => {
  const id = await writeModelFolder(folder, { config, tensors: tensors() });
  const read = await readModelFolder(folder);
  expect(read.id).toBe(id);
  expect(read.tensors).toEqual(tensors());
  const bytes = await readFile(weights());
  for (let bit = 0; bit < 8 * bytes.length; bit += 7) {
    const turned = Uint8Array.from(bytes);
    turned[bit >> 3]! ^= 1 << (bit & 7);
    await writeFile(weights(), turned);
    const seen = await readModelFolder(folder).then(
      (model) => model.tensors,
      (error: { code: string }) => error.code,
    );
    if (typeof seen === 'string') expect(seen).toBe('format');
    else expect(seen).toEqual(tensors()); // a blank of the header that became another blank
  }
});

test('a model of before, which says nothing of its bytes, opens; one that holds what is no number does not', async () => {
  await writeModelFolder(folder, { config, tensors: tensors() });
  await writeFile(weights(), encodeSafetensors(tensors()));
  expect((await readModelFolder(folder)).tensors).toEqual(tensors());
  const broken = tensors();
  (broken['classifier.bias']!.data as Float32Array)[1] = NaN;
  await writeFile(weights(), encodeSafetensors(broken));
  await expect(readModelFolder(folder)).rejects.toMatchObject({
    code: 'format',
    path: `${weights()}: classifier.bias`,
    received: 'NaN at place 1',
  });
});
