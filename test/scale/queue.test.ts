// A queue on a server of this machine, which the tests start. Skipped where there is none.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { inputError } from '../../src/errors.js';
import { Random } from '../../src/random.js';
import {
  drainQueue,
  makePart,
  openQueue,
  Pieces,
  queueAddress,
  queueStatus,
  retryQueue,
  runWorker,
  throughQueue,
  wholePart,
  type Handler,
  type QueueLink,
} from '../../src/scale/index.js';
import { freePort, hasRedis, RedisServer } from './redisServer.js';

let server: RedisServer;
let link: QueueLink;

const work = { id: 'w', kind: 'square', settings: { power: 2 } };
const clips = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ key: `k${i}`, path: `/clips/${i}`, name: String(i) }));

/** Squares the number that a clip's name is; names among `poison` are no clips. */
function handlers(poison: readonly string[] = []) {
  return {
    square: async (settings: unknown): Promise<Handler> => ({
      handle: async ({ name }) => {
        if (poison.includes(name)) throw inputError(name, 'a clip', 'poison');
        return Number(name) ** (settings as { power: number }).power;
      },
      [Symbol.asyncDispose]: async () => undefined,
    }),
  };
}

async function made(count: number, options = {}): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for await (const { key, piece } of throughQueue(link, work, clips(count), {
    backOffSeconds: 0.01,
    ...options,
  })) {
    expect(found[key]).toBeUndefined(); // nothing twice
    found[key] = 'error' in piece ? piece.error.message : piece.value;
  }
  return found;
}

describe('an address', () => {
  test('is shown without user and password, which may also come from the environment', () => {
    const told = queueAddress('redis://me:s3cret@host:7000/2', {});
    expect(told).toMatchObject({ shown: 'redis://host:7000/2', username: 'me', password: 's3cret', db: 2 });
    expect(queueAddress('redis://host', { WHEREWHEN_QUEUE_PASSWORD: 'x' })).toMatchObject({
      ...{ shown: 'redis://host:6379', password: 'x' },
    });
  });

  test('with a password is taken out of the list of processes', () => {
    const before = process.title;
    try {
      queueAddress('redis://:s3cret@host', {});
      expect(process.title).toBe('wherewhen');
      if (process.platform === 'linux')
        expect(readFileSync('/proc/self/cmdline', 'utf8').replaceAll('\0', ' ')).not.toContain('s3cret');
    } finally {
      process.title = before;
    }
  });

  test.each(['host:6379', 'http://host', 'redis://', 'redis://host/x', 'redis://:s3cret@/x'])(
    '%s is none, and says nothing of a password',
    (text) => {
      expect(() => queueAddress(text, {})).toThrow(/--queue: redis:\/\/HOST:PORT/);
      expect(() => queueAddress(text, {})).not.toThrow(/s3cret/);
    },
  );

  test('where nothing listens is told as such', async () => {
    const address = queueAddress(`redis://127.0.0.1:${await freePort()}`, {});
    await expect(openQueue(address)).rejects.toThrow(
      /a Redis or Valkey server, got nothing that listens there/,
    );
  });
});

