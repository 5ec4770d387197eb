// The clips of a training, kept with its model by their content, and found again under other names.
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ClipStore } from '../../src/store/index.js';
import { learntFinder, readLearnt, writeLearnt } from '../../src/savedModel/learntClips.js';
import { folderOf } from '../dataset/formats/folder.js';

it('finds a clip of the training under any name, and no other, not even of the same size', async () => {
  const folder = await folderOf({ 'a.mp4': 'aaaa', 'b.mp4': 'bbbb', 'c.mp4': 'cccc', 'gone.mp4': 'd' });
  const at = (name: string): string => join(folder, name);
  const clip = (name: string) => ({ path: at(name) });
  const store = new ClipStore(at('cache'), {});
  const clips = { training: [clip('a.mp4'), clip('never there.mp4')], validation: [clip('b.mp4')] };
  await writeLearnt(folder, clips, store);
  const sideOf = learntFinder(await readLearnt(folder));
  await copyFile(at('a.mp4'), at('another name.mp4'));
  expect(await sideOf(at('another name.mp4'))).toBe('training');
  expect(await sideOf(at('b.mp4'))).toBe('validation');
  expect(await sideOf(at('c.mp4'))).toBeUndefined();
  expect(await sideOf(at('nowhere.mp4'))).toBeUndefined();
});

it('takes the content that a key was made of, though the file has changed since', async () => {
  const folder = await folderOf({ 'a.mp4': 'aaaa' });
  const store = new ClipStore(join(folder, 'cache'), {});
  await store.keyOf(join(folder, 'a.mp4'));
  const before = await store.contentOf(join(folder, 'a.mp4'));
  await writeFile(join(folder, 'a.mp4'), 'other');
  expect(await store.contentOf(join(folder, 'a.mp4'))).toEqual(before);
});

it('a model of before keeps none, and a broken file is named', async () => {
  const folder = await folderOf({});
  expect(await readLearnt(folder)).toBeUndefined();
  expect(await learntFinder(undefined)('a.mp4')).toBeUndefined();
  await writeFile(join(folder, 'learnt.json'), '{"version":1,"training":{"x":1},"validation":{}}');
  await expect(readLearnt(folder)).rejects.toThrow(/learnt\.json > training > x/);
  await writeFile(join(folder, 'learnt.json'), '{');
  await expect(readLearnt(folder)).rejects.toThrow(/learnt\.json: JSON/);
});
