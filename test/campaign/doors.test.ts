// A seeded part of the campaign over the doors that nothing else knocks at with drawn changes, and the campaign's own parts.
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../src/random.js';
import { inputError, internalError } from '../../src/errors.js';
import { judged, requireFinite } from './door.js';
import { DOORS } from './doors/index.js';
import { Log } from './log.js';
import { mutatedJson } from './mutate.js';
import { readOptions } from './options.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-campaign-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(['results', 'recipes', 'store'])(
  'whatever comes to the door `%s` ends in a result or in one error of ours: 30 cases',
  async (name) => {
    const own = await mkdtemp(join(folder, name));
    const door = await (await DOORS[name]!())(own);
    const verdicts = [];
    for (let i = 0; i < 30; i++) verdicts.push(await door.attempt(Random.from(1, name, i)));
    await door.close?.();
    expect(verdicts.filter((one) => one === 'refused').length).toBeGreaterThan(0);
    expect(verdicts.filter((one) => one === 'read').length).toBeGreaterThan(0);
  },
);

test('a foreign error, an internal one and an error without a place are finds; a refusal is none', async () => {
  expect(await judged(() => Promise.reject(inputError('a.mp4', 'a clip')))).toBe('refused');
  await expect(judged(() => Promise.reject(new TypeError('of undefined')))).rejects.toThrow('of undefined');
  await expect(judged(() => Promise.reject(internalError('a.mp4', 'work')))).rejects.toThrow();
  await expect(judged(() => Promise.reject(inputError(' ', 'a clip')))).rejects.toThrow('without a place');
});

test('a number that is none is found however deep it lies', () => {
  expect(() => requireFinite({ a: [1, { b: Float32Array.of(0, NaN) }] })).toThrow('NaN at answer.a.1.b.1');
  expect(() => requireFinite({ a: [1, null, 'NaN'], b: new BigInt64Array(1) })).not.toThrow();
});

test('the same case of the same seed is the same input', () => {
  const value = { a: [1, 2, { b: 'x' }] };
  const drawn = (i: number): string => mutatedJson(Random.from(1, 'case', i), value);
  expect(drawn(3)).toBe(drawn(3));
  expect(new Set(Array.from({ length: 20 }, (_, i) => drawn(i))).size).toBeGreaterThan(10);
});

test('a log that was cut in a line goes on behind its whole lines', async () => {
  const path = join(folder, 'log.jsonl');
  new Log<{ end: number }>(path).add({ end: 5 });
  await appendFile(path, '{"end":7');
  const log = new Log<{ end: number }>(path);
  expect(log.entries).toEqual([{ end: 5 }]);
  log.add({ end: 6 });
  expect(new Log<{ end: number }>(path).entries).toEqual([{ end: 5 }, { end: 6 }]);
});

test('the command line of the campaign is refused by the name of what is wrong', () => {
  expect(readOptions(['fuzz', '--seed', '7', '--doors', 'truth,http'])).toMatchObject({
    ...{ kind: 'fuzz', seed: 7, count: 1000, doors: ['truth', 'http'], log: 'out/campaign/fuzz-7.jsonl' },
  });
  expect(() => readOptions(['burn'])).toThrow('campaign: fuzz, kill, soak, faults, got burn');
  expect(() => readOptions(['kill', '--count', 'x'])).toThrow('--count');
});
