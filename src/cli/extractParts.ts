// `extract` in parts. What is computed lies in the store by its content; beside it each part keeps which clips it has seen, so
// that whoever joins them reads no clip again, and knows which of them are broken.
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { missingError } from '../errors.js';
import type { ClipEntry } from '../dataset/index.js';
import type { Divided, Part, PartDone, Piece } from '../scale/index.js';
import type { ExtractOptions, PreparedClips } from '../store/index.js';
import type { QueuedExtraction } from './queueHandlers.js';
import { makeByQueue } from './queueOption.js';
import type { Shell } from './shell.js';

/** What a part says of a clip: its key in the store. */
interface Stored {
  key: string;
}

/** Where parts keep what they have seen, below the store. */
const BESIDE = '.parts';

/** The clips, divided by their content; `settings` are all that shapes what is stored. */
export async function dividedExtraction(
  store: string,
  clips: readonly ClipEntry[],
  settings: unknown,
): Promise<Divided> {
  const { fingerprints } = await import('../savedModel/index.js');
  const { hashOf, piecesFolder } = await import('../scale/index.js');
  const prints = await fingerprints(clips.map(({ path }) => path));
  return {
    folder: piecesFolder(join(store, BESIDE), settings),
    keys: clips.map(({ name }, i) => hashOf(name, prints[i]!)),
    dealtBy: prints,
  };
}

/** Stores what is left of a part; clips that were stored before are only looked at. */
export async function extractPart(
  divided: Divided,
  part: Part,
  clips: readonly ClipEntry[],
  options: ExtractOptions,
): Promise<{ done: PartDone; prepared: PreparedClips }> {
  const { makePart } = await import('../scale/index.js');
  const { extractClips } = await import('../store/index.js');
  let prepared: PreparedClips = { clips: [], broken: [], warnings: [], reused: 0 };
  const done = await makePart<Stored>(divided, part, async function* (places): AsyncGenerator<{
    place: number;
    piece: Piece<Stored>;
  }> {
    const own = places.map((place) => clips[place]!);
    const placeOf = new Map(own.map(({ name }, i) => [name, places[i]!]));
    prepared = await extractClips(own, options);
    for (const { name, key } of prepared.clips)
      yield { place: placeOf.get(name)!, piece: { value: { key } } };
    for (const { clip, error } of prepared.broken) yield { place: placeOf.get(clip.name)!, piece: { error } };
  });
  return { done, prepared };
}

/** Has workers store what is left; false where the signal came first. Features come back where workers do not see the store. */
export async function extractByQueue(
  shell: Shell,
  address: string,
  divided: Divided,
  {
    clips,
    out,
    settings,
    signal,
  }: { clips: readonly ClipEntry[]; out: string; settings: QueuedExtraction; signal: AbortSignal },
): Promise<boolean> {
  const progress = shell.progress('extracting', 'clips');
  try {
    const { missing } = await makeByQueue(address, divided, {
      work: { kind: 'extract', settings, folder: out },
      clipAt: (place) => ({ path: resolve(clips[place]!.path), name: clips[place]!.name }),
      onError: () => undefined, // told where all is joined
      ...{ progress, signal },
    });
    return missing === 0;
  } finally {
    progress.stop();
  }
}

/** What one process would say of the store that all parts have filled. Throws `missing` unless they have. */
export async function gatherExtraction(
  divided: Divided,
  clips: readonly ClipEntry[],
  { store, shown }: { store: ExtractOptions['store']; shown: string },
): Promise<PreparedClips> {
  const { gatherParts } = await import('../scale/index.js');
  const all: PreparedClips = { clips: [], broken: [], warnings: [], reused: 0 };
  let place = 0;
  for await (const piece of gatherParts<Stored>(divided, shown)) {
    const clip = clips[place++]!;
    if ('error' in piece) all.broken.push({ clip, error: piece.error });
    else {
      await requireStored(store.fileOf(piece.value.key), clip);
      all.clips.push({ ...clip, key: piece.value.key });
    }
  }
  return { ...all, reused: all.clips.length };
}

async function requireStored(file: string, { name }: ClipEntry): Promise<void> {
  await stat(file).catch((cause: unknown) => {
    const hint = 'run the command without --gather: it stores what is missing';
    throw missingError(file, `the features of ${name}, which a part has stored`, 'no file', hint, cause);
  });
}
