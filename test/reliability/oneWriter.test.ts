// Two processes at one place: one training wins and the other is told, and no label that a server took is lost.
import { spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { lockFile } from '../../src/lock.js';
import { parseTruth } from '../../src/evaluate/soundTruth.js';
import { ClipList } from '../../src/server/api.js';
import { command } from '../cli/command.js';
import { runCommand } from '../cli/runCommand.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

const folder = mkdtempSync(join(tmpdir(), 'wherewhen-one-writer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('of two trainings in one folder the second is refused at once, and the first ends as if it had been alone', async () => {
  const [data, out] = [join(folder, 'data'), join(folder, 'model')];
  await writeTinyWorld(data, 4);
  const args = ['train', data, '--out', out, '--frames', '4', '--size', '32x24', '--patience', '0'];
  const first = runCommand(...args, '--epochs', '80', '--json'); // longer than the second takes to start
  while (!existsSync(join(out, lockFile))) await sleep(20);
  const second = await runCommand(...args, '--epochs', '2', '--overwrite');
  expect(second.code, second.stderr).toBe(2);
  expect(second.stderr).toMatch(/no other process is writing to, got the lock is that of process \d+ on /);
  const { code, stderr } = await first;
  expect(code, stderr).toBe(0);
  const left = readdirSync(out);
  expect(left).toContain('model.safetensors');
  expect(left.filter((name) => name.startsWith('.'))).toEqual([]);
});

/** Starts a server over `data`; resolves with its address. */
async function serve(data: string): Promise<{ child: ChildProcess; url: string }> {
  const args = [
    'serve',
    '--data',
    data,
    '--port',
    '0',
    '--json',
    '--cache',
    mkdtempSync(join(folder, 'cache-')),
  ];
  const child = spawn(process.execPath, [...command, ...args]);
  const text = await new Promise<string>((done) => child.stdout.once('data', (part) => done(String(part))));
  return { child, url: (JSON.parse(text) as { url: string }).url };
}

test('two servers over one folder keep every label that either of them said it saved', async () => {
  const data = join(folder, 'labelled');
  mkdirSync(data);
  const names = Array.from({ length: 16 }, (_, i) => `clip${String(i).padStart(2, '0')}.mp4`);
  for (const name of names) writeFileSync(join(data, name), name); // labels ask nothing of a clip but its name
  const servers = await Promise.all([serve(data), serve(data)]);
  try {
    const { ids } = ClipList.parse(await (await fetch(`${servers[0]!.url}api/clips.json`)).json());
    const saved = await Promise.all(
      ids.map(async (id, i) => {
        const response = await fetch(`${servers[i % 2]!.url}api/clips/${id}/labels.json`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ revision: '', truth: truthOf(`class ${i}`) }),
        });
        return response.status;
      }),
    );
    expect(saved).toEqual(Array(16).fill(200));
  } finally {
    for (const { child } of servers) child.kill('SIGTERM');
  }
  const { clips } = parseTruth(JSON.parse(readFileSync(join(data, 'labels.json'), 'utf8')));
  expect(Object.entries(clips).map(([name, { label }]) => [name, label])).toHaveLength(16);
  expect(names.map((name, i) => clips[name]?.label === `class ${i}`)).toEqual(Array(16).fill(true));
  expect(readdirSync(data).sort()).toEqual([...names, 'labels.json']);
});

function truthOf(label: string): object {
  return { label, startSeconds: 0, endSeconds: 1, width: 64, height: 48, frames: [] };
}
