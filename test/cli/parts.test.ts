// One command in several processes: what they leave is to be what one process leaves, to the byte.
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { main } from '../../src/cli/main.js';
import { tinyOnnx } from '../backbone/tinyOnnx.js';
import { queueStatus } from '../../src/scale/index.js';
import { freePort, hasRedis, RedisServer } from '../scale/redisServer.js';
import { writeTinyModel } from '../savedModel/tinyModel.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

const preprocessing = { channels: 'BGR', scale: 1, mean: [104, 117, 123], size: { width: 24, height: 16 } };

let folder: string;
let clips: string[];
const inside = (...names: string[]): string => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-parts-'));
  await writeTinyWorld(inside('data'), 4, { frames: 6 });
  await writeTinyModel(inside('model'), ['left', 'right']);
  await cp(inside('data', 'left', 'clip0.mp4'), inside('data', 'left', 'broken.mp4'));
  await truncate(inside('data', 'left', 'broken.mp4'), 300);
  const names = await readdir(inside('data'), { recursive: true });
  clips = names
    .filter((name) => name.endsWith('.mp4'))
    .sort()
    .map((name) => inside('data', name));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

/** Runs a command line in this process; what it says goes nowhere. */
async function run(...args: string[]): Promise<number> {
  return main([...args, '--json']);
}

function extractArgs(store: string): string[] {
  return [
    ...['extract', inside('data'), '--backbone', `onnx:${inside('net.onnx')}`, '--out', inside(store)],
    ...['--preprocessing', inside('net.json'), '--frames', '4', '--threads', '1'],
  ];
}

/** Names and bytes of what is stored in a folder. */
async function storedIn(store: string): Promise<Record<string, string>> {
  const names = (await readdir(store)).filter((name) => name.endsWith('.safetensors')).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, (await readFile(join(store, name))).toString('base64')] as const),
    ),
  );
}

describe('predict and evaluate', () => {
  test('three tasks of a Slurm array, the last of which joins, leave the bytes of one process', async () => {
    expect(
      await run('predict', inside('model'), ...clips, '--out', inside('one.json'), '--threads', '1'),
    ).toBe(1); // a broken clip
    vi.stubEnv('SLURM_ARRAY_TASK_COUNT', '3');
    vi.stubEnv('SLURM_ARRAY_TASK_MIN', '7');
    for (const task of [9, 7, 8]) {
      vi.stubEnv('SLURM_ARRAY_TASK_ID', String(task));
      const args = ['predict', inside('model'), ...clips, '--out', inside('parts.json'), '--threads', '1'];
      expect(await run(...args, '--part', 'auto')).toBe(0);
    }
    expect(await readFile(inside('parts.json'), 'utf8')).toBe(await readFile(inside('one.json'), 'utf8'));
    expect(JSON.parse(await readFile(inside('parts.json'), 'utf8'))).toHaveLength(8);
  });

  test('what a killed part had answered stays, and --gather waits until all are there', async () => {
    const args = ['predict', inside('model'), ...clips, '--out', inside('again.json'), '--threads', '1'];
    expect(await run(...args, '--part', '1/2')).toBe(0);
    expect(await run(...args, '--gather')).toBe(1); // the other part is missing
    const [work] = await readdir(inside('again.json.parts'));
    const log = inside('again.json.parts', work!, 'part-1-of-2.jsonl');
    const whole = await readFile(log, 'utf8');
    await writeFile(log, whole.slice(0, whole.indexOf('\n') + 40)); // killed in its second line
    expect(await run(...args, '--part', '1/2')).toBe(0);
    expect((await readFile(log, 'utf8')).split('\n').sort()).toEqual(whole.split('\n').sort());
    expect(await run(...args, '--part', '2/2')).toBe(0);
    await rm(inside('again.json'));
    expect(await run(...args, '--gather')).toBe(1); // a clip cannot be read, as one process would end
    expect(await readFile(inside('again.json'), 'utf8')).toBe(await readFile(inside('one.json'), 'utf8'));
  });

  test('a report from the answers of two pods of an indexed job is that of one process', async () => {
    const args = ['evaluate', inside('model'), inside('data'), '--threads', '1', '--out'];
    expect(await run(...args, inside('one-report.json'))).toBe(1);
    for (const index of [1, 0]) {
      vi.stubEnv('JOB_COMPLETION_INDEX', String(index));
      expect(await run(...args, inside('report.json'), '--part', 'auto/2')).toBe(0);
    }
    expect(await readFile(inside('report.json'), 'utf8')).toBe(
      await readFile(inside('one-report.json'), 'utf8'),
    );
  });

  test('answers of another model, or by other options, are other pieces', async () => {
    const args = ['predict', inside('model'), ...clips, '--out', inside('again.json'), '--threads', '1'];
    expect(await run(...args, '--looks', '1', '--gather')).toBe(1);
  });

  test.each([
    [['--part', '1/2'], 'no --out'],
    [['--gather'], 'no --out'],
    [['--part', '3/2', '--out', 'x.json'], 'no such part'],
    [['--part', '1/2', '--gather', '--out', 'x.json'], 'both'],
  ])('%j is wrong use: %s', async (args) => {
    expect(await run('predict', inside('model'), clips[0]!, ...args)).toBe(2);
  });
});