describe.skipIf(!hasRedis)('a queue', () => {
  beforeAll(async () => {
    server = await RedisServer.open();
    link = await server.link();
  });
  afterAll(async () => {
    await link[Symbol.asyncDispose]();
    await server.close();
  });
  afterEach(async () => {
    await link.redis.flushdb();
  });

  test('a wrong password, and none, are told without it', async () => {
    const { address } = server;
    await expect(openQueue(queueAddress(address, {}))).rejects.toThrow(
      /the password of the server, got none/,
    );
    const wrong = openQueue(queueAddress(address, { WHEREWHEN_QUEUE_PASSWORD: 'wr0ng' }));
    await expect(wrong).rejects.toThrow(
      /the password of the server, got another one \(set WHEREWHEN_QUEUE_PASSWORD\)/,
    );
    await expect(wrong).rejects.not.toThrow(/wr0ng/);
  });

  test('of another version of ours is refused', async () => {
    await link.redis.set('wherewhen:version', '99');
    const address = queueAddress(server.address, { WHEREWHEN_QUEUE_PASSWORD: server.password });
    await expect(openQueue(address)).rejects.toThrow(/a queue of version 2, got one of version 99/);
  });

  test('several workers give back every clip once, and nothing stays on the server', async () => {
    const workers = [1, 2].map(() =>
      runWorker(link, { handlers: handlers(), concurrency: 3, untilEmpty: false, signal: stop.signal }),
    );
    const found = await made(250, { ahead: 120 });
    expect(found).toEqual(Object.fromEntries(clips(250).map(({ key }, i) => [key, i * i])));
    stop.abort();
    expect((await Promise.all(workers)).reduce((a, b) => a + b)).toBe(250);
    expect(await queueStatus(link)).toMatchObject({
      toCome: 0,
      waiting: 0,
      active: 0,
      delayed: 0,
      failed: 0,
      secondsLeft: 0,
    });
    expect(await link.redis.exists('wherewhen:made:w', 'wherewhen:producer:w')).toBe(0);
  });
  const stop = new AbortController();

  test('a poison clip is set aside with its reason after three tries, and tried again when it is asked for', async () => {
    const tries: number[] = [];
    const end = new AbortController();
    const worker = runWorker(link, {
      ...{ handlers: handlers(['3']), signal: end.signal },
      onClip: ({ name, tries: count }) => void (name === '3' && tries.push(count)),
    });
    const found = await made(6);
    end.abort();
    await worker;
    expect(tries).toEqual([1, 2, 3]);
    expect(found).toMatchObject({ k2: 4, k3: '3: a clip, got poison', k4: 16 });
    expect(await queueStatus(link)).toMatchObject({
      failed: 1,
      setAside: [{ name: '3', reason: '3: a clip, got poison', tries: 3 }],
    });
    expect(await retryQueue(link)).toBe(1);
    expect(await queueStatus(link)).toMatchObject({ failed: 0 });
    expect(await drainQueue(link)).toBe(1);
  });

  test('two producers of the same work: the second is told who the first is', async () => {
    const first = throughQueue(link, work, clips(2));
    const end = new AbortController();
    const worker = runWorker(link, { handlers: handlers(), signal: end.signal });
    await first.next();
    await expect(made(2)).rejects.toThrow(new RegExp(`queued by process ${process.pid}`));
    expect((await first.next()).value).toMatchObject({ piece: { value: expect.any(Number) as number } });
    expect((await first.next()).done).toBe(true);
    end.abort();
    await worker;
  });

  test('what a producer that was killed had not taken is there for the next one', async () => {
    const half = throughQueue(link, work, clips(5));
    const worker = runWorker(link, {
      handlers: handlers(),
      untilEmpty: false,
      signal: AbortSignal.timeout(1500),
    });
    const { value } = await half.next();
    await worker; // all is done meanwhile, one clip is taken
    await link.redis.del('wherewhen:producer:w');
    const found: string[] = [];
    for await (const { key } of throughQueue(link, work, clips(5))) found.push(key);
    expect(found.sort()).toEqual(['k0', 'k1', 'k2', 'k3', 'k4']); // the first was not taken off the server before it was kept
    expect(found).toContain((value as { key: string }).key);
  });

  test('clips that are taken out of the queue are told as such', async () => {
    const going = made(3, { askSeconds: 0.1 });
    while ((await queueStatus(link)).waiting < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await drainQueue(link)).toBe(3);
    expect(await going).toMatchObject({
      k0: '0: a clip that a worker can look at, got it was taken out of the queue',
    });
  });

  test('pieces that come through a queue are kept as those of one part', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wherewhen-queue-'));
    const divided = { folder, keys: clips(4).map(({ key }) => key) };
    const end = new AbortController();
    const worker = runWorker(link, { handlers: handlers(), signal: end.signal });
    const done = await makePart(divided, wholePart, async function* (places) {
      for await (const { key, piece } of throughQueue(link, work, clips(4)))
        yield { place: places.find((place) => divided.keys[place] === key)!, piece };
    });
    end.abort();
    await worker;
    expect(done).toMatchObject({ made: 4, missing: 0 });
    await using pieces = await Pieces.open(divided.folder);
    expect(await pieces.get('k3')).toEqual({ value: 9 });
    await rm(folder, { recursive: true });
  });

  test('a server that is killed and comes back loses nothing', async () => {
    const end = new AbortController();
    const worker = runWorker(link, {
      ...{ handlers: handlers(), concurrency: 4, signal: end.signal },
      stalledSeconds: 2, // what was under way goes to another after so long
    });
    const going = made(120, { ahead: 100, askSeconds: 1 });
    while (Object.values(await link.redis.keys('wherewhen:done:*')).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    server.kill();
    await new Promise((resolve) => setTimeout(resolve, 100));
    server.start();
    expect(Object.keys(await going)).toHaveLength(120);
    end.abort();
    await worker;
  });

  test('a server that stands still for longer than workers hold their clips loses nothing, nor makes it twice', async () => {
    const random = Random.from(17, 'partition');
    const end = new AbortController();
    const workers = [1, 2].map(() =>
      runWorker(link, { handlers: handlers(), concurrency: 4, stalledSeconds: 0.3, signal: end.signal }),
    );
    const going = made(150, { ahead: 100, askSeconds: 0.5 });
    for (let round = 0; round < 2; round++) {
      await new Promise((resolve) => setTimeout(resolve, random.uniform(5, 60)));
      await server.pause(500);
    }
    expect(await going).toEqual(Object.fromEntries(clips(150).map(({ key }, i) => [key, i * i])));
    end.abort();
    await Promise.all(workers);
  });

  test('a clock that jumps by hours, to and fro, loses nothing, nor makes it twice', async () => {
    const right = Date.now.bind(Date);
    let hours = 0;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => right() + hours * 3_600_000);
    const end = new AbortController();
    const jumping = {
      square: async (settings: unknown): Promise<Handler> => {
        const handler = await handlers(['7']).square(settings);
        return {
          ...handler,
          handle: (clip) => {
            hours = [2, -1, 5, -24, 0][Number(clip.name) % 5]!;
            return handler.handle(clip);
          },
        };
      },
    };
    try {
      const worker = runWorker(link, { handlers: jumping, stalledSeconds: 0.5, signal: end.signal });
      const found = await made(20);
      expect(Object.keys(found)).toHaveLength(20);
      expect(found).toMatchObject({ k6: 36, k7: '7: a clip, got poison', k19: 361 });
      end.abort();
      await worker;
    } finally {
      clock.mockRestore();
    }
  });
});
