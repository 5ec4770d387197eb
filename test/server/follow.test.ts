// A server that a command opened before it knew which trainings it would run: folds, one after another.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../../src/server/app.js';
import { openServed, ServerState, type Served } from '../../src/server/index.js';
import type { ServerEvent } from '../../src/server/api.js';
import { trainFolds } from '../../src/experiments/index.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

let folder = '';
let served: Served;
const heard: ServerEvent[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-follow-'));
  served = await openServed({ models: [] });
  served.jobs.listen((event) => heard.push(event));
  await writeTinyWorld(join(folder, 'data'), 6);
});

afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true, force: true });
});

it('serves each fold from its beginning, and says which one is running', async () => {
  const app = createApp(served, { host: '127.0.0.1', token: null, page: new Map() });
  const models = async (): Promise<[string, boolean, boolean][]> => {
    const response = await app.request('http://localhost/api/state.json', { headers: { host: 'localhost' } });
    return ServerState.parse(await response.json()).models.map((one) => [
      one.name,
      one.hasTraining,
      one.isRunning,
    ]);
  };
  expect(await models()).toEqual([]);
  const begun: [string, boolean, boolean][][] = [];
  const waiting: Promise<unknown>[] = [];
  await trainFolds({
    data: join(folder, 'data'),
    out: join(folder, 'out'),
    folds: 2,
    recipe: { epochs: 1, batch: 4, frames: 4, transform: { size: { width: 32, height: 24 } } },
    onFold: ({ folder: place }) => {
      served.follow(place);
      waiting.push(models().then((seen) => begun.push(seen)));
    },
  });
  await Promise.all(waiting);
  expect(begun).toEqual([
    [['fold-1-of-2', true, true]],
    [
      ['fold-1-of-2', true, false],
      ['fold-2-of-2', true, true],
    ],
  ]);
  expect(heard.filter(({ kind }) => kind === 'training').length).toBeGreaterThanOrEqual(2);
});
