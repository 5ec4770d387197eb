// Locks between real processes: one holder at a time, a dead one lets go, and a live one is never robbed.
import { spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { holdFolder, lockFile, takeLock } from '../../src/lock.js';
import { thisOwner } from '../../src/owner.js';

const folder = mkdtempSync(join(tmpdir(), 'wherewhen-lock-'));
const script = resolve('test/reliability/holdLock.ts');
const children: ChildProcess[] = [];
let made = 0;

afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const place = (): string => join(folder, `lock-${made++}`);

/** Starts a process, and resolves with the first line that it prints. */
async function start(...args: string[]): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args]);
  children.push(child);
  let text = '';
  child.stderr.on('data', (part) => (text += part));
  const line = await new Promise<string>((done) => {
    child.stdout.once('data', (part) => done(String(part).trim()));
    child.once('close', () => done(text));
  });
  return { child, line };
}

/** Leaves a lock as a process leaves it that cannot be asked whether it lives, last renewed so many seconds ago. */
function leaveLock(path: string, { seconds, ...facts }: { seconds: number } & Record<string, unknown>): void {
  const holder = { ...thisOwner(), id: 'left', since: new Date().toISOString(), ...facts };
  writeFileSync(path, JSON.stringify(holder));
  const then = Date.now() / 1000 - seconds;
  utimesSync(path, then, then);
}

describe('a lock', () => {
  it('is refused to a second process, which is told who holds it, and free when that one was killed', async () => {
    const path = place();
    const first = await start(path, 'hold');
    expect(first.line).toBe('held');
    const second = await start(path, 'hold');
    expect(second.line).toContain(`the lock is that of process ${first.child.pid}`);
    first.child.kill('SIGKILL');
    await new Promise((done) => first.child.once('exit', done));
    expect(existsSync(path)).toBe(true);
    expect((await start(path, 'hold')).line).toBe('held');
  });

  it('lets one at a time through: four processes count to 100 and miss none, over a lock that a dead one left', async () => {
    const [path, file] = [place(), join(folder, 'count')];
    writeFileSync(file, '0');
    const dead = await start(path, 'hold');
    dead.child.kill('SIGKILL');
    await new Promise((done) => dead.child.once('exit', done));
    const counted = await Promise.all(Array.from({ length: 4 }, () => start(path, 'count', file, '25')));
    expect(counted.map(({ line }) => line)).toEqual(Array(4).fill('done'));
    expect(readFileSync(file, 'utf8')).toBe('100');
    expect(readdirSync(folder).filter((name) => name.startsWith(path.slice(folder.length + 1)))).toEqual([]);
  });

  it('of another machine is held while it is renewed, and free when it was not for two minutes', async () => {
    const path = place();
    leaveLock(path, { seconds: 100, space: 'ffffffff', host: 'elsewhere', pid: 1 });
    await expect(takeLock(path)).rejects.toMatchObject({
      code: 'usage',
      received: expect.stringContaining('process 1 on elsewhere'),
    });
    leaveLock(path, { seconds: 130, space: 'ffffffff', host: 'elsewhere', pid: 1 });
    await (await takeLock(path)).release();
    expect(existsSync(path)).toBe(false);
  });

  it.skipIf(thisOwner().began === null)(
    'is nobody’s when the id of its process was given to another one',
    async () => {
      const path = place();
      leaveLock(path, { seconds: 1, began: '1' }); // our own id, at another beginning
      await (await takeLock(path)).release();
      leaveLock(path, { seconds: 1 });
      await expect(takeLock(path)).rejects.toMatchObject({ code: 'usage' });
    },
  );

  it('that names nobody is one being made, and after ten seconds nobody’s', async () => {
    const path = place();
    writeFileSync(path, '');
    await expect(takeLock(path)).rejects.toMatchObject({ received: expect.stringContaining('just making') });
    const then = Date.now() / 1000 - 11;
    utimesSync(path, then, then);
    await (await takeLock(path)).release();
  });

  it('is renewed by its holder', async () => {
    const path = place();
    const lock = await takeLock(path, { beatSeconds: 0.05 });
    utimesSync(path, 1, 1);
    await sleep(300);
    expect(statSync(path).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
    await lock.release();
    expect(existsSync(path)).toBe(false);
  });

  it('that was taken over is told to who held it, and is not taken away by it', async () => {
    const path = place();
    const lock = await takeLock(path);
    await lock.requireHeld();
    leaveLock(path, { seconds: 0, host: 'elsewhere', pid: 7 });
    await expect(lock.requireHeld()).rejects.toMatchObject({
      code: 'output',
      received: expect.stringContaining('process 7 on elsewhere'),
    });
    await lock.release();
    expect(existsSync(path)).toBe(true);
  });

  it('of a folder goes with the folder that was made for it, where nothing else was put there', async () => {
    const [empty, used] = [join(folder, 'empty'), join(folder, 'used')];
    await (await holdFolder(empty)).release();
    expect(existsSync(empty)).toBe(false);
    const lock = await holdFolder(used);
    expect(readdirSync(used)).toEqual([lockFile]);
    writeFileSync(join(used, 'model'), '');
    await lock.release();
    expect(readdirSync(used)).toEqual(['model']);
  });
});
