// What a run left in its folder, damaged: a checkpoint that cannot be gone on from is told, lines that are none are left out.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSettings } from '../../src/cli/trainOptions.js';
import { storedFacts } from '../../src/store/storedFacts.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/model/index.js';
import { checkpointFile, readCheckpoint } from '../../src/train/folder/checkpoint.js';
import { parseRecipe, readLog, train } from '../../src/train/index.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

let folder = '';
let bytes: Buffer;
const out = (): string => join(folder, 'model');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-run-files-'));
  await writeTinyWorld(join(folder, 'data'), 2);
  const recipe = {
    epochs: 1,
    batch: 2,
    frames: 2,
    validation: 0,
    transform: { size: { width: 16, height: 16 } },
  };
  await train({ data: join(folder, 'data'), out: out(), recipe });
  bytes = await readFile(checkpointFile(out()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a corrupted checkpoint is refused, wherever the bit is', async () => {
  await expect(readCheckpoint(out())).resolves.toMatchObject({ run: { isDone: true } });
  for (let i = 0; i < 40; i++) {
    const turned = Uint8Array.from(bytes);
    turned[Math.floor((i / 40) * bytes.length)]! ^= 1;
    await writeFile(checkpointFile(out()), turned);
    await expect(readCheckpoint(out()), `byte ${i}`).rejects.toMatchObject({ code: 'format' });
  }
  await writeFile(checkpointFile(out()), bytes);
});

test.each([
  ['{"version":1', 'metadata that is no JSON'],
  ['null', 'version'],
  ['{"version":2}', 'version 2'],
  ['{"version":1}', 'recipe'],
])('a checkpoint whose run is %s is told by what is wrong', async (run, words) => {
  const { tensors } = decodeSafetensors(bytes, 'checkpoint');
  await writeFile(checkpointFile(out()), encodeSafetensors(tensors, { run }));
  await expect(readCheckpoint(out())).rejects.toMatchObject({
    code: 'format',
    received: expect.stringContaining(words),
  });
  await writeFile(checkpointFile(out()), bytes);
});

test('a checkpoint with a position that is none is refused with its place', async () => {
  const { tensors, metadata } = decodeSafetensors(bytes, 'checkpoint');
  const run = JSON.parse(metadata.run!) as { position: object };
  const wrong = { ...run, position: { ...run.position, step: -1 } };
  await writeFile(checkpointFile(out()), encodeSafetensors(tensors, { run: JSON.stringify(wrong) }));
  await expect(readCheckpoint(out())).rejects.toMatchObject({
    received: expect.stringContaining('position.step'),
  });
  await writeFile(checkpointFile(out()), bytes);
});

test('lines of the log that are no epochs are left out', async () => {
  const file = join(out(), 'log.jsonl');
  const whole = await readFile(file, 'utf8');
  await writeFile(file, `null\n7\n{"epoch":"x"}\n{"epoch":1e999}\n${whole}{"epoch":`);
  const untimed = (await readLog(out())).map((row) => ({ ...row, seconds: undefined }));
  expect(untimed).toEqual(
    whole
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  );
  await writeFile(file, whole);
});

test('a run of an earlier version, with times in its log and its checkpoint, is read as it was', async () => {
  const file = join(out(), 'log.jsonl');
  const whole = await readFile(file, 'utf8');
  expect(whole).not.toContain('seconds');
  await writeFile(file, whole.replace(/\}\n/, ',"seconds":41.5}\n'));
  expect((await readLog(out()))[0]!.seconds).toBe(41.5);
  await writeFile(file, whole);
  const { tensors, metadata } = decodeSafetensors(bytes, 'checkpoint');
  const old = { ...(JSON.parse(metadata.run!) as object), seconds: 42.5 };
  await writeFile(checkpointFile(out()), encodeSafetensors(tensors, { run: JSON.stringify(old) }));
  expect((await readCheckpoint(out()))!.run.seconds).toBe(42.5);
  await writeFile(checkpointFile(out()), bytes);
});

test.each(['[]', 'null', '"frames"', '7', '{"frames":'])('settings of %s are wrong use', async (text) => {
  const file = join(folder, 'settings.json');
  await writeFile(file, text);
  await expect(readSettings(file)).rejects.toMatchObject({ code: 'usage', path: file });
});

test.each([
  [{ frames: 1e9 }, 'frames'],
  [{ frames: 4096, transform: { size: { width: 4096, height: 4096 } } }, 'frames'],
  [{ transform: { size: { width: 1e7, height: 8 } } }, 'transform.size.width'],
  [{ batch: 1e12 }, 'batch'],
  [{ learningRate: 1e300 }, 'learningRate'],
])('a recipe of %j is wrong use that names the option', (recipe, place) => {
  expect(() => parseRecipe(recipe)).toThrow(
    expect.objectContaining({ code: 'usage', path: `train: options: ${place}` }),
  );
});

test.each([
  [null, 'train: options'],
  [[], 'train: options'],
  [{ backbone: null }, 'train: options: backbone'],
  [{ backbone: {} }, 'train: options: backbone.kind'],
  [{ attention: null }, 'train: options: attention'],
  [{ backbone: { kind: 'resnet18' }, attention: null }, 'train: options: attention'],
  [{ backbone: { kind: 'resnet18' }, attention: { form: 'none' } }, 'train: options: attention'],
  [{ backbone: { kind: 'resnet18' }, attention: [] }, 'train: options: attention'],
])('a recipe of %j, by which no default can be looked up, is wrong use too', (recipe, path) => {
  expect(() => parseRecipe(recipe as never)).toThrow(
    expect.objectContaining({ code: 'usage', path: expect.stringContaining(path) }),
  );
});

test('facts of a stored clip that are none are told with the file', () => {
  for (const text of ['', 'null', '[]', '{"info":{}}', '{"info":{"width":0}}'])
    expect(() => storedFacts(text, 'a.safetensors')).toThrow(/^a\.safetensors: facts of a stored clip/);
});
