// The routes over a real folder of clips and a model of a few random weights: what is served, and what is not.
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readerOf, renderWorld } from '../../src/dataset/index.js';
import { Result } from '../../src/result.js';
import {
  AnswerTable,
  ClipInfo,
  ClipLabels,
  ClipList,
  ServerEvent,
  Training,
  type ServerJob,
} from '../../src/server/api.js';
import { createApp } from '../../src/server/app.js';
import { listen, openServed, ServerState, type Served } from '../../src/server/index.js';
import { openWebModel } from '../../src/infer/index.js';
import { decodeSafetensors } from '../../src/model/index.js';
import { openRuntime } from '../../src/runtime/index.js';
import { rangeOf } from '../../src/server/sendFile.js';
import { encodeVideo } from '../../src/video/index.js';
import { writeTinyModel } from '../savedModel/tinyModel.js';

const page = new Map([['index.html', { bytes: new TextEncoder().encode('<p>page</p>'), type: 'text/html' }]]);
let folder = '';
let served: Served;
let app: Hono;
let list: ClipList;

const get = (path: string, headers: Record<string, string> = {}, target = app): Promise<Response> =>
  Promise.resolve(
    target.request(`http://localhost:8470${path}`, { headers: { host: 'localhost:8470', ...headers } }),
  );
const send = (
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> =>
  Promise.resolve(
    app.request(`http://localhost:8470${path}`, {
      method,
      headers: { host: 'localhost:8470', 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    }),
  );
const json = async (path: string): Promise<unknown> => (await get(path)).json();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-server-'));
  const data = join(folder, 'data');
  await renderWorld(data, { clips: 8, seed: 3 });
  const names = (await readdir(data)).filter((name) => !name.includes('.'));
  await writeTinyModel(join(folder, 'model'), names);
  await writeFile(join(folder, 'secret.mp4'), 'secret');
  const [first] = names as [string];
  await symlink(join(folder, 'secret.mp4'), join(data, first, 'linked.mp4'));
  served = await openServed({ models: [join(folder, 'model')], data, uploadLimit: 20_000 });
  app = createApp(served, { host: '127.0.0.1', token: null, page });
  list = ClipList.parse(await json('/api/clips.json'));
});

afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true, force: true });
});

