// The page as files that any web server can hand out: the routes' own answers, written under their own names. Every
// clip is answered by every model first, so that nothing needs to be computed afterwards.
import { join } from 'node:path';
import { writeAtomically } from '../atomicFile.js';
import { WhereWhenError } from '../errors.js';
import { webFiles } from '../infer/webModel.js';
import { createApp } from './app.js';
import { builtPage, readPage } from './pageFiles.js';
import type { Served } from './served.js';
import { teachFiles } from './teachBackbone.js';

/** How a copy is made. */
export interface StaticCopyOptions {
  /** Folder of the built page. */
  page?: string;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** What was written, and what could not be. */
export interface StaticCopy {
  files: number;
  bytes: number;
  /** Clips that could not be read or answered, each with its reason; the rest is there. */
  broken: string[];
}

/**
 * Writes page, clips and answers into `out`. `served` must have been opened with `mode: 'static'`.
 * Throws `output`, `missing` where the page was not built, and the reason of an abort.
 */
export async function writeStatic(
  out: string,
  served: Served,
  { page = builtPage(), signal, onProgress }: StaticCopyOptions = {},
): Promise<StaticCopy> {
  const files = await readPage(page);
  let [count, bytes] = [0, 0];
  const write = async (path: string, body: Uint8Array): Promise<void> => {
    await writeAtomically(join(out, path), body);
    count++;
    bytes += body.length;
  };
  const { broken } = await copyAnswers(served, write, { signal, onProgress });
  for (const [path, file] of files) await write(path, file.bytes); // the page comes last: before it there is nothing to open
  return { files: count, bytes, broken };
}

/** Takes what the routes answer: its address without the leading slash, the bytes, and what they are. */
export type Sink = (path: string, bytes: Uint8Array, type: string) => Promise<void>;

/** Hands every answer that a page without a server needs to `write`. Throws what answering and `write` throw. */
export async function copyAnswers(
  served: Served,
  write: Sink,
  { signal, onProgress }: Omit<StaticCopyOptions, 'page'>,
): Promise<Pick<StaticCopy, 'broken'>> {
  const app = createApp(served, { host: '127.0.0.1', token: null, page: new Map() });
  const broken: string[] = [];
  const fetched = async (path: string): Promise<void> => {
    const response = await app.request(`http://localhost/${path}`, { headers: { host: 'localhost' } });
    if (!response.ok) throw await faultOf(response);
    const type = (response.headers.get('content-type') ?? 'application/octet-stream').replace(/;.*/, '');
    await write(path, new Uint8Array(await response.arrayBuffer()), type);
  };
  const keys = served.models.keys();
  const clips = [...served.library.clips()];
  for (const [done, clip] of clips.entries()) {
    signal?.throwIfAborted();
    onProgress?.(done, clips.length);
    try {
      if ((await served.facts.info(clip)).copy === 'needed') await served.facts.makeCopy(clip);
      const own = ['info.json', 'video.mp4', 'film.jpg', 'labels.json'];
      for (const name of own) await fetched(`api/clips/${clip.id}/${name}`);
      for (const key of await answering(served, keys))
        await fetched(`api/models/${key}/clips/${clip.id}.json`);
    } catch (error) {
      if (!(error instanceof WhereWhenError) || error.code === 'output') throw error;
      broken.push(`${clip.name}: ${error.message}`);
      served.library.leaveOut(clip, 'it cannot be read');
    }
  }
  for (const key of keys) {
    const { id, hasTraining, hasAudit } = await served.models.entry(key);
    if (id !== null) {
      await fetched(`api/models/${key}/answers.json`);
      for (const name of Object.values(webFiles)) await fetched(`api/models/${key}/web/${name}`);
    }
    if (hasTraining) await fetched(`api/models/${key}/training.json`);
    if (hasAudit) await fetched(`api/models/${key}/audit.json`);
  }
  if ((await served.teach.entry())?.backbone)
    for (const name of Object.values(teachFiles)) await fetched(`api/teach/${name}`);
  for (const path of ['api/state.json', 'api/clips.json']) await fetched(path);
  onProgress?.(clips.length, clips.length);
  return { broken };
}

/** Keys of folders that have a model. */
async function answering({ models }: Served, keys: readonly string[]): Promise<string[]> {
  const entries = await Promise.all(keys.map((key) => models.entry(key)));
  return entries.filter(({ id }) => id !== null).map(({ key }) => key);
}

async function faultOf(response: Response): Promise<WhereWhenError> {
  const { error } = (await response.json()) as { error: ConstructorParameters<typeof WhereWhenError>[0] };
  return new WhereWhenError(error);
}
