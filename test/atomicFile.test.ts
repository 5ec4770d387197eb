import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweepTemporaries } from '../src/atomicFile.js';

test('what killed processes left half-written is swept, files of this process and all others stay', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sweep-'));
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  const alive = process.pid;
  const kept = ['clip.mp4', `clip.mp4.${alive}.part`, `.model.${alive}-0.tmp`, 'notes.part', `${dead}.txt`];
  const left = [`clip.mp4.${dead}.part`, `.model.safetensors.${dead}-3.tmp`];
  for (const name of [...kept, ...left]) await writeFile(join(folder, name), '');
  await sweepTemporaries(folder);
  expect((await readdir(folder)).sort()).toEqual([...kept].sort());
  await sweepTemporaries(join(folder, 'not there')); // nothing to do is no error
  await rm(folder, { recursive: true });
});