describe('what is served', () => {
  it('names models, clips and formats in the forms of the contract', async () => {
    const state = ServerState.parse(await json('/api/state.json'));
    expect(state).toMatchObject({ mode: 'server', clips: 8, title: 'data' });
    expect(state.models).toMatchObject([{ key: 'model', attention: 'joint', frames: 4, hasTraining: false }]);
    expect(state.exportFormats).toContain('cvat');
    expect(list.classes).toHaveLength(8);
    expect(list.labels).toEqual(list.names.map((name) => list.classes.indexOf(name.split('/')[0]!)));
    expect(new Set(list.ids).size).toBe(8);
  });

  it('is a training of this process before its first file is there, and no other empty folder', async () => {
    const empty = join(folder, 'begun');
    await expect(openServed({ models: [empty] })).rejects.toMatchObject({ code: 'missing' });
    const begun = await openServed({ models: [empty], running: empty });
    const target = createApp(begun, { host: '127.0.0.1', token: null, page });
    const state = ServerState.parse(await (await get('/api/state.json', {}, target)).json());
    const training = Training.parse(await (await get('/api/models/begun/training.json', {}, target)).json());
    await begun.close();
    expect(state.models).toMatchObject([{ key: 'begun', id: null, hasTraining: true }]);
    expect(training).toMatchObject({ rows: [], isDone: false });
  });

  it('writes nothing once it is closed, though strips were being drawn', async () => {
    const data = join(folder, 'closing');
    await renderWorld(data, { clips: 8, seed: 5 });
    const closing = await openServed({ models: [], data });
    await Promise.all([...closing.library.clips()].map((clip) => closing.facts.info(clip)));
    await closing.close();
    await rm(data, { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, 400));
    await expect(readdir(data)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('answers a clip once and keeps the answer, as predict gives it', async () => {
    const id = list.ids[0]!;
    const before = AnswerTable.parse(await json('/api/models/model/answers.json'));
    expect(before.ids).toEqual([]);
    const result = Result.parse(await json(`/api/models/model/clips/${id}.json`));
    expect(result.clip).toBe(list.names[0]);
    expect(result.frames).toHaveLength(4);
    const table = AnswerTable.parse(await json('/api/models/model/answers.json'));
    expect(table.ids).toEqual([id]);
    expect(table.classes[table.top[0]!]).toBe(result.classes[0]!.label);
    expect(table.when[0]).toBeGreaterThanOrEqual(0); // the world's truth.json lies in the folder
    const began = performance.now();
    expect(await json(`/api/models/model/clips/${id}.json`)).toEqual(result);
    expect(performance.now() - began).toBeLessThan(200); // read, not computed
  });

  it('answers a stretch alone from frames of that stretch', async () => {
    const response = await send('POST', `/api/models/model/clips/${list.ids[0]}/range`, {
      startSeconds: 0.5,
      endSeconds: 1.5,
    });
    const result = Result.parse(await response.json());
    for (const { timeSeconds } of result.frames) {
      expect(timeSeconds).toBeGreaterThanOrEqual(0.5 - 1e-6);
      expect(timeSeconds).toBeLessThanOrEqual(1.5 + 1e-6);
    }
    const wrong = await send('POST', `/api/models/model/clips/${list.ids[0]}/range`, {
      startSeconds: 2,
      endSeconds: 1,
    });
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain('range.endSeconds');
  });

  it('answers the rest as one job that tells how far it is, and refuses when nothing is left', async () => {
    const events: ServerEvent[] = [];
    const end = served.jobs.listen((event) => events.push(event));
    const job = (await (
      await send('POST', '/api/jobs', { kind: 'answer', model: 'model' })
    ).json()) as ServerJob;
    expect(job).toMatchObject({ total: 7, state: 'running' });
    while (served.jobs.list().find(({ id }) => id === job.id)!.state === 'running')
      await new Promise((resolve) => setTimeout(resolve, 20));
    end();
    expect(served.jobs.list().at(-1)).toMatchObject({ done: 7, failed: 0, state: 'done' });
    expect(events.filter(({ kind }) => kind === 'answered')).toHaveLength(7);
    expect((await send('POST', '/api/jobs', { kind: 'answer', model: 'model' })).status).toBe(400);
    expect((await send('POST', '/api/jobs', { kind: 'answer', model: 'other' })).status).toBe(404);
    expect(await (await send('DELETE', `/api/jobs/${job.id}`)).json()).toMatchObject({ id: job.id });
  });
});

describe('a model for the page', () => {
  it('is served as the files that export --web writes, and no other', async () => {
    const { id } = (await json('/api/models/model/web/model.json')) as { id: string };
    const state = ServerState.parse(await json('/api/state.json'));
    expect(id).toBe(state.models[0]!.id);
    expect((await get('/api/models/model/web/head.onnx')).status).toBe(200);
    for (const name of ['config.json', '..%2Fmodel.json', '%2Fetc%2Fpasswd'])
      expect((await get(`/api/models/model/web/${name}`)).status, name).toBe(404);
  });

  it('answers from the features that are served as it does from the clip', async () => {
    const result = Result.parse(await json(`/api/models/model/clips/${list.ids[0]}.json`));
    const response = await get(`/api/models/model/clips/${list.ids[0]}/features.safetensors`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const { features } = decodeSafetensors(bytes, 'features').tensors;
    expect(features!.shape[0]).toBe(result.frames.length);
    const [backbone, head] = await Promise.all(
      ['backbone', 'head'].map(
        async (name) => new Uint8Array(await (await get(`/api/models/model/web/${name}.onnx`)).arrayBuffer()),
      ),
    );
    const description = await json('/api/models/model/web/model.json');
    const runtime = await openRuntime({ threads: 1 });
    const model = await openWebModel({ description, backbone: backbone!, head: head! }, runtime);
    const clip = {
      ...{ frames: new Uint8Array(), damagedFrames: 0, missingFrames: 0, warnings: [] },
      times: Float64Array.from(result.frames, ({ timeSeconds }) => timeSeconds),
      indices: result.frames.map(({ index }) => index),
      info: { ...result.video, path: '', isVariableRate: false, rotation: 0, codec: '', container: '' },
    };
    const again = await model.answer(features!, clip, result.clip);
    await model.close();
    again.result.frames.forEach(({ weight }, i) => expect(weight).toBeCloseTo(result.frames[i]!.weight, 4));
    expect(again.result.classes[0]!.probability).toBeCloseTo(result.classes[0]!.probability, 4);
  });
});

describe('video', () => {
  it('is sent in byte ranges, as players ask for them', async () => {
    const id = list.ids[0]!;
    const info = ClipInfo.parse(await json(`/api/clips/${id}/info.json`));
    expect(info).toMatchObject({ copy: 'original', label: list.names[0]!.split('/')[0] });
    expect(info.truth!.boxes.length).toBe(info.truth!.times.length);
    const bytes = await readFile(served.library.clip(id).path);
    const whole = await get(`/api/clips/${id}/video.mp4`);
    expect([whole.status, whole.headers.get('accept-ranges')]).toEqual([200, 'bytes']);
    const part = await get(`/api/clips/${id}/video.mp4`, { range: 'bytes=10-19' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${bytes.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
    expect((await get(`/api/clips/${id}/video.mp4`, { range: `bytes=${bytes.length}-` })).status).toBe(416);
    const tag = whole.headers.get('etag')!;
    expect((await get(`/api/clips/${id}/video.mp4`, { 'if-none-match': tag })).status).toBe(304);
    const film = await get(`/api/clips/${id}/film.jpg`);
    expect(film.headers.get('content-type')).toBe('image/jpeg');
    expect((await film.arrayBuffer()).byteLength).toBeGreaterThan(500);
  });

  it('reads ranges by the standard: of 100 bytes, -10 are the last ten, 90-200 those from 90', () => {
    expect(rangeOf('bytes=-10', 100)).toEqual([90, 99]);
    expect(rangeOf('bytes=90-200', 100)).toEqual([90, 99]);
    expect(rangeOf('bytes=5-', 100)).toEqual([5, 99]);
    expect(rangeOf('bytes=100-', 100)).toBe('none');
    expect(rangeOf('bytes=-0', 100)).toBe('none');
    for (const odd of [undefined, 'bytes=-', 'bytes=9-5', 'bytes=0-1,4-5', 'lines=1-2']) {
      expect(rangeOf(odd, 100)).toBe('all');
    }
  });
});

describe('labels', () => {
  const truth = { label: 'x', startSeconds: 0.5, endSeconds: 1, width: 112, height: 112, frames: [] };

  it('are saved upon the revision that was read, and a stale one is refused with the newer', async () => {
    const path = `/api/clips/${list.ids[1]}/labels.json`;
    expect(await json(path)).toEqual({ revision: '', truth: null });
    const saved = ClipLabels.parse(await (await send('PUT', path, { revision: '', truth })).json());
    const stale = await send('PUT', path, { revision: '', truth: { ...truth, label: 'y' } });
    expect(stale.status).toBe(409);
    expect(await stale.json()).toMatchObject({ current: saved });
    expect(await json(path)).toEqual(saved);
    const file = JSON.parse(await readFile(join(folder, 'data', 'labels.json'), 'utf8')) as { clips: object };
    expect(Object.keys(file.clips)).toEqual([list.names[1]]);
    const { labelled } = ClipList.parse(await json('/api/clips.json'));
    expect(labelled).toEqual(list.names.map((_, i) => i === 1));
  });

  it('saved at once by two are kept of one only, and nothing is lost', async () => {
    const path = `/api/clips/${list.ids[2]}/labels.json`;
    const answers = await Promise.all(
      ['a', 'b'].map((label) => send('PUT', path, { revision: '', truth: { ...truth, label } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('that are none are named by their field', async () => {
    const path = `/api/clips/${list.ids[3]}/labels.json`;
    const response = await send('PUT', path, { revision: '', truth: { ...truth, startSeconds: 'soon' } });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('labels.truth.startSeconds');
  });

  it('are exported in the formats of export: one file, or an archive of one file a clip', async () => {
    const one = await get('/api/labels/export?format=activitynet');
    expect(one.headers.get('content-disposition')).toBe('attachment; filename="labels.json"');
    const file = join(folder, 'exported.json');
    await writeFile(file, Buffer.from(await one.arrayBuffer()));
    expect((await readerOf('activitynet').read(file)).clips).toHaveLength(2);
    const many = await get('/api/labels/export?format=cvat');
    expect(Object.keys(unzipSync(new Uint8Array(await many.arrayBuffer())))).toHaveLength(2);
    expect((await get('/api/labels/export?format=nonsense')).status).toBe(400);
  });
});

describe('what is not served', () => {
  it('is any path: links out of the folder are left out, and no form of .. leads anywhere', async () => {
    expect(list.leftOut.map(({ reason }) => reason)).toContain('a link out of the folder');
    expect(list.names.some((name) => name.includes('linked'))).toBe(false);
    const ways = [
      '../secret.mp4',
      '..%2fsecret.mp4',
      '%2e%2e%2fsecret.mp4',
      '..\\secret.mp4',
      '%2e%2e/secret.mp4',
    ];
    for (const way of ways) {
      for (const base of ['/', '/assets/', '/api/clips/', '/api/models/model/clips/', '/api/models/']) {
        const response = await get(`${base}${way}`);
        expect(response.status, base + way).toBe(404);
        expect(await response.text()).not.toContain('secret\n');
      }
    }
    const real = await listen(await openServed({ models: [], data: join(folder, 'data') }), {
      port: 0,
      page: await builtStandIn(),
    });
    for (const way of ['/../secret.mp4', '/..%2f..%2fsecret.mp4', '/assets/../../secret.mp4', '/%00', '/%']) {
      const [status, body] = await raw(real.port, way, `localhost:${real.port}`);
      expect(status, way).toBeGreaterThanOrEqual(400);
      expect(body).not.toBe('secret');
    }
    await real.close();
  });

  it('is a page under a foreign name, nor a request of a foreign page', async () => {
    expect((await get('/api/state.json', { host: 'evil.example:8470' })).status).toBe(421);
    expect((await get('/', { host: 'evil.example' })).status).toBe(421);
    for (const host of ['127.0.0.1:8470', '[::1]:8470', 'LOCALHOST:8470'])
      expect((await get('/api/state.json', { host })).status).toBe(200);
    expect((await get('/api/state.json', { origin: 'http://evil.example' })).status).toBe(403);
    expect((await get('/api/state.json', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await get('/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).status).toBe(
      200,
    );
    const here = { host: 'localhost:8470' };
    expect((await get('/api/state.json', { ...here, origin: 'http://localhost:8470' })).status).toBe(200);
    expect((await get('/api/state.json', { ...here, origin: 'http://localhost:3000' })).status).toBe(403);
    const policy = (await get('/')).headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|unsafe-inline|'unsafe-eval'|\*/);
  });

  it('is anything without the token where it is bound wider', async () => {
    const wide = createApp(served, { host: '0.0.0.0', token: 'a1b2', page });
    expect((await get('/', {}, wide)).status).toBe(401);
    expect((await get('/?token=other', {}, wide)).status).toBe(401);
    const entered = await get('/?token=a1b2', {}, wide);
    expect([entered.status, entered.headers.get('location')]).toEqual([303, '/']);
    const cookie = entered.headers.get('set-cookie')!;
    expect(cookie).toMatch(/HttpOnly.*SameSite=Strict/);
    expect((await get('/api/state.json', { cookie: cookie.split(';')[0]! }, wide)).status).toBe(200);
    expect((await get('/', { host: 'evil.example' }, wide)).status).toBe(421);
  });

  it('is anything under the name of a proxy but for those that are allowed, with the token', async () => {
    const behind = createApp(served, { host: '127.0.0.1', allowHosts: ['Lab.example'], token: 'a1b2', page });
    const cookie = 'wherewhen-token=a1b2';
    const asked = { host: 'lab.example', origin: 'https://lab.example', cookie };
    expect((await get('/api/state.json', asked, behind)).status).toBe(200);
    expect((await get('/api/state.json', { ...asked, cookie: '' }, behind)).status).toBe(401);
    expect((await get('/api/state.json', { ...asked, host: 'evil.example' }, behind)).status).toBe(421);
    expect((await get('/api/state.json', { ...asked, origin: 'https://evil.example' }, behind)).status).toBe(
      403,
    );
  });

  it('is an address that is none, or a body that is no JSON: a clear line, and no fault of the server', async () => {
    expect((await get('/%')).status).toBe(404);
    expect((await get('/%ff%fe')).status).toBe(404);
    for (const body of ['', '{"class', 'NaN', '\u0000']) {
      const answer = await app.request('http://localhost/api/jobs', {
        method: 'POST',
        headers: { host: 'localhost', 'content-type': 'application/json' },
        body,
      });
      expect(answer.status).toBe(422);
      expect(((await answer.json()) as { error: { path: string } }).error.path).toBe('job');
    }
  });

  it('is an upload above the limit, or one that is no clip; a small clip is taken in', async () => {
    const upload = (name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Response> =>
      Promise.resolve(
        app.request(`http://localhost/api/uploads?name=${encodeURIComponent(name)}`, {
          method: 'POST',
          headers: { host: 'localhost' },
          body: bytes,
        }),
      );
    expect((await upload('large.mp4', new Uint8Array(20_001))).status).toBe(422);
    expect((await upload('page.html', new Uint8Array(10))).status).toBe(400);
    const path = join(folder, 'small.mp4');
    const frames = Array.from({ length: 8 }, (_, i) => new Uint8Array(32 * 32 * 3).fill(20 * i));
    await encodeVideo(path, { width: 32, height: 32, frameRate: 8, frames });
    const taken = (await (await upload('../../small.mp4', new Uint8Array(await readFile(path)))).json()) as {
      id: string;
      name: string;
    };
    expect(taken.name).toBe('small.mp4');
    expect(ClipInfo.parse(await json(`/api/clips/${taken.id}/info.json`)).video.frames).toBe(8);
  });

  it('is a clip that broke or went away: the error says which', async () => {
    const gone = served.library.add(join(folder, 'gone.mp4'), 'gone.mp4');
    const response = await get(`/api/clips/${gone.id}/info.json`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('gone.mp4');
    await writeFile(join(folder, 'noise.mp4'), 'no video at all');
    const noise = served.library.add(join(folder, 'noise.mp4'), 'noise.mp4');
    expect((await get(`/api/models/model/clips/${noise.id}.json`)).status).toBe(422);
  });
});

async function builtStandIn(): Promise<string> {
  const place = join(folder, 'page');
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'index.html'), '<p>page</p>');
  return place;
}

/** A request whose path is sent as it is: clients tidy `..` away before they send. */
function raw(port: number, path: string, host: string): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    request({ port, path, headers: { host } }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve([response.statusCode ?? 0, text]));
    })
      .on('error', reject)
      .end();
  });
}
