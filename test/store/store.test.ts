import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ClipStore } from '../../src/store/store.js';
import { encodeSafetensors } from '../../src/model/index.js';
import { float32 } from '../../src/tensor.js';

let folder: string;
let clip: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-store-'));
  clip = join(folder, 'clip.mp4');
  await writeFile(clip, 'some video');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const tensors = { frames: { dtype: 'uint8' as const, shape: [2, 2], data: new Uint8Array([1, 2, 3, 4]) } };

test('what was written is read back', async () => {
  const store = new ClipStore(join(folder, 'cache'), { frames: 2 });
  const key = await store.keyOf(clip);
  expect(await store.readVerified(key)).toBeUndefined();
  await store.write(key, tensors, { clip: '{}' });
  const file = await store.readVerified(key);
  expect(file?.tensors).toEqual(tensors);
  expect(file?.metadata.clip).toBe('{}');
  expect(await readdir(store.folder)).toEqual([`${key}.safetensors`]); // no temporary file is left
});

test('another setting, and other bytes under the same name, size and time, have another key', async () => {
  const store = new ClipStore(folder, { frames: 2, size: { width: 4, height: 3 } });
  const key = await store.keyOf(clip);
  expect(await new ClipStore(folder, { size: { height: 3, width: 4 }, frames: 2 }).keyOf(clip)).toBe(key);
  expect(await new ClipStore(folder, { frames: 3, size: { width: 4, height: 3 } }).keyOf(clip)).not.toBe(key);
  await writeFile(clip, 'some vide0');
  await utimes(clip, 1, 1);
  const changed = await store.keyOf(clip);
  expect(changed).not.toBe(key);
  await writeFile(clip, 'some video');
  await utimes(clip, 1, 1);
  expect(await store.keyOf(clip)).toBe(key); // a touched or copied clip keeps what was stored
});

test('a flipped byte, a cut file and a file of something else are taken for missing', async () => {
  const store = new ClipStore(folder, {});
  await store.write('key', tensors);
  const whole = await readFile(store.fileOf('key'));
  const flipped = Uint8Array.from(whole);
  flipped[flipped.length - 1]! ^= 1;
  for (const bytes of [
    flipped,
    whole.subarray(0, whole.length - 1),
    whole.subarray(0, 5),
    Buffer.from('text'),
  ]) {
    await writeFile(store.fileOf('key'), bytes);
    expect(await store.readVerified('key')).toBeUndefined();
  }
  await writeFile(store.fileOf('key'), whole);
  expect(await store.readVerified('key')).toBeDefined();
});

test('a corrupted byte, whichever it is, is found by reading, or nothing that was stored is another', async () => {
  const store = new ClipStore(folder, {});
  const all = { ...tensors, times: { dtype: 'float64' as const, shape: [2], data: Float64Array.of(0, 0.5) } };
  await store.write('key', all, { clip: '{"a":1}' });
  const whole = await readFile(store.fileOf('key'));
  let told = 0;
  for (let at = 0; at < whole.length; at++) {
    const turned = Buffer.from(whole);
    turned[at]! ^= 1;
    await writeFile(store.fileOf('key'), turned);
    const file = await store.read('key').catch((error: unknown) => error);
    if (file instanceof Error) {
      expect(file, `byte ${at}`).toMatchObject({ code: 'format' });
      told++;
    } else expect(file, `byte ${at}`).toMatchObject({ tensors: all, metadata: { clip: '{"a":1}' } });
  }
  expect(whole.length - told).toBeLessThanOrEqual('crc32'.length); // its own name: the SHA-256 stands in
  const last = Buffer.from(whole);
  last[last.length - 1]! ^= 128;
  await writeFile(store.fileOf('key'), last);
  await expect(store.read('key')).rejects.toThrow(
    /key\.safetensors: a stored clip as it was written, got other bytes, which do not have its checksum \(run the command again/,
  );
  await writeFile(store.fileOf('key'), whole);
  expect((await store.read('key')).tensors.times!.data).toEqual(Float64Array.of(0, 0.5));
});

test('a file without the quick checksum is held against its SHA-256', async () => {
  const store = new ClipStore(folder, {});
  await store.write('key', tensors);
  const { metadata } = await store.read('key');
  const { checksum } = metadata as { checksum: string };
  expect(metadata.crc32).toMatch(/^[0-9a-f]{8}$/);
  await writeFile(store.fileOf('key'), encodeSafetensors(tensors, { checksum }));
  expect((await store.read('key')).tensors).toEqual(tensors);
  await writeFile(store.fileOf('key'), encodeSafetensors(tensors, { checksum: checksum.replace(/^./, 'x') }));
  await expect(store.read('key')).rejects.toThrow('a stored clip as it was written');
});

test('an entry that is not there is an error that says so', async () => {
  await expect(new ClipStore(folder, {}).read('absent')).rejects.toThrow(
    /absent\.safetensors: a stored clip/,
  );
});

test('a store that cannot be written says why', async () => {
  const store = new ClipStore(join(clip, 'below-a-file'), {});
  await expect(store.write('key', { x: float32([1]) })).rejects.toThrow(
    /a place to write to, got a file where a folder should be/,
  );
});
