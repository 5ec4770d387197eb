// The routes of api.ts over one library and its models. It knows no socket: a server listens with it, a static copy
// asks it for every file, a test calls it.
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import type { z } from 'zod';
import { WRITERS } from '../dataset/index.js';
import { type ErrorFacts, inputError, missingError, usageError, WhereWhenError } from '../errors.js';
import { METRICS_TYPE, metricsText, processFamilies, queueFamilies, queueStatus } from '../scale/index.js';
import {
  ClipLabels,
  JobRequest,
  RangeRequest,
  type QueueState,
  type ServerEvent,
  type ServerState,
} from './api.js';
import { exportLabels } from './exportLabels.js';
import { guard, type GuardOptions } from './guard.js';
import { answerAll } from './answerAll.js';
import { StaleLabels } from './labels.js';
import type { PageFile } from './pageFiles.js';
import { sendFile } from './sendFile.js';
import type { Served } from './served.js';
import { TooBusy } from './sharedWork.js';
import { readTraining } from './training.js';
import { takeUpload } from './uploads.js';

/** What is listened with. */
export interface AppOptions extends GuardOptions {
  page: ReadonlyMap<string, PageFile>;
  /** Hears of errors that are nobody's fault but ours. */
  onError?: (error: Error) => void;
}

/** The largest body of a request that is no upload: labels of a long clip. */
const BODY_LIMIT = 4 << 20;

/** Milliseconds between two signs of life on an event stream: proxies and lost lines are noticed. */
const HEARTBEAT = 15_000;

