// A server works for those who wait: what nobody waits for is stopped, too much at a time is put off, and the folder of clips
// is written to only where labels are saved.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/server/app.js';
import { openServed } from '../../src/server/index.js';
import { cacheFolder } from '../../src/server/cacheFolder.js';
import { SharedWork, TooBusy } from '../../src/server/sharedWork.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-leaving-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Work that ends when it is told to, and how often it began. */
function slowWork() {
  const state = { begun: 0, aborted: 0, end: (_: string): void => undefined };
  const work = (signal: AbortSignal): Promise<string> => {
    state.begun++;
    return new Promise((resolve, reject) => {
      state.end = resolve;
      signal.addEventListener('abort', () => {
        state.aborted++;
        reject(signal.reason as Error);
      });
    });
  };
  return { state, work };
}

describe('work that several wait for', () => {
  it('is done once, and goes on when one of them leaves', async () => {
    const { state, work } = slowWork();
    const shared = new SharedWork<string>();
    const leaving = new AbortController();
    const first = shared.join('clip', work, leaving.signal);
    const second = shared.join('clip', work);
    leaving.abort();
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    expect(state).toMatchObject({ begun: 1, aborted: 0 });
    state.end('answer');
    expect(await second).toBe('answer');
    expect(shared.size).toBe(0);
  });

  it('is stopped when the last one has left, and begun anew for who comes then', async () => {
    const { state, work } = slowWork();
    const shared = new SharedWork<string>();
    const leaving = new AbortController();
    const both = [1, 2].map(() => shared.join('clip', work, leaving.signal));
    leaving.abort();
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(state).toMatchObject({ begun: 1, aborted: 1 });
    const again = shared.join('clip', work);
    state.end('answer');
    expect(await again).toBe('answer');
    expect(state.begun).toBe(2);
    await expect(shared.join('clip', work, leaving.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(state.begun).toBe(2); // nothing begins for who has left already
  });

  it('is taken on only so much at a time', async () => {
    const { state, work } = slowWork();
    const shared = new SharedWork<string>(1);
    const first = shared.join('one', work);
    await expect(shared.join('two', work)).rejects.toBeInstanceOf(TooBusy);
    const also = shared.join('one', work); // the same work asks for nothing more
    state.end('answer');
    expect(await Promise.all([first, also])).toEqual(['answer', 'answer']);
  });
});

describe('a server', () => {
  it('writes nothing beside the clips, and lists what was uploaded when it is started again', async () => {
    const data = join(folder, 'clips');
    await writeTinyWorld(data, 1, { frames: 4 });
    await writeFile(join(data, 'notes.txt'), '');
    const before = await readdir(data, { recursive: true });
    const first = await openServed({ models: [], data });
    const app = createApp(first, { host: '127.0.0.1', token: null, page: new Map() });
    await Promise.all([...first.library.clips()].map((clip) => first.facts.info(clip)));
    const response = await app.request('http://localhost:8470/api/uploads?name=my%20dive.mp4', {
      method: 'POST',
      headers: { host: 'localhost:8470', origin: 'http://localhost:8470' },
      body: 'bytes',
    });
    expect(response.status).toBe(201);
    await first.close();
    expect(await readdir(data, { recursive: true })).toEqual(before);
    const second = await openServed({ models: [], data });
    expect(second.library.list().names).toContain('my_dive.mp4');
    await second.close();
    await rm(await cacheFolder(data), { recursive: true });
  });

  it('keeps what it made in the cache of the user, a folder for each folder of clips', async () => {
    const home = { XDG_CACHE_HOME: '/cache' };
    const [one, two] = await Promise.all(['/a/clips', '/b/clips'].map((data) => cacheFolder(data, home)));
    expect(one).toMatch(/^\/cache\/wherewhen\/serve\/clips-[0-9a-f]{12}$/);
    expect(two).not.toBe(one);
    const windows = await cacheFolder('/a/clips', { LOCALAPPDATA: '/local' }, 'win32');
    expect(windows).toMatch(/^\/local\/wherewhen/);
  });

  it('does not go on with what a client asked for that left', async () => {
    const data = join(folder, 'left');
    await writeTinyWorld(data, 1);
    const served = await openServed({ models: [], data, cache: join(folder, 'left-cache') });
    const app = createApp(served, { host: '127.0.0.1', token: null, page: new Map() });
    const [id] = served.library.list().ids;
    const leaving = new AbortController();
    const asked = app.request(`http://localhost:8470/api/clips/${id}/info.json`, {
      headers: { host: 'localhost:8470' },
      signal: leaving.signal,
    });
    leaving.abort();
    expect((await asked).status).toBe(499);
    await served.close();
    expect(await readdir(join(folder, 'left-cache'))).toEqual(['README']); // no survey of it was kept
  });
});
