import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DoctorReport } from '../../src/dataset/index.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';
import { runCommand } from './runCommand.js';

let data: string;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'wherewhen-doctor-'));
  await writeTinyWorld(data, 1);
});
afterAll(() => rm(data, { recursive: true, force: true }));

it('ends with 0 and one line where nothing is wrong', async () => {
  const { code, stdout, stderr } = await runCommand('doctor', data);
  expect(code, stderr).toBe(0);
  expect(stdout).toBe('2 clips in 2 classes: nothing found\n');
});

it('ends with 1 for an error, says what to do, and with --fix writes the list and ends with 0', async () => {
  await copyFile(join(data, 'left/clip0.mp4'), join(data, 'right/same.mp4'));
  const { code, stdout } = await runCommand('doctor', data);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^ERROR +two-classes: left\/clip0\.mp4\n +right\/same\.mp4\n +the same bytes in the classes left/,
  );
  expect(stdout).toMatch(/-> decide which class is right/);
  const list = join(data, 'clean.csv');
  const fixed = await runCommand('doctor', data, '--json', '--fix', list);
  expect(fixed.code).toBe(0);
  expect(DoctorReport.parse(JSON.parse(fixed.stdout))).toMatchObject({ clips: 3, clean: 1 });
  expect(await readFile(list, 'utf8')).toBe('clip,label\nright/clip0.mp4,right\n');
});