/** All routes. */
export function createApp(served: Served, options: AppOptions): Hono {
  const app = new Hono();
  app.use(served.counts.count);
  app.use(guard(options));
  addWatching(app, served);
  app.use('/api/*', async (c, next) => {
    c.header('Cache-Control', 'no-store');
    await next();
  });
  addReads(app, served);
  addClipRoutes(app, served);
  addWork(app, served);
  app.get('*', (c) => {
    const name = decoded(c.req.path).replace(/^\//, '') || 'index.html';
    const file = options.page.get(name);
    if (!file) return c.json({ error: missing(name).toJSON() }, 404);
    const isHashed = name.startsWith('assets/');
    c.header('Content-Type', file.type);
    c.header('Cache-Control', isHashed ? 'private, max-age=31536000, immutable' : 'no-cache');
    return c.body(file.bytes);
  });
  app.notFound((c) => c.json({ error: missing(c.req.path).toJSON() }, 404));
  app.onError((error, c) => {
    if (error instanceof StaleLabels) {
      const facts: ErrorFacts = {
        code: 'input',
        path: 'labels',
        expected: 'the latest revision',
        received: 'an older one',
      };
      return c.json({ error: facts, current: error.current }, 409);
    }
    if (c.req.raw.signal.aborted) return c.body(null, 499 as 400); // nobody reads it: the client left
    if (error instanceof TooBusy) {
      c.header('Retry-After', '2');
      return c.json({ error: busy(c.req.path, error) }, 503);
    }
    if (error instanceof WhereWhenError) return c.json({ error: error.toJSON() }, statusOf(error));
    options.onError?.(error);
    const facts: ErrorFacts = {
      code: 'internal',
      path: c.req.path,
      expected: 'an answer',
      received: error.message,
    };
    return c.json({ error: facts }, 500);
  });
  return app;
}

/** For Prometheus, and for the page of the queue. */
function addWatching(app: Hono, { queue, counts, jobs, library }: Served): void {
  app.get('/metrics', async (c) => {
    c.header('Cache-Control', 'no-store');
    c.header('Content-Type', METRICS_TYPE);
    const own = counts.families({ jobs: jobs.running, clips: library.size });
    const of = queue ? queueFamilies(await queueStatus(queue)) : [];
    return c.body(metricsText([...own, ...of, ...processFamilies()]));
  });
  app.get('/api/queue.json', async (c) => {
    if (!queue)
      throw missingError('queue', 'a queue that is served', 'none', 'wherewhen serve --queue ADDRESS');
    const status: QueueState = {
      shown: queue.shown,
      atSeconds: Date.now() / 1000,
      ...(await queueStatus(queue)),
    };
    return c.json(status);
  });
}

function busy(path: string, { message }: TooBusy): ErrorFacts {
  return { code: 'input', path, expected: 'less work at a time', received: message };
}

/** An address as text; one that is not encoded as addresses are names nothing, and stays as it is. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The JSON of a request. Throws `input` for a body that is none. */
async function jsonOf(c: Context, what: string): Promise<unknown> {
  try {
    return await c.req.json();
  } catch (cause) {
    const received = cause instanceof SyntaxError ? cause.message : String(cause);
    throw inputError(what, 'a body of JSON', received, undefined, cause);
  }
}

function addReads(app: Hono, served: Served): void {
  const { library, models, jobs, labels, title, mode, uploads, queue, counts, teach } = served;
  app.use('/api/*', async (_, next) => {
    await library.ready;
    await next();
  });
  app.get('/api/state.json', async (c) => {
    const entries = await Promise.all(models.keys().map((key) => models.entry(key)));
    const state: ServerState = {
      version: 1,
      mode,
      title,
      models: entries,
      clips: library.size,
      exportFormats: mode === 'server' && library.folder !== null ? WRITERS.map(({ format }) => format) : [],
      uploadLimit: mode === 'server' ? uploads.limit : 0,
      ...(queue && { hasQueue: true }),
      teach: await teach.entry(),
    };
    return c.json(state);
  });
  app.get('/api/clips.json', async (c) => {
    const list = library.list();
    const names = await labels?.names().catch(() => undefined); // a broken file is told where a clip is opened
    return c.json({ ...list, ...(names && { labelled: list.names.map((name) => names.has(name)) }) });
  });
  app.get('/api/models/:key/answers.json', async (c) => {
    const key = c.req.param('key');
    return c.json(await (await models.answers(key)).table(key));
  });
  app.get('/api/models/:key/training.json', async (c) =>
    c.json(await readTraining(models.folder(c.req.param('key')))),
  );
  app.get('/api/models/:key/audit.json', async (c) => {
    c.header('Content-Type', 'application/json');
    return c.body(await models.audit(c.req.param('key')));
  });
  app.get('/api/models/:key/web/:file', async (c) =>
    sendFile(c, await (await models.web(c.req.param('key'))).file(c.req.param('file'))),
  );
  app.get('/api/models/:key/clips/:id/features.safetensors', async (c) => {
    const clip = library.clip(c.req.param('id'));
    return sendFile(c, await (await models.web(c.req.param('key'))).features(clip));
  });
  app.get('/api/models/:key/clips/:file{.+\\.json}', async (c) => {
    const clip = library.clip(c.req.param('file').replace(/\.json$/, ''));
    const key = c.req.param('key');
    const answers = await models.answers(key);
    const isNew = !(await answers.isKnown(clip));
    const result = await answers.answer(clip, c.req.raw.signal);
    if (isNew) {
      counts.answered();
      jobs.tell({ kind: 'answered', model: key, clip: clip.id });
    }
    return c.json(result);
  });
  app.get('/api/teach/:file', async (c) => sendFile(c, await teach.file(c.req.param('file'))));
  app.get('/api/jobs.json', (c) => c.json({ jobs: jobs.list() }));
}

function addClipRoutes(app: Hono, { library, facts, labels, jobs }: Served): void {
  app.get('/api/clips/:id/info.json', async (c) =>
    c.json(await facts.info(library.clip(c.req.param('id')), c.req.raw.signal)),
  );
  app.get('/api/clips/:id/video.mp4', async (c) =>
    sendFile(c, await facts.video(library.clip(c.req.param('id')))),
  );
  app.get('/api/clips/:id/film.jpg', async (c) => {
    const clip = library.clip(c.req.param('id'));
    try {
      return await sendFile(c, await facts.film(clip));
    } catch (error) {
      if (!(error instanceof WhereWhenError)) throw error;
      return c.body(null, 204); // a clip that cannot be read has no picture; its facts say why
    }
  });
  app.post('/api/clips/:id/copy', async (c) => c.json(await facts.makeCopy(library.clip(c.req.param('id')))));
  app.get('/api/clips/:id/labels.json', async (c) => {
    const clip = library.clip(c.req.param('id'));
    const none: ClipLabels = { revision: '', truth: null };
    return c.json(labels ? await labels.get(clip.name) : none);
  });
  app.put('/api/clips/:id/labels.json', bodyLimit({ maxSize: BODY_LIMIT }), async (c) => {
    const clip = library.clip(c.req.param('id'));
    if (!labels) throw usageError('labels', 'a folder of clips: --data DIR');
    const saved = await labels.save(clip.name, parsed(ClipLabels, await jsonOf(c, 'labels'), 'labels'));
    jobs.tell({ kind: 'labels', clip: clip.id, revision: saved.revision });
    return c.json(saved);
  });
}

function addWork(app: Hono, served: Served): void {
  const { library, models, jobs, labels, uploads, teach } = served;
  const small = bodyLimit({ maxSize: BODY_LIMIT });
  app.post('/api/models/:key/clips/:id/range', small, async (c) => {
    const request = parsed(RangeRequest, await jsonOf(c, 'range'), 'range');
    const answers = await models.answers(c.req.param('key'));
    return c.json(await answers.range(library.clip(c.req.param('id')), request, c.req.raw.signal));
  });
  app.post('/api/jobs', small, async (c) => {
    return c.json(await answerAll(served, parsed(JobRequest, await jsonOf(c, 'job'), 'job')), 202);
  });
  app.post('/api/teach/hub', async (c) => {
    await teach.fetch();
    return c.json(await teach.entry());
  });
  app.delete('/api/jobs/:id', (c) => c.json(jobs.cancel(c.req.param('id'))));
  app.post('/api/uploads', async (c) => {
    const name = c.req.query('name') ?? '';
    return c.json(await takeUpload(uploads, library, { name, body: c.req.raw.body }), 201);
  });
  app.get('/api/labels/export', async (c) => {
    const { bytes, name } = await exportLabels(labels, c.req.query('format') ?? '');
    c.header('Content-Type', 'application/octet-stream');
    c.header('Content-Disposition', `attachment; filename="${name}"`);
    return c.body(bytes);
  });
  app.get('/api/events', (c) =>
    streamSSE(c, async (stream) => {
      const send = (event: ServerEvent): void => void stream.writeSSE({ data: JSON.stringify(event) });
      const end = jobs.listen(send);
      const beat = setInterval(() => void stream.write(': here\n\n'), HEARTBEAT);
      send({ kind: 'hello', started: served.started });
      await new Promise<void>((resolve) => stream.onAbort(resolve));
      clearInterval(beat);
      end();
    }),
  );
}

/** Checks the body of a request. Throws `usage` with the first field at fault. */
function parsed<T>(form: z.ZodType<T>, value: unknown, path: string): T {
  const result = form.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field = [path, ...issue.path.map(String)].join('.');
  throw usageError(field, issue.message);
}

function missing(path: string): WhereWhenError {
  return missingError(path, 'an address that is served');
}

function statusOf({ code }: WhereWhenError): 400 | 404 | 413 | 422 | 500 {
  if (code === 'usage') return 400;
  if (code === 'missing') return 404;
  return code === 'input' || code === 'format' || code === 'shape' ? 422 : 500;
}
