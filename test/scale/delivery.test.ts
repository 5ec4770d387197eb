// What workers hand back besides a line: files, long results, answers to single questions; and figures for who watches.
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { inputError, outputError } from '../../src/errors.js';
import {
  Delivery,
  metricsText,
  openQueue,
  QueueAsker,
  queueAddress,
  queueFamilies,
  queueStatus,
  runWorker,
  throughQueue,
  WorkerCounts,
  type OpenHandler,
  type QueueLink,
  type WorkPlace,
} from '../../src/scale/index.js';
import { putBlob, takeBlob } from '../../src/scale/queue/blobs.js';
import { hasRedis, RedisServer } from './redisServer.js';

test('figures are told as Prometheus reads them: help, kind, values with escaped labels', () => {
  const labels = { clip: 'a "b"\\\n' };
  expect(
    metricsText([
      { name: 'jobs', kind: 'gauge', help: 'Jobs.', values: [{ labels, value: 2 }, { value: NaN }] },
    ]),
  ).toBe(
    '# HELP wherewhen_jobs Jobs.\n# TYPE wherewhen_jobs gauge\nwherewhen_jobs{clip="a \\"b\\"\\\\\\n"} 2\nwherewhen_jobs NaN\n',
  );
});

test('a worker counts what it has in hand, has done, and has given up', () => {
  const counts = new WorkerCounts();
  for (let i = 0; i < 3; i++) counts.begin();
  counts.end({ name: 'a', tries: 1, seconds: 2, isLast: true });
  counts.end({ name: 'b', tries: 3, seconds: 0.5, isLast: true, error: new Error('no') });
  expect(counts.families().map(({ name, values }) => [name, values[0]!.value])).toEqual([
    ['worker_jobs_active', 1],
    ['worker_jobs_done_total', 1],
    ['worker_tries_failed_total', 1],
    ['worker_jobs_set_aside_total', 1],
    ['worker_job_seconds_total', 2.5],
  ]);
});

describe('a server that is none for us is told in one line', () => {
  let other: Server;
  afterEach(() => new Promise<void>((resolve) => void other.close(() => resolve())));

  async function answering(answer: (asked: string) => string): Promise<string> {
    other = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (asked) => socket.write(answer(String(asked))));
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    return `redis://127.0.0.1:${(other.address() as { port: number }).port}`;
  }
  const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;

  test('Redis of another version', async () => {
    const address = await answering((asked) =>
      /info/i.test(asked) ? bulk('# Server\r\nredis_version:5.0.7\r\n') : '+OK\r\n',
    );
    await expect(openQueue(queueAddress(address, {}))).rejects.toThrow(
      /Redis 6\.2 or later, or Valkey, got redis_version:5\.0\.7$/,
    );
  });

  test('something else that listens there', async () => {
    const address = await answering(() => 'HTTP/1.1 400 Bad Request\r\n\r\n');
    await expect(openQueue(queueAddress(address, {}))).rejects.toThrow(
      /a Redis or Valkey server, got no answer of such a server/,
    );
  });
});

