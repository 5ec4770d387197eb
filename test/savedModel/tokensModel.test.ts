// A model on tokens of a transformer and on a tensor inside its file: trained, opened again, and handed on in one file and in two.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportOnnx, exportWeb, openModel } from '../../src/savedModel/index.js';
import { train } from '../../src/train/index.js';
import { transformerOnnx } from '../backbone/tinyTransformer.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

let folder: string;
const inside = (...parts: string[]): string => join(folder, ...parts);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-tokens-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('keeps which tensors they were and how many tokens stand before the patches, and answers the same wherever it goes', async () => {
  await writeTinyWorld(inside('clips'), 3, { frames: 4 });
  const file = inside('net.onnx');
  await writeFile(file, transformerOnnx({ prefix: 5 }));
  const backbone = { kind: 'onnx', file, preprocessing: 'imagenet', outputs: 'auto' };
  const recipe = {
    frames: 3,
    epochs: 1,
    backbone,
    attention: { form: 'mean' as const },
    actors: { isOn: false, mosaics: 0 },
  };
  const { status } = await train({ data: inside('clips'), out: inside('model'), recipe });
  expect(status).toBe('done');
  const config = JSON.parse(await readFile(inside('model', 'config.json'), 'utf8')) as { backbone: object };
  expect(config.backbone).toMatchObject({
    ...{ outputs: ['block2', 'last_hidden_state'], prefixTokens: 5, scaleChannels: [6, 6] },
    geometry: [{ source: 'graph' }, { source: 'graph' }],
  });
  await (await openModel(inside('model'))).close(); // refuses a network of another identity
  const joined = await exportOnnx(inside('model'), inside('joined.onnx'));
  const web = await exportWeb(inside('model'), inside('web'));
  expect(Math.max(joined.largestDifference, web.largestDifference)).toBeLessThanOrEqual(1e-4);
});
