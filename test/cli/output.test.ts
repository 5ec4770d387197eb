// What is printed arrives whole, or the command fails; a reader that leaves ends no work.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { messageOf } from '../../src/cli/shell.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wherewhen-output-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Prints a megabyte as a command does, then a last word to a file: did the work go on? */
const program = `
  import { writeFileSync } from 'node:fs';
  import { Shell, exitCodeOf } from ${JSON.stringify(resolve('src/cli/shell.ts'))};
  const shell = new Shell();
  try {
    for (let i = 0; i < 1000; i++) shell.print('x'.repeat(999));
    writeFileSync(process.env.DONE, 'done');
  } catch (error) {
    shell.fail(error);
    process.exitCode = exitCodeOf(error);
  }
`;

function printed(to: string): { status: number | null; stderr: string; isDone: boolean } {
  const done = join(folder, 'done');
  rmSync(done, { force: true });
  const run = `"$NODE" --import tsx --input-type=module -e "$PROGRAM" ${to}`;
  const env = { ...process.env, NODE: process.execPath, PROGRAM: program, DONE: done };
  const { status, stderr } = spawnSync('sh', ['-c', run], { env, encoding: 'utf8' });
  let isDone = true;
  try {
    readFileSync(done);
  } catch {
    isDone = false;
  }
  return { status, stderr, isDone };
}

test('a full disk behind standard output is an error, not half an answer', () => {
  const { status, stderr, isDone } = printed('> /dev/full');
  expect([status, isDone]).toEqual([1, false]);
  expect(stderr).toMatch(/error: standard output: .*ENOSPC.*the disk is full/);
});

test('a reader that leaves ends the printing and nothing else', () => {
  expect(printed('| head -c 10 > /dev/null')).toMatchObject({ status: 0, isDone: true });
});

test('a slow reader is given everything', () => {
  const file = join(folder, 'slow.txt');
  expect(printed(`| { sleep 0.3; cat > ${file}; }`)).toMatchObject({ status: 0, isDone: true });
  expect(readFileSync(file).length).toBe(1_000_000);
});

test('too many open files, which Node may meet while it loads a part of us, are told with what to do', () => {
  const error = Object.assign(new Error("EMFILE: too many open files, open 'x.js'"), { code: 'EMFILE' });
  expect(messageOf(error)).toMatch(/^files: expected fewer open at a time.*`ulimit -n`/);
  expect(messageOf(new Error('a\n b'))).toBe('a b (unexpected; --debug shows where)');
  expect(messageOf(undefined)).toBe('undefined (unexpected; --debug shows where)');
});