describe.skipIf(!hasRedis)('through the server', () => {
  let server: RedisServer;
  let link: QueueLink;
  let folder: string;
  const clips = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ key: `k${i}`, path: `/clips/${i}`, name: String(i) }));

  beforeAll(async () => {
    server = await RedisServer.open();
    link = await server.link();
    folder = await mkdtemp(join(tmpdir(), 'wherewhen-delivery-'));
  });
  afterAll(async () => {
    await link[Symbol.asyncDispose]();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(() => link.redis.flushdb());

  /** Works until `during` has ended. */
  async function withWorker<T>(open: OpenHandler, during: () => Promise<T>): Promise<T> {
    const end = new AbortController();
    const worker = runWorker(link, { handlers: { make: open }, concurrency: 2, signal: end.signal });
    try {
      return await during();
    } finally {
      end.abort();
      await worker;
    }
  }

  /** What comes back of so many clips, by key. */
  async function made(count: number, { id = 'w', out = join(folder, id) } = {}): Promise<unknown> {
    const found: Record<string, unknown> = {};
    const work = { id, kind: 'make', settings: null, folder: out };
    for await (const { key, piece } of throughQueue(link, work, clips(count), { backOffSeconds: 0.01 }))
      found[key] = 'error' in piece ? piece.error.message : piece.value;
    return found;
  }

  /** Writes a file a clip, larger than one piece; sends it as from a disk of its own. */
  const files =
    (onOpen: (place: WorkPlace) => void = () => undefined): OpenHandler =>
    async (_, place) => {
      onOpen(place);
      return {
        handle: async ({ name }) => {
          const own = await mkdtemp(join(folder, 'own-'));
          await writeFile(join(own, `${name}.bin`), Buffer.alloc(600_000, Number(name)));
          return new Delivery(name, own, [`${name}.bin`]);
        },
        [Symbol.asyncDispose]: async () => undefined,
      };
    };

  test('files come back in pieces into the folder of the work, and nothing stays on the server', async () => {
    expect(await withWorker(files(), () => made(3))).toEqual({ k0: '0', k1: '1', k2: '2' });
    for (const i of [0, 1, 2])
      expect((await readFile(join(folder, 'w', `${i}.bin`))).equals(Buffer.alloc(600_000, i))).toBe(true);
    expect(await readdir(join(folder, 'w'))).toHaveLength(3); // the mark is gone
    expect(await link.redis.keys('wherewhen:blob*')).toEqual([]);
  });

  test('a worker knows whether it sees the folder by a word that the producer wrote there', async () => {
    const places: WorkPlace[] = [];
    await withWorker(
      files((place) => places.push(place)),
      () => made(1, { id: 'near' }),
    );
    await link.redis.del('wherewhen:works');
    await withWorker(
      files((place) => places.push(place)),
      async () => {
        const going = made(1, { id: 'far' });
        while ((await link.redis.hget('wherewhen:marks', 'far')) === null) await sleep(1);
        await link.redis.hset('wherewhen:marks', 'far', 'a word of another folder by the same path');
        return going;
      },
    );
    expect(places.map(({ isShared }) => isShared)).toEqual([true, expect.any(Boolean)]);
    expect(places[0]!.folder).toBe(join(folder, 'near'));
  });

  test('bytes that are not whole are never joined: the clip is made again', async () => {
    const tearing: OpenHandler = async (...opened) => {
      const handler = await files()(...opened);
      let tries = 0;
      return {
        ...handler,
        handle: async (clip) => {
          if (tries++ === 0) void tear(Buffer.alloc(600_000, 0));
          return handler.handle(clip);
        },
      };
    };
    /** Takes a piece away before the producer can read it. */
    async function tear(bytes: Buffer): Promise<void> {
      const place = `wherewhen:blob:torn:${createHash('sha256').update(bytes).digest('hex')}`;
      while ((await link.redis.hdel(place, '1')) === 0) await sleep(0);
    }
    expect(await withWorker(tearing, () => made(1, { id: 'torn' }))).toEqual({ k0: '0' });
    expect((await readFile(join(folder, 'torn', '0.bin'))).length).toBe(600_000);
  });

  test('bytes without their hash are refused', async () => {
    const to = { holder: 'w', key: 'k' };
    const blob = await putBlob(link, to, Buffer.from('some bytes'));
    expect((await takeBlob(link, 'w', blob)).toString()).toBe('some bytes');
    await link.redis.hset(`wherewhen:blob:w:${blob.sha256}`, '0', 'same bytes');
    await expect(takeBlob(link, 'w', blob)).rejects.toThrow(/10 bytes in 1 pieces, with their hash/);
  });

  test('a file that leads out of the folder is refused', async () => {
    const outside: OpenHandler = async () => ({
      handle: async ({ name }) => {
        const own = await mkdtemp(join(folder, 'own-'));
        await writeFile(join(own, 'x'), 'x');
        return new Delivery(name, join(own, 'sub'), ['../x']);
      },
      [Symbol.asyncDispose]: async () => undefined,
    });
    expect(await withWorker(outside, () => made(1, { id: 'out' }))).toMatchObject({
      k0: expect.stringMatching(/files below the folder of the work, got \.\.\/x/) as string,
    });
  });

  test('a worker that cannot write rests, and another one makes its clips, each of them once', async () => {
    const madeBy: string[] = [];
    const by =
      (who: string): OpenHandler =>
      async () => ({
        handle: async ({ name }) => {
          if (who === 'full') throw outputError('/store', 'room', 'no space left on device');
          madeBy.push(who);
          return name;
        },
        [Symbol.asyncDispose]: async () => undefined,
      });
    const end = new AbortController();
    const rests: string[] = [];
    const full = runWorker(link, {
      ...{ handlers: { make: by('full') }, restSeconds: 0.05, signal: end.signal },
      onRest: ({ message }) => rests.push(message),
    });
    const going = made(4, { id: 'full' });
    while (rests.length < 2) await sleep(5);
    const whole = runWorker(link, { handlers: { make: by('whole') }, signal: end.signal });
    expect(await going).toEqual({ k0: '0', k1: '1', k2: '2', k3: '3' });
    end.abort();
    await Promise.all([full, whole]);
    expect(madeBy).toHaveLength(4);
    expect(rests[0]).toMatch(/no space left/);
  });

  describe('a single question', () => {
    const work = { id: 'q', kind: 'make', settings: null };
    const answer: OpenHandler = async () => ({
      handle: async ({ name, range }) => {
        if (name === 'poison') throw inputError(name, 'a clip', 'poison');
        return name === 'long' ? 'x'.repeat(100_000) : { name, range };
      },
      [Symbol.asyncDispose]: async () => undefined,
    });
    const clip = (name: string) => ({ key: name, path: `/${name}`, name });
    const range = { startSeconds: 1, endSeconds: 2 };

    test('is answered before long works, whatever its length, or refused with the reason', async () => {
      await using asker = new QueueAsker(link);
      await withWorker(answer, async () => {
        expect(await asker.ask(work, { ...clip('a'), range })).toEqual({ name: 'a', range });
        expect(await asker.ask(work, clip('long'))).toHaveLength(100_000);
        await expect(asker.ask(work, clip('poison'))).rejects.toThrow('poison: a clip, got poison');
      });
      expect(await link.redis.keys('wherewhen:blob*')).toEqual([]);
      expect(await queueStatus(link)).toMatchObject({
        ...{ waiting: 0, failed: 0 },
        total: { done: 2, failed: 3, setAside: 1 },
      });
      const families = queueFamilies(await queueStatus(link));
      expect(families.find(({ name }) => name === 'queue_jobs_done_total')!.values).toEqual([{ value: 2 }]);
    });

    test('without any worker is refused, and with a client that left taken out', async () => {
      await using asker = new QueueAsker(link, { lookSeconds: 0.05, patienceSeconds: 0.1 });
      await expect(asker.ask(work, clip('a'))).rejects.toThrow(/a worker, got none \(start one/);
      const leaving = new AbortController();
      const asked = asker.ask(work, clip('b'), { signal: leaving.signal });
      leaving.abort(new Error('left'));
      await expect(asked).rejects.toThrow('left');
      expect(await queueStatus(link)).toMatchObject({ waiting: 0 });
    });
  });
});
