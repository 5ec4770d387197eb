// One step on several batches: the same numbers as one large batch, in the memory of a small one.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModelFolder } from '../../src/savedModel/index.js';
import { readLog, train, type RecipeInput } from '../../src/train/index.js';
import { tinyOnnx } from '../backbone/tinyOnnx.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

let folder: string;
let recipe: RecipeInput;
let common: { data: string; cache: string; threads: number };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-accumulate-'));
  const file = join(folder, 'net.onnx');
  common = { data: join(folder, 'data'), cache: join(folder, 'store'), threads: 1 };
  await writeTinyWorld(common.data, 6);
  await writeFile(file, tinyOnnx({ width: 24, height: 16 }));
  const preprocessing = { channels: 'BGR', scale: 1, mean: [104, 117, 123], size: { width: 24, height: 16 } };
  const backbone = { kind: 'onnx', file, preprocessing, outputs: ['fine'] };
  // every place and channel is seen, so that a clip gives the same gradient in whatever batch it comes
  const actors = { isOn: false, mosaics: 0 }; // who acts is no matter of steps
  recipe = { frames: 5, epochs: 2, validation: 0, places: 1, dropout: 0, clipNorm: 0.1, actors, backbone };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (name: string, change: RecipeInput, more: Partial<Parameters<typeof train>[0]> = {}) =>
  train({ ...common, out: join(folder, name), recipe: { ...recipe, ...change }, ...more });

test('three batches of 2 clips make the step of one batch of 6, clipping and moving average included', async () => {
  await run('whole', { batch: 6 });
  await run('parts', { batch: 2, accumulate: 3 });
  await run('apart', { batch: 2 });
  const [whole, parts, apart] = await Promise.all(
    ['whole', 'parts', 'apart'].map(async (name) => (await readModelFolder(join(folder, name))).tensors),
  );
  for (const [name, { data }] of Object.entries(whole!)) {
    const other = parts![name]!.data;
    data.forEach((value, i) => expect(Number(other[i])).toBeCloseTo(Number(value), 5));
  }
  const moved = whole!['joint.out.weight']!.data;
  expect(moved.some((value) => Math.abs(Number(value)) > 1e-4)).toBe(true);
  expect(
    moved.some((value, i) => Math.abs(Number(apart!['joint.out.weight']!.data[i]) - Number(value)) > 1e-4),
  ).toBe(true);
  const [large, small] = [await readLog(join(folder, 'whole')), await readLog(join(folder, 'parts'))];
  expect([large[0]!.steps, small[0]!.steps]).toEqual([2, 6]);
  for (const term of ['total', 'gradientNorm'])
    expect(small[1]!.losses[term]).toBeCloseTo(large[1]!.losses[term]!, 5);
});

test('a run that was stopped between two batches of a step ends like the unbroken one', async () => {
  const abort = new AbortController();
  let batches = 0;
  const half = await run(
    'stopped',
    { batch: 2, accumulate: 3 },
    {
      signal: abort.signal,
      onEvent: (event) => {
        if (event.kind === 'step' && ++batches === 2) abort.abort();
      },
    },
  );
  expect(half.status).toBe('interrupted');
  const { model } = await run('stopped', {}, { resume: true });
  const unbroken = await run('unbroken', { batch: 2, accumulate: 3 });
  expect(model).toBe(unbroken.model);
});
