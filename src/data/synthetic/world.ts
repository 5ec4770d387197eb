// The synthetic world on disk: class folders of MP4 files, and what is true of each clip in `truth.json`.
// Same seed, same pictures: clip `i` depends on the seed and on `i` alone, so a larger world begins with the smaller one.
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { WhereWhenError } from '../../errors.js';
import type { TruthClip } from '../../evaluate/index.js';
import { Random } from '../../random.js';
import { encodeVideo } from '../../video/index.js';
import { outputError, writeAtomically } from '../atomicFile.js';
import { renderClip } from './render.js';
import { actions, stage, writeScript, type Script } from './script.js';

/** What to make. */
export interface WorldOptions {
  /** Number of clips; the classes take turns. */
  clips: number;
  seed: number;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** What was made. */
export interface World {
  folder: string;
  clips: number;
  seed: number;
  classes: readonly string[];
  /** Path of `truth.json`. */
  truth: string;
}

const truthName = 'truth.json';

/**
 * Writes `clips` videos into class folders of `out` and, when all are whole, `truth.json`.
 * A world that lies there is replaced, whole or half-made.
 * Throws `usage` for fewer clips than classes or a folder that holds anything else, `output` where it cannot write.
 */
export async function renderWorld(
  out: string,
  { clips, seed, signal, onProgress }: WorldOptions,
): Promise<World> {
  checkCount(clips);
  // Truth goes first: at no moment does it stand beside clips of another world.
  for (const file of await checkFolder(out)) await rm(file);
  for (const action of actions) await makeFolder(join(out, action));
  const truths: Record<string, TruthClip> = {};
  for (let i = 0; i < clips; i++) {
    signal?.throwIfAborted();
    const { name, script } = castClip(seed, i);
    truths[name] = await renderFile(join(out, name), script);
    onProgress?.(i + 1, clips);
  }
  const truth = join(out, truthName);
  await writeAtomically(truth, `${JSON.stringify({ version: 1, clips: truths })}\n`);
  return { folder: out, clips, seed, classes: actions, truth };
}

/** Clip `i` of a world: its path relative to the world's folder, and its script. */
export function castClip(seed: number, i: number): { name: string; script: Script } {
  const action = actions[i % actions.length]!;
  const number = String(Math.floor(i / actions.length) + 1).padStart(4, '0');
  const script = writeScript(action, Random.from(seed, 'synthetic clip', i));
  return { name: `${action}/${action}_${number}.mp4`, script };
}

async function renderFile(path: string, script: Script): Promise<TruthClip> {
  const { width, height, frameRate } = stage;
  const frames: TruthClip['frames'] = [];
  async function* pictures(): AsyncGenerator<Uint8Array> {
    let index = 0;
    for (const { rgba, box } of renderClip(script)) {
      if (box) frames.push({ index, timeSeconds: index / frameRate, box });
      index++;
      yield new Uint8Array(rgba.buffer, rgba.byteOffset, rgba.byteLength);
    }
  }
  await encodeVideo(path, { width, height, frameRate, quality: 16, frames: pictures() });
  return {
    label: script.action,
    startSeconds: script.start / frameRate,
    endSeconds: script.end / frameRate,
    durationSeconds: script.frames / frameRate,
    width,
    height,
    frames,
  };
}

function checkCount(clips: number): void {
  if (Number.isInteger(clips) && clips >= actions.length) return;
  throw new WhereWhenError({
    code: 'usage',
    path: 'synth: --clips',
    expected: `a whole number of at least ${actions.length}, one clip a class`,
    received: String(clips),
  });
}

/** A clip of a world, or what a killed rendering left of one. */
const clipName = /^(.+)_\d{4,}\.mp4(\.\d+\.part)?$/;

/**
 * A world goes into a folder that is new, empty or holds a world: nobody's own files are mixed with it or
 * overwritten. Resolves with the files of the world that lies there, its truth first.
 */
async function checkFolder(out: string): Promise<string[]> {
  const files: string[] = [];
  for (const name of await namesIn(out)) {
    if (name === truthName) files.unshift(join(out, name));
    else if (!(actions as readonly string[]).includes(name)) throw notAWorld(out, name);
    else {
      for (const clip of await namesIn(join(out, name))) {
        if (clipName.exec(clip)?.[1] !== name) throw notAWorld(out, `${name}/${clip}`);
        files.push(join(out, name, clip));
      }
    }
  }
  return files;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw outputError(folder, cause);
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw outputError(folder, cause);
  }
}

function notAWorld(out: string, stranger: string): WhereWhenError {
  return new WhereWhenError({
    code: 'usage',
    path: out,
    expected: 'a new or empty folder, or a synthetic world',
    received: `a folder with "${stranger}"`,
    hint: 'name another folder',
  });
}
