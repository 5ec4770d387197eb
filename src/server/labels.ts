// What people say of clips: `labels.json` beside the data, in the form of `truth.json`, so that `evaluate --truth`
// reads it. Every clip has a revision; who saves upon an older one is refused and shown the newer. Several servers, and
// machines that share the folder, may save into it: each reads, compares and replaces while it holds a lock.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceUnchanged } from '../atomicFile.js';
import { takeLock, whileHeld } from '../lock.js';
import type { WrittenClip } from '../dataset/index.js';
import { mendedNotes, type Mended } from '../dataset/formats/mending.js';
import { formatError, missingError, WhereWhenError } from '../errors.js';
import { ownValue } from '../ownValue.js';
import { classAt, type Truth, type TruthClip } from '../truth.js';
import { parseTruth, soundTruthClip } from '../evaluate/soundTruth.js';
import type { ClipLabels } from './api.js';

/** Thrown where somebody else saved in between; `current` is what they saved. */
export class StaleLabels extends Error {
  constructor(readonly current: ClipLabels) {
    super('these labels were changed elsewhere since they were read');
  }
}

/** Seconds that a saving waits for those of other processes. */
const PATIENCE = 20;

/** The labels of one data set. Savings are done one after the other. */
export class Labels {
  readonly #file: string;
  readonly #lock: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#file = join(folder, 'labels.json');
    this.#lock = join(folder, '.labels.json.lock');
  }

  async get(name: string): Promise<ClipLabels> {
    return labelsOf(ownValue((await this.#read()).clips, name) ?? null);
  }

  /**
   * Saves (`null`: takes away) what is labelled of a clip, mended by the rules of the readers; the answer holds what was
   * saved, and `notes` of what was mended. Throws {@link StaleLabels}, `usage` where other processes are
   * saving all the while, and `output`.
   */
  save(name: string, { revision, truth }: ClipLabels): Promise<ClipLabels> {
    const mended: Mended = new Map();
    const request = { revision, truth: truth && soundTruthClip(truth, mended) };
    const notes = mendedNotes(mended, name);
    const work = (): Promise<ClipLabels> =>
      whileHeld(takeLock(this.#lock, { waitSeconds: PATIENCE }), async () => {
        // programs that know of no lock may write the file too: then once more, upon what they wrote
        while (!(await this.#replace(name, request)));
        return { ...labelsOf(request.truth), ...(notes.length > 0 && { notes }) };
      });
    const saved = this.#last.then(work, work);
    this.#last = saved.catch(() => undefined);
    return saved;
  }

  /** Names of the clips that have labels. */
  async names(): Promise<Set<string>> {
    return new Set(Object.keys((await this.#read()).clips));
  }

  /** All labelled clips in the form of the annotation writers. */
  async written(): Promise<WrittenClip[]> {
    return Object.entries((await this.#read()).clips).map(([name, truth]) => writtenClip(name, truth));
  }

  /** False where the file was changed between reading and writing. */
  async #replace(name: string, { revision, truth }: ClipLabels): Promise<boolean> {
    const read = await this.#bytes();
    const { clips: all } = this.#parsed(read);
    const current = labelsOf(ownValue(all, name) ?? null);
    if (current.revision !== revision) throw new StaleLabels(current);
    const clips = { ...all };
    if (truth) clips[name] = truth;
    else Reflect.deleteProperty(clips, name);
    return replaceUnchanged(this.#file, {
      read,
      bytes: `${JSON.stringify({ version: 1, clips }, null, 1)}\n`,
    });
  }

  async #read(): Promise<Truth> {
    return this.#parsed(await this.#bytes());
  }

  async #bytes(): Promise<Buffer | undefined> {
    try {
      return await readFile(this.#file);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw missingError(this.#file, 'a readable labels.json', undefined, undefined, cause);
    }
  }

  #parsed(bytes: Buffer | undefined): Truth {
    if (bytes === undefined) return { version: 1, clips: {} };
    try {
      return parseTruth(JSON.parse(bytes.toString('utf8')), this.#file);
    } catch (cause) {
      if (cause instanceof WhereWhenError) throw cause;
      throw formatError(this.#file, 'JSON', (cause as Error).message, undefined, cause);
    }
  }
}

function labelsOf(truth: TruthClip | null): ClipLabels {
  const revision = truth ? createHash('sha256').update(JSON.stringify(truth)).digest('hex').slice(0, 16) : '';
  return { revision, truth };
}

/** Boxes of one thing and class that follow each other are one track; a frame without one ends it. */
function tracksOf(truth: TruthClip): WrittenClip['tracks'] {
  const things = truth.actors ?? [{ label: null, frames: truth.frames }];
  const tracks: WrittenClip['tracks'] = [];
  for (const { label, frames } of things) {
    let isOpen = false;
    for (const { index, timeSeconds, box } of frames) {
      const own = label ?? classAt(truth, timeSeconds);
      const goesOn = isOpen && tracks.at(-1)!.label === own;
      isOpen = box !== null;
      if (box === null) continue;
      if (!goesOn) tracks.push({ id: String(tracks.length + 1), label: own, boxes: [] });
      tracks.at(-1)!.boxes.push({ frame: index, timeSeconds, box });
    }
  }
  return tracks;
}

function writtenClip(clip: string, truth: TruthClip): WrittenClip {
  const { label, width, height, frames, startSeconds, endSeconds } = truth;
  const durationSeconds = truth.durationSeconds ?? endSeconds;
  const last = frames.at(-1);
  const frameRate = last && last.timeSeconds > 0 ? last.index / last.timeSeconds : 25;
  const segments = truth.instances ?? [{ label, startSeconds, endSeconds }];
  const tracks = tracksOf(truth);
  return {
    clip,
    labels: [...new Set([label, ...[...segments, ...tracks].map((one) => one.label)])],
    frames: Math.max((last?.index ?? 0) + 1, Math.round(durationSeconds * frameRate)),
    durationSeconds,
    frameRate,
    width,
    height,
    boxUnit: 'pixels',
    segments,
    tracks,
  };
}
