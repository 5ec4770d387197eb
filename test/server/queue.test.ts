// A server whose questions workers answer: what the page gets is what the server would compute. Skipped where there is no Redis.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queueHandlers } from '../../src/cli/queueHandlers.js';
import { serveMetrics } from '../../src/cli/workerMetrics.js';
import { queueAddress, runWorker, WorkerCounts, type QueueLink } from '../../src/scale/index.js';
import { ClipList, QueueState, Result } from '../../src/server/api.js';
import { createApp } from '../../src/server/app.js';
import { openServed, ServerState, type Served } from '../../src/server/index.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';
import { writeTinyModel } from '../savedModel/tinyModel.js';
import { hasRedis, RedisServer } from '../scale/redisServer.js';

describe.skipIf(!hasRedis)('a server with a queue', () => {
  let folder: string;
  let server: RedisServer;
  let link: QueueLink;
  let worker: Promise<number>;
  let asking: Served;
  let alone: Served;
  const end = new AbortController();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wherewhen-serve-queue-'));
    server = await RedisServer.open();
    link = await server.link();
    await writeTinyWorld(join(folder, 'data'), 1, { frames: 6 });
    await writeTinyModel(join(folder, 'model'), ['left', 'right']);
    const common = { models: [join(folder, 'model')], data: join(folder, 'data'), open: { threads: 1 } };
    const queue = queueAddress(server.address, { WHEREWHEN_QUEUE_PASSWORD: server.password });
    asking = await openServed({ ...common, cache: join(folder, 'asked'), queue });
    alone = await openServed({ ...common, cache: join(folder, 'computed') });
    worker = runWorker(link, { handlers: queueHandlers({ threads: 1 }), signal: end.signal });
  });
  afterAll(async () => {
    end.abort();
    await worker;
    await asking.close();
    await alone.close();
    await link[Symbol.asyncDispose]();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function get(served: Served, path: string, init: RequestInit = {}): Promise<Response> {
    const app = createApp(served, { host: '127.0.0.1', token: null, page: new Map() });
    return app.request(`http://localhost${path}`, {
      ...init,
      headers: { host: 'localhost', 'content-type': 'application/json' },
    });
  }

  test('answers clips, and stretches of them, as one without', async () => {
    const [id] = ClipList.parse(await (await get(asking, '/api/clips.json')).json()).ids;
    const path = `/api/models/model/clips/${id}`;
    const [asked, computed] = await Promise.all(
      [asking, alone].map(async (one) => Result.parse(await (await get(one, `${path}.json`)).json())),
    );
    expect(asked).toEqual(computed);
    const init = { method: 'POST', body: JSON.stringify({ startSeconds: 0.1, endSeconds: 0.4 }) };
    const [stretch, same] = await Promise.all(
      [asking, alone].map(async (one) => (await get(one, `${path}/range`, init)).json()),
    );
    expect(stretch).toEqual(same);
    expect(stretch).not.toEqual(asked);
  });

  test('has a page for the queue, and figures for Prometheus; one without has neither page nor queue', async () => {
    expect(ServerState.parse(await (await get(asking, '/api/state.json')).json()).hasQueue).toBe(true);
    const standing = QueueState.parse(await (await get(asking, '/api/queue.json')).json());
    expect(standing).toMatchObject({ shown: server.address, waiting: 0, failed: 0, total: { done: 2 } });
    const text = await (await get(asking, '/metrics')).text();
    expect(text).toContain('wherewhen_queue_jobs_done_total 2\n');
    expect(text).toMatch(/wherewhen_http_requests_total\{status="200"\} \d+\n/);
    expect(text).toContain('wherewhen_answers_total 1\n');
    expect(text).not.toContain(server.password);
    expect((await get(alone, '/api/queue.json')).status).toBe(404);
    expect(await (await get(alone, '/metrics')).text()).not.toContain('queue');
  });

  test('and a worker tells figures of its own', async () => {
    const counts = new WorkerCounts();
    counts.begin();
    await using served = await serveMetrics({ host: '127.0.0.1', port: 0, counts, link });
    const answer = await fetch(served.url);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toMatch(
      /wherewhen_worker_jobs_active 1\n[\s\S]*wherewhen_queue_jobs_done_total 2\n/,
    );
    expect((await fetch(served.url.replace('/metrics', '/'))).status).toBe(404);
    const taken = Number(new URL(served.url).port);
    await expect(serveMetrics({ host: '127.0.0.1', port: taken, counts, link })).rejects.toThrow(
      /--metrics: a port that this machine can listen on/,
    );
  });
});
