// What is left on a server whose clock was set back: holds that would last for a day. Skipped where there is no server.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queueStatus, runWorker, throughQueue, type QueueLink } from '../../src/scale/index.js';
import { names, packages } from '../../src/scale/queue/link.js';
import { hasRedis, RedisServer } from './redisServer.js';

const DAY = 24 * 3_600_000;
const work = { id: 'w', kind: 'name', settings: null };
const clips = [{ key: 'k', path: '/clip', name: 'clip' }];

describe.skipIf(!hasRedis)('holds on a server whose clock was set back', () => {
  let server: RedisServer;
  let link: QueueLink;
  beforeAll(async () => {
    server = await RedisServer.open();
    link = await server.link();
  });
  afterAll(async () => {
    await link[Symbol.asyncDispose]();
    await server.close();
  });

  test('of a worker that died go to another all the same, and of a producer that is to be forgotten are forgotten', async () => {
    const far = JSON.stringify({ host: 'elsewhere', pid: 1, id: 'dead' });
    await link.redis.set(names.producer(work.id), far, 'PX', DAY);
    const refused = throughQueue(link, work, clips).next();
    await expect(refused).rejects.toThrow(/queued by process 1 on elsewhere/);
    const left = await link.redis.pttl(names.producer(work.id));
    expect(left).toBeLessThanOrEqual(60_000);
    await link.redis.del(names.producer(work.id)); // a minute later

    const made = throughQueue(link, work, clips).next();
    while ((await queueStatus(link)).waiting === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const { bullmq } = await packages();
    await using connection = {
      redis: link.connect(),
      [Symbol.asyncDispose]: async () => connection.redis.disconnect(),
    };
    const dead = new bullmq.Worker(names.queue, null, { connection: connection.redis as never });
    const job = await dead.getNextJob('token');
    expect(job?.data).toMatchObject({ name: 'clip' });
    await link.redis.pexpire(`${link.queue.toKey(job!.id!)}:lock`, DAY);
    await link.redis.set(link.queue.toKey('stalled-check'), '1', 'PX', DAY);

    const end = new AbortController();
    const handlers = {
      name: async () => ({
        handle: async ({ name }: { name: string }) => name,
        [Symbol.asyncDispose]: async () => undefined,
      }),
    };
    const worker = runWorker(link, { handlers, stalledSeconds: 0.2, signal: end.signal });
    expect((await made).value).toEqual({ key: 'k', piece: { value: 'clip' } });
    end.abort();
    await worker;
    await dead.close();
  });
});
