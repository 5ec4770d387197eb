// Requests to the server's routes, as bytes of anybody: addresses, methods, headers and bodies changed. The answer is JSON of
// the form that is promised, never a 500, and what was saved is what can be true.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { parseTruth } from '../../../src/evaluate/soundTruth.js';
import type { Random } from '../../../src/random.js';
import { createApp } from '../../../src/server/app.js';
import { openServed } from '../../../src/server/index.js';
import { requireFinite, type OpenDoor, type Verdict } from '../door.js';
import { mutatedBytes, mutatedJson } from '../mutate.js';

const truth = {
  ...{ label: 'x', startSeconds: 0, endSeconds: 2, width: 100, height: 50 },
  frames: [{ index: 0, timeSeconds: 0, box: [10, 10, 20, 20] }],
  instances: [{ label: 'x', startSeconds: 0, endSeconds: 2 }],
};
const PIECES = [
  ...['%', '%00', '%2e%2e%2f', '..', '/', '//', '?', '#', '&', '=', '\\', '%ff', '%F0%9F', 'é', ' ', '.json'],
  ...['0', '-1', '__proto__', 'constructor', 'a'.repeat(3000), '%0d%0a', ';', '*', '{}', 'null'],
];
const METHODS = ['GET', 'GET', 'GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'];
const HEADERS: [string, string[]][] = [
  [
    'host',
    ['localhost:8470', '127.0.0.1', 'evil.example', '', 'localhost:99999', '[::1]:8470', 'localhost:x'],
  ],
  ['origin', ['null', 'http://localhost:8470', 'http://evil.example', 'x', '']],
  ['content-type', ['text/plain', 'multipart/form-data', 'application/json; charset=utf-16', 'x']],
  ['content-length', ['0', '-1', '5', '99999999999', 'x']],
  [
    'range',
    ['bytes=0-', 'bytes=-1', 'bytes=5-2', 'bytes=0-0,2-3', 'bytes=99999999999999999999-', 'x', 'bytes=-'],
  ],
  ['if-none-match', ['*', 'x', '"x"']],
  ['cookie', ['wherewhen-token=x', '=', ';;;', '%']],
];

interface Call {
  method: string;
  address: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

/** A folder of two files that are no clips, and labels of them. */
export const openHttp: OpenDoor = async (folder) => {
  for (const name of ['a.mp4', 'b.mp4']) await writeFile(join(folder, name), 'nobody looks into it');
  const served = await openServed({
    ...{ models: [], data: folder, cache: join(folder, '.cache'), uploadLimit: 4096 },
  });
  const app = createApp(served, { host: '127.0.0.1', token: null, page: new Map() });
  const { ids } = served.library.list();
  await answered(app, {
    ...{ method: 'GET', headers: { host: 'localhost:8470' } },
    address: `http://localhost:8470/api/clips/${ids[0]}/info.json`,
  }); // starts the process of the decoder, which no case waits for
  let asked = 0;
  return {
    attempt: async (random) => {
      const call = drawn(random, ids, (await served.labels!.get('a.mp4')).revision);
      if (asked++ % 50 === 0) await requireLabels(folder);
      return answered(app, call);
    },
    close: () => served.close(),
  };
};

/** The labels on the disk are the truth of clips, whatever was asked. */
async function requireLabels(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'labels.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const notes: string[] = [];
  requireFinite(parseTruth(JSON.parse(text), 'labels.json', notes));
  if (notes.length > 0) throw new Error(`labels were saved that had to be mended: ${notes[0]}`);
}

async function answered(app: Hono, { method, address, headers, body }: Call): Promise<Verdict> {
  let request: Request;
  try {
    request = new Request(address, {
      method,
      headers,
      ...(body !== undefined && { body: body as BodyInit }),
    });
  } catch {
    return 'refused'; // no request that HTTP could carry
  }
  const response = await app.fetch(request);
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel();
    return 'read';
  }
  const text = await response.text();
  if (response.status >= 500 && response.status !== 503) throw new Error(`${response.status}: ${text}`);
  if (response.headers.get('content-type')?.startsWith('application/json') && text !== '')
    requireFinite(JSON.parse(text));
  return response.status < 400 ? 'read' : 'refused';
}

function drawn(random: Random, ids: readonly string[], revision: string): Call {
  const id = random.pick(ids);
  const paths = [
    ...['/api/state.json', '/api/clips.json', '/api/jobs.json', '/api/events', '/', '/assets/x.js'],
    ...['info.json', 'video.mp4', 'film.jpg', 'labels.json', 'copy'].map(
      (name) => `/api/clips/${id}/${name}`,
    ),
    ...[
      'answers.json',
      'training.json',
      'audit.json',
      'web/model.json',
      `clips/${id}.json`,
      `clips/${id}/range`,
    ].map((name) => `/api/models/m/${name}`),
    ...['/api/jobs', '/api/jobs/1', '/api/uploads?name=c.mp4', '/api/labels/export?format=via'],
  ];
  const headers: Record<string, string> = { host: 'localhost:8470' };
  if (random.uniform() < 0.5)
    return labelling(random, `http://localhost:8470/api/clips/${id}/labels.json`, revision);
  for (let n = random.integer(0, 3); n > 0; n--) {
    const [name, values] = random.pick(HEADERS);
    headers[name] = random.pick(values);
  }
  const method = random.pick(METHODS);
  const hasBody = !['GET', 'HEAD'].includes(method);
  const body = mutatedJson(random, {
    kind: 'answer',
    model: 'm',
    clips: [id],
    startSeconds: 0,
    endSeconds: 1,
  });
  const address = `http://localhost:8470${changedPath(random, random.pick(paths))}`;
  return { method, address, headers, ...(hasBody && { body }) };
}

/** Labels that are saved upon the latest revision, their JSON or their bytes changed. */
function labelling(random: Random, address: string, revision: string): Call {
  const headers = { host: 'localhost:8470', 'content-type': 'application/json' };
  const text = JSON.stringify({ revision, truth });
  const changed = `{"revision":${JSON.stringify(revision)},"truth":${mutatedJson(random, truth)}}`;
  const body = random.uniform() < 0.7 ? changed : mutatedBytes(random, Buffer.from(text));
  return { method: 'PUT', address, headers, body };
}

function changedPath(random: Random, path: string): string {
  let out = path;
  for (let n = random.integer(0, 3); n > 0; n--) {
    const at = random.integer(1, out.length + 1);
    out = out.slice(0, at) + random.pick(PIECES) + out.slice(at + (random.uniform() < 0.5 ? 0 : 3));
  }
  return out;
}
