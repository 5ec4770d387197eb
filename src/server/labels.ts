// What people say of clips: `labels.json` beside the data, in the form of `truth.json`, so that `evaluate --truth`
// reads it. Every clip has a revision; who saves upon an older one is refused and shown the newer.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../atomicFile.js';
import type { WrittenClip } from '../dataset/index.js';
import { WhereWhenError } from '../errors.js';
import { classAt, parseTruth, type Truth, type TruthClip } from '../truth.js';
import type { ClipLabels } from './api.js';

/** Thrown where somebody else saved in between; `current` is what they saved. */
export class StaleLabels extends Error {
  constructor(readonly current: ClipLabels) {
    super('these labels were changed elsewhere since they were read');
  }
}

/** The labels of one data set. Savings are done one after the other. */
export class Labels {
  readonly #file: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#file = join(folder, 'labels.json');
  }

  async get(name: string): Promise<ClipLabels> {
    return labelsOf((await this.#read()).clips[name] ?? null);
  }

  /** Saves (`null`: takes away) what is labelled of a clip. Throws {@link StaleLabels}, and `output`. */
  save(name: string, { revision, truth }: ClipLabels): Promise<ClipLabels> {
    const work = async (): Promise<ClipLabels> => {
      const all = await this.#read(); // each time anew: another program may have written it
      const current = labelsOf(all.clips[name] ?? null);
      if (current.revision !== revision) throw new StaleLabels(current);
      const clips = { ...all.clips };
      if (truth) clips[name] = truth;
      else Reflect.deleteProperty(clips, name);
      await writeAtomically(this.#file, `${JSON.stringify({ version: 1, clips }, null, 1)}\n`);
      return labelsOf(truth);
    };
    const saved = this.#last.then(work, work);
    this.#last = saved.catch(() => undefined);
    return saved;
  }

  /** All labelled clips in the form of the annotation writers. */
  async written(): Promise<WrittenClip[]> {
    return Object.entries((await this.#read()).clips).map(([name, truth]) => writtenClip(name, truth));
  }

  async #read(): Promise<Truth> {
    let text: string;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { version: 1, clips: {} };
      throw new WhereWhenError(
        { code: 'missing', path: this.#file, expected: 'a readable labels.json' },
        { cause },
      );
    }
    try {
      return parseTruth(JSON.parse(text), this.#file);
    } catch (cause) {
      if (cause instanceof WhereWhenError) throw cause;
      throw new WhereWhenError(
        { code: 'format', path: this.#file, expected: 'JSON', received: (cause as Error).message },
        { cause },
      );
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
