// What the model of an epoch says of a few clips, for people who watch it learn: weights and masks, a line an epoch in
// `samples.jsonl`. A resumed run drops the lines of epochs that it makes again.
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { classIndicesOf } from '../../dataset/clipClasses.js';
import { writeError, writeAtomically } from '../../atomicFile.js';
import type { Batches } from '../../store/batches.js';
import { EpochSamples, runFiles, type EpochSample } from '../../epoch.js';
import { isBehind } from './log.js';
import type { Program } from '../../runtime/index.js';
import type { Tensor } from '../../tensor.js';

/** Clips that are looked at: enough to see a habit, few enough to cost nothing. */
const CLIPS = 4;

/** Up to `count` clips: one of each class in turn, then a second of each, as long as there are any. */
export function ofDifferentClasses<T extends { classIndex: number }>(
  clips: readonly T[],
  count: number,
): T[] {
  const seen = new Map<number, number>();
  const ranked = clips.map((clip) => {
    const rank = seen.get(clip.classIndex) ?? 0;
    seen.set(clip.classIndex, rank + 1);
    return { clip, rank };
  });
  const inTurn = ranked.sort((a, b) => a.rank - b.rank); // keeps the order of equal ranks
  return inTurn.slice(0, count).map(({ clip }) => clip);
}

/**
 * Clips of different classes of `batches` as the model stands. Masks that are a distribution over the cells (joint attention) are
 * scaled to each clip's largest; the others are in 0..1 as they are.
 */
export async function takeSamples(
  program: Program,
  batches: Batches,
  { classes, isDistribution }: { classes: readonly string[]; isDistribution: boolean },
): Promise<EpochSample[]> {
  const samples: EpochSample[] = [];
  for await (const { inputs, clips } of batches.all(ofDifferentClasses(batches.clips, CLIPS))) {
    const wanted = ['probabilities', 'weights', 'masks'];
    const { probabilities, weights, masks } = await program.run(inputs, { outputs: wanted, transfer: true });
    const [, , height, width] = masks!.shape as [number, number, number, number];
    const here = clips.slice(0, CLIPS - samples.length).map((clip, i) => {
      const scores = partOf(probabilities!, i);
      const top = scores.reduce((best, score, k) => (score > scores[best]! ? k : best), 0);
      const label = classIndicesOf(clip).includes(top) ? top : clip.classIndex; // any class of the clip is right
      return {
        ...{ clip: clip.name, label: classes[label]!, answer: classes[top]!, height, width },
        probability: rounded(scores[top]!),
        weights: Array.from(meanOfRows(partOf(weights!, i), weights!.shape.at(-1)!), rounded),
        masks: packed(partOf(masks!, i), isDistribution),
      };
    });
    samples.push(...here);
    if (samples.length === CLIPS) break;
  }
  return samples;
}

/** Adds the line of an epoch. Throws `output`. */
export async function appendSamples(folder: string, line: EpochSamples): Promise<void> {
  const path = join(folder, runFiles.samples);
  await appendFile(path, `${JSON.stringify(line)}\n`).catch((cause: unknown) => {
    throw writeError(path, cause);
  });
}

/** Keeps the lines of the epochs that `trimLog` keeps, and says which. */
export async function trimSamples(
  folder: string,
  last: number,
  isRefit = false,
): Promise<Pick<EpochSamples, 'epoch' | 'isRefit'>[]> {
  const path = join(folder, runFiles.samples);
  const text = await readFile(path, 'utf8').catch(() => '');
  const kept = text.split('\n').flatMap((line) => {
    try {
      const { epoch, isRefit: mark } = EpochSamples.parse(JSON.parse(line));
      const kept = { epoch, isRefit: mark, line };
      return isBehind(kept, last, isRefit) ? [kept] : [];
    } catch {
      return []; // empty, or cut by a kill
    }
  });
  await writeAtomically(path, kept.map(({ line }) => `${line}\n`).join(''));
  return kept;
}

/** Clip `i` of a tensor whose first axis is clips. */
function partOf({ data, shape }: Tensor, i: number): Float32Array {
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  return (data as Float32Array).subarray(i * size, (i + 1) * size);
}

/** The mean over `T` rows of `n` values. */
function meanOfRows(rows: Float32Array, n: number): Float32Array {
  const T = rows.length / n;
  return Float32Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let t = 0; t < T; t++) sum += rows[t * n + i]!;
    return sum / T;
  });
}

function packed(masks: Float32Array, isDistribution: boolean): string {
  const top = isDistribution ? Math.max(...masks, 1e-12) : 1;
  return Buffer.from(Uint8Array.from(masks, (value) => Math.round((255 * value) / top))).toString('base64');
}

function rounded(value: number): number {
  return Number(value.toFixed(5));
}
