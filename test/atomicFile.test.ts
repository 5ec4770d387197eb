import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replaceUnchanged, sweepTemporaries, writeAtomically } from '../src/atomicFile.js';
import { thisOwner } from '../src/owner.js';

const { space } = thisOwner();

test('what killed processes left half-written is swept; files of those that live, here or elsewhere, stay', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sweep-'));
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  const alive = process.pid;
  const elsewhere = 'ffffffff'; // a process of another machine may have any id, that of a dead one here too
  const kept = [
    ...['clip.mp4', 'notes.part', `${dead}.txt`],
    ...[`clip.mp4.${space}-${alive}.part`, `.model.${space}-${alive}-0-0.tmp`],
    ...[`clip.mp4.${elsewhere}-${dead}.part`, `.model.${elsewhere}-${dead}-0-3.tmp`],
    `.model.${dead}-1.tmp`, // of an earlier version, which did not say where it ran
  ];
  const left = [`clip.mp4.${space}-${dead}.part`, `.model.safetensors.${space}-${dead}-0-3.tmp`];
  const old = [`.weights.${elsewhere}-${dead}-0-4.tmp`, `.weights.${dead}-5.tmp`, `old.mp4.${dead}.part`];
  for (const name of [...kept, ...left, ...old]) await writeFile(join(folder, name), '');
  const yesterday = Date.now() / 1000 - 25 * 3600;
  for (const name of old) await utimes(join(folder, name), yesterday, yesterday);
  await sweepTemporaries(folder);
  expect((await readdir(folder)).sort()).toEqual([...kept].sort());
  await sweepTemporaries(join(folder, 'not there')); // nothing to do is no error
  await rm(folder, { recursive: true });
});

test('who writes into a folder clears up what a killed process left there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'left-'));
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  const alive = `.audit.json.${space}-${process.pid}-9-9.tmp`;
  for (const name of [`.audit.json.${space}-${dead}-0-0.tmp`, alive])
    await writeFile(join(folder, name), 'half');
  await writeAtomically(join(folder, 'audit.json'), 'whole');
  expect((await readdir(folder)).sort()).toEqual([alive, 'audit.json']);
  await rm(folder, { recursive: true });
});

test('a file is replaced only where it still holds what was read from it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'replace-'));
  const path = join(folder, 'labels.json');
  expect(await replaceUnchanged(path, { read: undefined, bytes: 'one' })).toBe(true);
  expect(await replaceUnchanged(path, { read: undefined, bytes: 'two' })).toBe(false); // it is there by now
  expect(await replaceUnchanged(path, { read: Buffer.from('other'), bytes: 'two' })).toBe(false);
  expect(await readFile(path, 'utf8')).toBe('one');
  expect(await replaceUnchanged(path, { read: Buffer.from('one'), bytes: 'two' })).toBe(true);
  expect(await readFile(path, 'utf8')).toBe('two');
  expect(await readdir(folder)).toEqual(['labels.json']);
  await rm(folder, { recursive: true });
});
