// Everything that a server answers from: clips, models, labels, work under way.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { writeAtomically } from '../atomicFile.js';
import type { BackboneSettings } from '../backbone/index.js';
import type { OpenModelOptions } from '../savedModel/index.js';
import { openQueue, QueueAsker, type QueueAddress, type QueueLink } from '../scale/index.js';
import type { ServerState } from './api.js';
import { cacheFolder } from './cacheFolder.js';
import { ClipFactsCache } from './clipFacts.js';
import { Jobs } from './jobs.js';
import { Labels } from './labels.js';
import { Library } from './library.js';
import { Models } from './models.js';
import { ServerCounts } from './serverCounts.js';
import { TeachBackbone } from './teachBackbone.js';
import { listUploads, type Uploads } from './uploads.js';

/** What is served, and how. */
export interface ServedOptions {
  models: readonly string[];
  /** One of `models` whose training this process runs: it may have no file yet. */
  running?: string;
  data?: string;
  truth?: string;
  /** Where answers, strips and copies are kept; by default the user's cache folder, else one that goes. */
  cache?: string;
  open?: OpenModelOptions;
  /** The network that the page "Teach" looks with. */
  backbone?: BackboneSettings;
  mode?: ServerState['mode'];
  /** Seconds after which a large folder is served while its listing goes on; by default all is listed first. */
  patience?: number;
  /** Bytes that an upload may have. */
  uploadLimit?: number;
  /** Where answers are asked of workers instead of being computed here; it is closed with the rest. */
  queue?: QueueAddress;
  /** Told what was mended of the truth, and that the default cache cannot be written and another is taken. */
  onNote?: (text: string) => void;
}

/** What the routes look at. */
export interface Served {
  library: Library;
  models: Models;
  facts: ClipFactsCache;
  labels: Labels | null;
  jobs: Jobs;
  uploads: Uploads;
  teach: TeachBackbone;
  title: string;
  mode: ServerState['mode'];
  started: number;
  /** The queue whose workers answer; null where this process does. */
  queue: QueueLink | null;
  /** What this process has done, for those who watch it. */
  counts: ServerCounts;
  /** Serves one more folder, whose training this process begins now, and tells the pages. */
  follow(folder: string): void;
  close(): Promise<void>;
}

/** 512 MB. */
const UPLOAD_LIMIT = 512e6;

/** Opens folders for serving. Throws what listing and reading them throws. */
export async function openServed(options: ServedOptions): Promise<Served> {
  const { data = null, truth, mode = 'server', uploadLimit = UPLOAD_LIMIT, patience } = options;
  const notes: string[] = [];
  const library = await Library.open(data, truth, notes, patience);
  void library.ready.then(() => notes.forEach((note) => options.onNote?.(note))).catch(() => undefined);
  const cache = await cacheOf(options);
  const uploads = { folder: join(cache.folder, 'uploads'), limit: uploadLimit };
  if (mode === 'server') await listUploads(uploads, library);
  const jobs = new Jobs();
  const queue = options.queue ? await openQueue(options.queue) : null;
  const asker = queue ? new QueueAsker(queue) : undefined;
  const endQueue = async (): Promise<void> => {
    await asker?.[Symbol.asyncDispose]();
    await queue?.[Symbol.asyncDispose]();
  };
  const models = await Models.open(options.models, {
    ...{ library, cache: cache.folder, asker },
    ...{ open: options.open, running: options.running },
  }).catch(async (error: unknown) => {
    await endQueue();
    await cache.end();
    throw error;
  });
  const watch = mode === 'server' ? watchTraining(models, jobs) : undefined;
  const { device, threads } = options.open ?? {};
  const teach = new TeachBackbone({
    ...{ settings: options.backbone, cache: cache.folder, open: { device, threads } },
    isNamedOnly: mode === 'static' || options.models.length > 0,
  });
  const facts = new ClipFactsCache(library, { folder: cache.folder, jobs });
  return {
    library,
    models,
    jobs,
    mode,
    facts,
    teach,
    labels: data === null ? null : new Labels(data),
    uploads,
    title: data === null ? 'wherewhen' : basename(resolve(data)),
    started: Date.now(),
    queue,
    counts: new ServerCounts(),
    follow: (folder) => jobs.tell({ kind: 'training', model: models.follow(folder) }),
    close: async () => {
      clearInterval(watch);
      await Promise.all([jobs.close(), facts.close()]);
      await models.close();
      await endQueue();
      await cache.end();
    },
  };
}

async function cacheOf({
  cache,
  data,
  onNote,
}: ServedOptions): Promise<{ folder: string; end: () => Promise<void> }> {
  const wanted = cache ?? (data === undefined ? undefined : await cacheFolder(data));
  if (wanted !== undefined) {
    try {
      await writeAtomically(
        join(wanted, 'README'),
        'Answers and pictures kept by `wherewhen serve`; may be deleted.\n',
      );
      return { folder: wanted, end: async () => undefined };
    } catch (error) {
      if (cache !== undefined) throw error;
      onNote?.(
        `${wanted} cannot be written: answers are kept only while this server runs (or name a --cache)`,
      );
    }
  }
  const folder = await mkdtemp(join(tmpdir(), 'wherewhen-serve-'));
  return { folder, end: () => rm(folder, { recursive: true, force: true }) };
}

/** Milliseconds between two looks at the files of a training. */
const LOOK = 1000;

/** Tells when the files of a training change. Files are looked at, not watched: that works on network drives too. */
function watchTraining(models: Models, jobs: Jobs): NodeJS.Timeout {
  const seen = new Map<string, number>();
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    for (const key of models.keys()) {
      const changed = await models.trainingChanged(key);
      if (changed !== (seen.get(key) ?? changed)) jobs.tell({ kind: 'training', model: key });
      seen.set(key, changed);
    }
    isLooking = false;
  };
  void look();
  return setInterval(() => void look(), LOOK).unref();
}
