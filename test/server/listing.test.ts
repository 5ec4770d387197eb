// A folder that is being listed is served already; what asks for clips waits until they are known.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openServed } from '../../src/server/index.js';
import { ClipList } from '../../src/server/api.js';
import { createApp } from '../../src/server/app.js';

let folder = '';
const ask = { headers: { host: 'localhost:8470' } };
const open = (data: string) => openServed({ models: [], data, cache: join(folder, 'cache'), patience: 0 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-listing-'));
  await mkdir(join(folder, 'clips/walk'), { recursive: true });
  for (const [i, name] of ['a.mp4', 'b.mp4', 'c.mp4'].entries())
    await writeFile(join(folder, 'clips/walk', name), 'x'.repeat(i + 1));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('the list of clips is whole although it was asked for before the listing had ended', async () => {
  const served = await open(join(folder, 'clips'));
  try {
    const app = createApp(served, { host: '127.0.0.1', token: null, page: new Map() });
    const response = await app.request('http://localhost:8470/api/clips.json', ask);
    expect(ClipList.parse(await response.json()).names).toEqual(['walk/a.mp4', 'walk/b.mp4', 'walk/c.mp4']);
  } finally {
    await served.close();
  }
});

it('what was wrong with the folder is the answer to every request, where it came too late to stop the start', async () => {
  await mkdir(join(folder, 'empty'), { recursive: true });
  const served = await open(join(folder, 'empty'));
  try {
    await expect(served.library.ready).rejects.toMatchObject({
      code: 'input',
      expected: 'clips in the folder',
    });
    const app = createApp(served, { host: '127.0.0.1', token: null, page: new Map() });
    const response = await app.request('http://localhost:8470/api/clips.json', ask);
    expect(await response.json()).toMatchObject({
      error: { code: 'input', expected: 'clips in the folder' },
    });
  } finally {
    await served.close();
  }
});
