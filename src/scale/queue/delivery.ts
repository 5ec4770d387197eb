// What a worker hands back, and how the producer takes it: a value, and where the two share no disk files below the work's
// folder. Short results are the line itself; long ones and files travel beside it in pieces.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, normalize, sep } from 'node:path';
import { writeAtomically, writeError } from '../../atomicFile.js';
import { formatError } from '../../errors.js';
import { putBlob, takeBlob, type Blob } from './blobs.js';
import { lineOf, type Line, type QueuedWork, type SentFile } from './form.js';
import { names, type QueueLink } from './link.js';

/** A value, and files below `folder` that go with it; they are removed once they are sent, unless they are kept. */
export class Delivery {
  constructor(
    readonly value: unknown,
    readonly folder: string,
    readonly files: readonly string[],
    readonly isKept = false,
  ) {}
}

/** Where a handler puts files: the producer's own folder where this machine sees it, else one of its own. */
export interface WorkPlace {
  folder: string;
  /** Whether the producer sees it too. */
  isShared: boolean;
}

/** Lines above so many characters travel in pieces. */
const SHORT = 64 * 1024;

/** The line of what was made; files and a long value are put beside it. Throws `NoTaker`. */
export async function sent(
  link: QueueLink,
  { holder, key }: { holder: string; key: string },
  made: unknown,
): Promise<string> {
  const to = { holder, key };
  const files: SentFile[] = [];
  if (made instanceof Delivery) {
    for (const name of made.files)
      files.push({ name, ...(await putBlob(link, to, await readFile(join(made.folder, name)))) });
    if (!made.isKept) for (const name of made.files) await rm(join(made.folder, name), { force: true });
  }
  const line = lineOf(key, { value: made instanceof Delivery ? made.value : made }, files);
  if (line.length <= SHORT) return line;
  return JSON.stringify({ key, whole: await putBlob(link, to, Buffer.from(line)) });
}

/** Reads a line, and writes its files below `folder`. Throws `format` for bytes that are not whole, and `output`. */
export async function received(
  link: QueueLink,
  text: string,
  { holder, folder }: { holder: string; folder?: string },
): Promise<Line> {
  const { whole, ...line } = JSON.parse(text) as Line & { whole?: Blob };
  if (whole) {
    const long = (await takeBlob(link, holder, whole)).toString('utf8');
    return received(link, long, { holder, folder });
  }
  for (const file of line.files ?? []) {
    const bytes = await takeBlob(link, holder, file);
    await writeAtomically(join(folder ?? '.', safeName(file.name, folder, link.shown)), bytes);
  }
  return line;
}

/** The key of a line that could not be read whole. */
export function keyIn(text: string): string {
  return (JSON.parse(text) as Line).key;
}

/** Throws `format` for a name that leads out of the folder. */
function safeName(name: string, folder: string | undefined, shown: string): string {
  const plain = normalize(name);
  const isInside = !plain.startsWith('..') && !plain.startsWith(sep) && !/^[a-z]:/i.test(plain);
  if (folder !== undefined && isInside) return plain;
  throw formatError(shown, 'files below the folder of the work', name);
}

/** Lets workers find out whether they see the producer's folder: a file with a word that only this producer knows. */
export async function markFolder(
  { redis }: QueueLink,
  { id, folder }: QueuedWork,
): Promise<() => Promise<void>> {
  if (folder === undefined) return async () => undefined;
  const [word, path] = [randomUUID(), markOf(folder, id)];
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path, word);
  } catch (cause) {
    throw writeError(path, cause);
  }
  await redis.hset(names.marks, id, word);
  return () => rm(path, { force: true });
}

/** Where files of this work go on this machine; `remove` takes a folder of one's own away. */
export async function workPlace(
  { redis }: QueueLink,
  { id, folder }: Pick<QueuedWork, 'id' | 'folder'>,
): Promise<WorkPlace & { remove(): Promise<void> }> {
  const word = await redis.hget(names.marks, id);
  if (folder !== undefined && word !== null && (await isSeen(folder, id, word)))
    return { folder, isShared: true, remove: async () => undefined };
  const own = await mkdtemp(join(tmpdir(), 'wherewhen-worker-'));
  return { folder: own, isShared: false, remove: () => rm(own, { recursive: true, force: true }) };
}

/** A folder that can be seen and not written is as good as none. */
async function isSeen(folder: string, id: string, word: string): Promise<boolean> {
  const seen = await readFile(markOf(folder, id), 'utf8').catch(() => undefined);
  if (seen !== word) return false;
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function markOf(folder: string, id: string): string {
  return join(folder, `.wherewhen.queue-${id}`);
}
