// The command, ended by a real SIGKILL in the middle of its work, and once more.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tinyOnnx } from '../../backbone/tinyOnnx.js';
import { runCommand } from '../../cli/runCommand.js';
import { thisOwner } from '../../../src/owner.js';
import { writeTinyWorld } from '../../dataset/tinyWorld.js';
import { command } from '../../cli/command.js';

const clips = 24;
const folder = mkdtempSync(join(tmpdir(), 'wherewhen-kill-'));
const data = join(folder, 'data');

beforeAll(async () => {
  await writeTinyWorld(data, clips / 2);
  const size = { width: 224, height: 224 }; // 1.6 MB a clip, so that there is a middle to be killed in
  writeFileSync(join(folder, 'net.onnx'), tinyOnnx(size));
  writeFileSync(
    join(folder, 'net.json'),
    JSON.stringify({ channels: 'RGB', scale: 1, mean: [0, 0, 0], size }),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const args = (store: string): string[] => [
  ...['extract', data, '--backbone', `onnx:${join(folder, 'net.onnx')}`],
  ...['--frames', '16', '--threads', '1', '--json', '--out', join(folder, store)],
];

/** Stored files by name, each with what changes when it is written again. */
function filesOf(store: string): Map<string, { ino: number; mtimeMs: number }> {
  const names = readdirSync(join(folder, store)).filter((name) => /^[0-9a-f]{40}\.safetensors$/.test(name));
  return new Map(
    names.map((name) => {
      const { ino, mtimeMs } = statSync(join(folder, store, name));
      return [name, { ino, mtimeMs }];
    }),
  );
}

/** Starts the command and kills it when `files` are stored; resolves with its process id. */
async function killedAfter(files: number, store: string): Promise<number> {
  const child = spawn(process.execPath, [...command, ...args(store)], { stdio: 'ignore' });
  const ended = new Promise((done) => child.once('exit', (_, signal) => done(signal)));
  while (!hasStored(store, files) && child.exitCode === null) await sleep(2);
  child.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
  return child.pid!;
}

function hasStored(store: string, files: number): boolean {
  try {
    return filesOf(store).size >= files;
  } catch {
    return false; // no store yet
  }
}

test('what was whole at a kill -9 is not computed again, and the store ends as that of an unbroken run, byte by byte', async () => {
  const pid = await killedAfter(4, 'killed');
  const before = filesOf('killed');
  expect(before.size).toBeGreaterThanOrEqual(4);
  expect(before.size).toBeLessThan(clips);
  const [some] = before.keys();
  const bytes = readFileSync(join(folder, 'killed', some!));
  const half = `.${'0'.repeat(40)}.safetensors.${thisOwner().space}-${pid}-0-99.tmp`; // as a kill in the middle of a write leaves it
  writeFileSync(join(folder, 'killed', half), bytes.subarray(0, 1000));

  const again = await runCommand(...args('killed'));
  expect(again.code, again.stderr).toBe(0);
  const told = JSON.parse(again.stdout) as { clips: number; reused: number; frames: number };
  expect(told).toMatchObject({ clips, reused: before.size, frames: (clips - before.size) * 16 });
  const after = filesOf('killed');
  for (const [name, facts] of before) expect(after.get(name), name).toEqual(facts);

  expect((await runCommand(...args('unbroken'))).code).toBe(0);
  const names = readdirSync(join(folder, 'unbroken')).sort();
  expect(names).toHaveLength(clips);
  expect(readdirSync(join(folder, 'killed')).sort()).toEqual(names);
  for (const name of names) {
    const [ours, theirs] = [join(folder, 'killed', name), join(folder, 'unbroken', name)].map((path) =>
      readFileSync(path),
    );
    expect(ours!.equals(theirs!), name).toBe(true);
  }
});
