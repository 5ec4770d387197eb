// The synthetic world on disk: class folders of MP4 files, and what is true of each clip in `truth.json`. Clips with
// several actions belong into no class folder: they lie in `clips`, and `labels.csv` lists the classes of each.
// Same seed, same pictures: clip `i` depends on the seed and on `i` alone, so a larger world begins with the smaller one.
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { usageError, WhereWhenError } from '../../errors.js';
import type { TruthClip } from '../../truth.js';
import { Random } from '../../random.js';
import { encodeVideo } from '../../video/index.js';
import { writeError, writeAtomically } from '../../atomicFile.js';
import { renderClip } from './render.js';
import { actions, actsOf, stage, writeScript, type Script } from './script.js';

/** What to make. */
export interface WorldOptions {
  /** Number of clips; the classes take turns. */
  clips: number;
  seed: number;
  /** Actions a clip, each of another class, one after another. */
  actions?: number;
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
  /** Path of `labels.csv`, where clips have several actions: a line for each class of each clip, no times. */
  labels?: string;
}

const truthName = 'truth.json';
const labelsName = 'labels.csv';
const sharedFolder = 'clips';

/** Beyond this the acts of a clip become too short to be seen by a few sampled frames. */
const mostActions = 4;

/**
 * Writes `clips` videos into class folders of `out`, or with several actions a clip into its folder `clips`, and, when all
 * are whole, `labels.csv` for those and `truth.json`. A world that lies there is replaced, whole or half-made.
 * Throws `usage` for fewer clips than classes, an impossible number of actions or a folder that holds anything else,
 * `output` where it cannot write.
 */
export async function renderWorld(
  out: string,
  { clips, seed, actions: perClip = 1, signal, onProgress }: WorldOptions,
): Promise<World> {
  checkCounts(clips, perClip);
  // Truth goes first: at no moment does it stand beside clips of another world.
  for (const file of await checkFolder(out)) await rm(file);
  for (const folder of perClip === 1 ? actions : [sharedFolder]) await makeFolder(join(out, folder));
  const truths: Record<string, TruthClip> = {};
  for (let i = 0; i < clips; i++) {
    signal?.throwIfAborted();
    const { name, script } = castClip(seed, i, perClip);
    truths[name] = await renderFile(join(out, name), script);
    onProgress?.(i + 1, clips);
  }
  const [truth, labels] = [join(out, truthName), join(out, labelsName)];
  if (perClip > 1) await writeAtomically(labels, labelList(truths));
  await writeAtomically(truth, `${JSON.stringify({ version: 1, clips: truths })}\n`);
  return { folder: out, clips, seed, classes: actions, truth, ...(perClip > 1 && { labels }) };
}

/** Whether `folder` is such a world: its truth is there, and nothing that no world has. */
export async function isSyntheticWorld(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => []);
  const known: readonly string[] = [truthName, labelsName, sharedFolder, ...actions];
  return names.includes(truthName) && names.every((name) => known.includes(name));
}

/** Clip `i` of a world: its path relative to the world's folder, and its script. */
export function castClip(seed: number, i: number, perClip = 1): { name: string; script: Script } {
  const action = actions[i % actions.length]!;
  if (perClip === 1) {
    const number = String(Math.floor(i / actions.length) + 1).padStart(4, '0');
    const script = writeScript(action, Random.from(seed, 'synthetic clip', i));
    return { name: `${action}/${action}_${number}.mp4`, script };
  }
  const random = Random.from(seed, 'synthetic clip', i, 'actions', perClip);
  const others = random.shuffle(actions.filter((one) => one !== action)).slice(0, perClip - 1);
  const [first, ...more] = random.shuffle([action, ...others]);
  const name = `${sharedFolder}/clip_${String(i + 1).padStart(4, '0')}.mp4`;
  return { name, script: writeScript(first!, random, more) };
}

/** The classes of each clip, in the order of the classes: nothing tells which comes first in time. */
function labelList(truths: Readonly<Record<string, TruthClip>>): string {
  const lines = Object.entries(truths).flatMap(([name, { instances = [] }]) =>
    instances
      .map(({ label }) => label)
      .sort(byTurn)
      .map((label) => `${name},${label}\n`),
  );
  return `clip,label\n${lines.join('')}`;
}

function byTurn(a: string, b: string): number {
  const classes: readonly string[] = actions;
  return classes.indexOf(a) - classes.indexOf(b);
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
  const instances = actsOf(script).map(({ action, start, end }) => ({
    label: action,
    startSeconds: start / frameRate,
    endSeconds: end / frameRate,
  }));
  const [first] = [...instances].sort((a, b) => byTurn(a.label, b.label));
  return {
    ...first!,
    durationSeconds: script.frames / frameRate,
    width,
    height,
    frames,
    ...(instances.length > 1 && { instances }),
  };
}

function checkCounts(clips: number, perClip: number): void {
  const fail = (path: string, expected: string, received: number): never => {
    throw usageError(path, expected, String(received));
  };
  const least = actions.length;
  if (!(Number.isInteger(clips) && clips >= least))
    fail('synth: --clips', `a whole number of at least ${least}, one clip a class`, clips);
  if (!(Number.isInteger(perClip) && perClip >= 1 && perClip <= mostActions))
    fail('synth: --actions', `a whole number from 1 to ${mostActions}`, perClip);
}

/** A clip of a world, or what a killed rendering left of one. */
const clipName = /^(.+)_\d{4,}\.mp4(\.[\w-]+\.part)?$/;

/**
 * A world goes into a folder that is new, empty or holds a world: nobody's own files are mixed with it or
 * overwritten. Resolves with the files of the world that lies there, its truth first.
 */
async function checkFolder(out: string): Promise<string[]> {
  const files: string[] = [];
  for (const name of await namesIn(out)) {
    const clipsOf = name === sharedFolder ? 'clip' : name;
    if (name === truthName) files.unshift(join(out, name));
    else if (name === labelsName) files.push(join(out, name));
    else if (![...actions, sharedFolder].includes(name)) throw notAWorld(out, name);
    else {
      for (const clip of await namesIn(join(out, name))) {
        if (clipName.exec(clip)?.[1] !== clipsOf) throw notAWorld(out, `${name}/${clip}`);
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
    throw writeError(folder, cause);
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw writeError(folder, cause);
  }
}

function notAWorld(out: string, entry: string): WhereWhenError {
  return usageError(
    out,
    'a new or empty folder, or a synthetic world',
    `a folder with "${entry}"`,
    'name another folder',
  );
}