describe('extract', () => {
  test('two parts fill the store of one process, and whoever joins them knows the broken clip', async () => {
    await writeFile(inside('net.onnx'), tinyOnnx({ width: 24, height: 16 }));
    await writeFile(inside('net.json'), JSON.stringify(preprocessing));
    const args = extractArgs;
    expect(await run(...args('whole'))).toBe(1);
    expect(await run(...args('divided'), '--part', '1/2')).toBe(0);
    expect(await run(...args('divided'), '--gather')).toBe(1);
    expect(await run(...args('divided'), '--part', '2/2')).toBe(0);
    const whole = await storedIn(inside('whole'));
    expect(Object.keys(whole)).toHaveLength(8);
    expect(await storedIn(inside('divided'))).toEqual(whole);
    await rm(inside('divided', Object.keys(whole)[0]!));
    expect(await run(...args('divided'), '--gather')).toBe(1);
  });
});

describe.skipIf(!hasRedis)('through a queue', () => {
  test('a worker answers and stores, and what is joined has the bytes of one process', async () => {
    const server = await RedisServer.open();
    vi.stubEnv('WHEREWHEN_QUEUE_PASSWORD', server.password);
    await using link = await server.link();
    const work = async (...args: string[]): Promise<number> => {
      const producer = run(...args, '--queue', server.address);
      while ((await queueStatus(link)).waiting === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const worker = run(
        ...['worker', '--queue', server.address, '--until-empty', '--threads', '1', '--metrics', '0'],
      );
      const [code, done] = await Promise.all([producer, worker]);
      return code + done;
    };
    const args = ['predict', inside('model'), ...clips, '--out', inside('queued.json'), '--threads', '1'];
    expect(await work(...args)).toBe(1); // a broken clip, after its tries
    expect(await readFile(inside('queued.json'), 'utf8')).toBe(await readFile(inside('one.json'), 'utf8'));
    expect(await queueStatus(link)).toMatchObject({ failed: 1, waiting: 0 });
    for (const what of ['status', 'retry', 'drain'])
      expect(await run('queue', what, '--queue', server.address)).toBe(0);
    expect(await work(...extractArgs('queued'))).toBe(1);
    expect(await storedIn(inside('queued'))).toEqual(await storedIn(inside('whole')));
    await server.close();
  });

  test('without a server, or without a place for the results, it is wrong use or missing, in one line', async () => {
    const args = ['predict', inside('model'), ...clips, '--queue', `redis://127.0.0.1:${await freePort()}`];
    expect(await run(...args)).toBe(2);
    expect(await run(...args, '--out', inside('nowhere.json'))).toBe(1);
    expect(await run(...args, '--out', inside('nowhere.json'), '--part', '1/2')).toBe(2);
  });
});
