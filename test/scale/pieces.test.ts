import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inputError } from '../../src/errors.js';
import { inTurn, PartLog, Pieces } from '../../src/scale/index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pieces-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const first = { index: 1, of: 2 };
const log1 = () => join(folder, 'part-1-of-2.jsonl');

async function write(
  part: { index: number; of: number },
  pieces: Record<string, number | Error>,
): Promise<void> {
  await using log = await PartLog.open<number>(folder, part);
  for (const [key, made] of Object.entries(pieces))
    await log.append(
      key,
      typeof made === 'number' ? { value: made } : { error: inputError('clip', 'a picture') },
    );
}

test('pieces of several parts, however the work was divided, are read as one', async () => {
  await write(first, { a: 1, b: 2 });
  await write({ index: 2, of: 2 }, { c: 3 });
  await write({ index: 3, of: 3 }, { d: 4 });
  await using pieces = await Pieces.open<number>(folder);
  for (const [key, value] of Object.entries({ a: 1, b: 2, c: 3, d: 4 }))
    expect(await pieces.get(key)).toEqual({ value });
  expect(() => pieces.requireAll(['a', 'b', 'e'], 'OUT')).toThrow(
    /OUT: the pieces of all parts, 3, got 1 of them missing/,
  );
});

test('a part that could not make a piece tries it again, and what is made wins over what was given up', async () => {
  await write(first, { a: new Error() });
  {
    await using pieces = await Pieces.open<number>(folder);
    expect([pieces.has('a'), pieces.isMade('a')]).toEqual([true, false]);
    expect(await pieces.get('a')).toMatchObject({
      error: { code: 'input', path: 'clip', expected: 'a picture' },
    });
  }
  await write(first, { a: 7 });
  await write({ index: 2, of: 2 }, { a: new Error() });
  await using pieces = await Pieces.open<number>(folder);
  expect(await pieces.get('a')).toEqual({ value: 7 });
});

test('a file cut in the middle of a line keeps its whole lines, and goes on behind them', async () => {
  await write(first, { a: 1, b: 2 });
  const whole = await readFile(log1());
  const line = whole.indexOf(10) + 1;
  for (const bytes of [0, line - 1, line, whole.length - 1]) {
    await writeFile(log1(), whole);
    await truncate(log1(), bytes);
    await write(first, { c: 3 });
    await using pieces = await Pieces.open<number>(folder);
    expect(['a', 'b', 'c'].map((key) => pieces.has(key))).toEqual([bytes >= line, false, true]);
  }
});

test('zeros that a machine without power left end the file', async () => {
  await write(first, { a: 1 });
  await appendFile(log1(), Buffer.alloc(100));
  await write(first, { b: 2 });
  expect((await readFile(log1())).includes(0)).toBe(false);
  await using pieces = await Pieces.open<number>(folder);
  expect([pieces.has('a'), pieces.has('b')]).toEqual([true, true]);
});

test('two processes of one part: the second is refused, and the other parts are not', async () => {
  await using log = await PartLog.open<number>(folder, first);
  await expect(PartLog.open(folder, first)).rejects.toThrow(
    /part 1\/2: a place that no other process is writing to/,
  );
  await log.append('a', { value: 1 });
  await write({ index: 2, of: 2 }, { c: 3 });
  expect((await readdir(folder)).sort()).toContain('part-2-of-2.jsonl');
});

test('what is done in turn is never done by two at once', async () => {
  let [now, most] = [0, 0];
  const work = () =>
    inTurn(folder, async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
    });
  await Promise.all([work(), work(), work()]);
  expect(most).toBe(1);
});
