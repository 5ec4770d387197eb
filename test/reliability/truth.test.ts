// What cannot be true of a clip is refused, and what reaches beyond it is cut and counted: in truth files and in labels that a
// request brings, as in every annotation file.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTruth } from '../../src/evaluate/index.js';
import { ClipLabels } from '../../src/server/api.js';
import { createApp } from '../../src/server/app.js';
import { openServed, type Served } from '../../src/server/index.js';

const clip = {
  ...{ label: 'x', startSeconds: 0, endSeconds: 2, width: 100, height: 50 },
  frames: [{ index: 0, timeSeconds: 0, box: [10, 10, 20, 20] }],
  instances: [{ label: 'x', startSeconds: 0, endSeconds: 2 }],
};
let folder = '';
let served: Served;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-truth-'));
  await writeFile(join(folder, 'a.mp4'), 'nobody looks into it');
  served = await openServed({ models: [], data: folder, cache: join(folder, '.cache') });
});
afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true, force: true });
});

/** Reads a truth file of one clip, whose JSON is given as text: `1e999` is no value that JSON.stringify writes. */
async function read(text: string): Promise<{ truth: unknown; notes: string[] }> {
  const path = join(folder, 'truth.json');
  await writeFile(path, `{"version":1,"clips":{"a.mp4":${text}}}`);
  const notes: string[] = [];
  const { clips } = await readTruth(path, notes);
  return { truth: clips['a.mp4'], notes };
}

/** Saves labels of that clip upon what is saved. */
async function put(text: string): Promise<Response> {
  const app = createApp(served, { host: '127.0.0.1', token: null, page: new Map() });
  const [id] = served.library.list().ids;
  const { revision } = await served.labels!.get('a.mp4');
  return app.request(`http://localhost:8470/api/clips/${id}/labels.json`, {
    method: 'PUT',
    headers: { host: 'localhost:8470', 'content-type': 'application/json' },
    body: `{"revision":"${revision}","truth":${text}}`,
  });
}

describe('a truth file, and labels that are saved, are refused', () => {
  it.each([
    ['an end that is no number', { endSeconds: '@1e999' }, 'endSeconds'],
    ['an end before its start', { startSeconds: 3 }, 'endSeconds'],
    ['an empty name', { label: ' ' }, 'label'],
    [
      'a stretch that ends before it starts',
      { instances: [{ label: 'x', startSeconds: 2, endSeconds: 1 }] },
      'instances.0',
    ],
    [
      'a stretch without a name',
      { instances: [{ label: '', startSeconds: 0, endSeconds: 1 }] },
      'instances.0.label',
    ],
    ['an inverted box', { frames: [{ index: 0, timeSeconds: 0, box: [20, 10, 10, 20] }] }, 'frames.0.box'],
    [
      'a box without an end',
      { frames: [{ index: 0, timeSeconds: 0, box: [0, 0, '@1e999', 9] }] },
      'frames.0.box',
    ],
    ['a thing without a name', { actors: [{ label: '', frames: [] }] }, 'actors.0.label'],
    ['a picture without a size', { width: 0 }, 'width'],
  ])('with %s', async (_, change, place) => {
    const text = JSON.stringify({ ...clip, ...change }).replace('"@1e999"', '1e999');
    const path = expect.stringContaining(place.replaceAll('.', ' > '));
    await expect(read(text)).rejects.toMatchObject({ code: 'format', path });
    const response = await put(text);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(place);
  });
});

describe('a truth file, and labels that are saved, are mended and counted', () => {
  const beyond = {
    ...{ ...clip, startSeconds: -1 },
    frames: [
      { index: 0, timeSeconds: 0, box: [-5, 10, 20, 60] },
      { index: 1, timeSeconds: 0.1, box: [101, 0, 120, 20] },
      { index: 2, timeSeconds: 0.2, box: [90, 40, 100, 50] },
    ],
    instances: [
      { label: 'x', startSeconds: -1, endSeconds: 2 },
      { label: 'x', startSeconds: -3, endSeconds: -2 },
    ],
  };
  const mended = {
    ...{ ...clip, startSeconds: 0 },
    frames: [
      { index: 0, timeSeconds: 0, box: [0, 10, 20, 50] },
      { index: 1, timeSeconds: 0.1, box: null },
      { index: 2, timeSeconds: 0.2, box: [90, 40, 100, 50] },
    ],
    instances: [{ label: 'x', startSeconds: 0, endSeconds: 2 }],
  };

  it('where they reach beyond the start of the video or the edge of the picture', async () => {
    const { truth, notes } = await read(JSON.stringify(beyond));
    expect(truth).toEqual(mended);
    expect(notes.map((note) => note.slice(join(folder, 'truth.json').length)).sort()).toEqual([
      ': 1 boxes outside the picture are left out',
      ': 1 boxes that reach beyond the picture are cut at its edge',
      ': 1 stretches or boxes before the start of the video are left out',
      ': 2 times before the start of the video are set to 0',
    ]);
    const saved = ClipLabels.parse(await (await put(JSON.stringify(beyond))).json());
    expect(saved.truth).toEqual(mended);
    expect(saved.notes).toHaveLength(4);
    expect((await served.labels!.get('a.mp4')).revision).toBe(saved.revision);
  });

  it('and left as they are where nothing is to be mended, without a note', async () => {
    expect(await read(JSON.stringify(clip))).toEqual({ truth: clip, notes: [] });
    const saved = ClipLabels.parse(await (await put(JSON.stringify(clip))).json());
    expect(saved).toEqual({ revision: saved.revision, truth: clip });
  });
});
