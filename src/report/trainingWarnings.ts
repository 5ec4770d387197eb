// What is wrong with a training, in words: read from its losses and from what its model says of a few clips.
// The bounds are ours, chosen so that a healthy run of the demo says nothing.
import type { EpochRow, EpochSamples } from '../epoch.js';
import { percent, words } from '../page/sentences.js';

/** A mask whose mean lies beyond these says nothing of place. */
const SATURATED = { low: 0.02, high: 0.98 } as const;

/** Entropy of the weights as a share of the largest: above this all frames count alike. */
const UNIFORM = 0.995;

/** Epochs over which a term must stay exactly zero to be called dead. */
const DEAD_EPOCHS = 2;

/** Warnings about the last epochs, worst first. `weights` are the weights of the loss terms. */
export function trainingWarnings(
  rows: readonly EpochRow[],
  {
    samples = [],
    weights = {},
  }: { samples?: readonly EpochSamples[]; weights?: Record<string, number> } = {},
): string[] {
  return [
    ...brokenLosses(rows),
    ...saturatedMasks(samples.at(-1)),
    ...deadTerms(rows, weights),
    ...uniformWeights(samples.at(-1)),
    ...overfit(rows),
  ];
}

function brokenLosses(rows: readonly EpochRow[]): string[] {
  const broken = Object.entries(rows.at(-1)?.losses ?? {}).filter(([, value]) => !Number.isFinite(value));
  return broken.map(([name]) => `The loss ${name} is no number: take a smaller learning rate.`);
}

function saturatedMasks(last: EpochSamples | undefined): string[] {
  if (!last || last.clips.length === 0) return [];
  const masks = last.clips.map((clip) => bytesOf(clip.masks));
  const means = masks.map((bytes) => bytes.reduce((sum, byte) => sum + byte, 0) / (255 * bytes.length || 1));
  if (means.every((mean) => mean > SATURATED.high))
    return [
      'The masks are saturated: they cover the whole picture, so they say nothing of place. An area term helps.',
    ];
  const isLow = masks.every((bytes) => bytes.every((byte) => byte < 128)); // one bright cell is a place, and a small one
  if (isLow && means.every((mean) => mean < SATURATED.low))
    return ['The masks are empty: they cover nothing of the picture.'];
  return [];
}

/** Zero in every one of the last epochs, although it has a weight. */
function deadTerms(rows: readonly EpochRow[], weights: Record<string, number>): string[] {
  const last = rows.filter(({ steps }) => steps > 0).slice(-DEAD_EPOCHS);
  if (last.length < DEAD_EPOCHS) return [];
  const names = Object.keys(last.at(-1)!.losses).filter(
    (name) => name !== 'total' && name !== 'gradientNorm',
  );
  const isDead = (name: string): boolean =>
    (weights[name] ?? 0) > 0 && last.every(({ losses }) => losses[name] === 0);
  return names.filter(isDead).map((name) => `The term "${words(name)}" is zero: it teaches nothing.`);
}

function uniformWeights(last: EpochSamples | undefined): string[] {
  if (!last || last.clips.length === 0) return [];
  const shares = last.clips.map(({ weights }) => entropyShare(weights));
  if (!shares.every((share) => share > UNIFORM)) return [];
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
  return [
    `The weights are at uniform (entropy ${percent(mean)} of the largest): the model does not say when.`,
  ];
}

/** Validation at its worst while the training loss is at its best. */
function overfit(rows: readonly EpochRow[]): string[] {
  const held = rows.filter(({ validation, steps }) => validation && steps > 0);
  if (held.length < 4) return [];
  const best = Math.min(...held.map(({ validation }) => validation!.crossEntropy));
  const last = held.at(-1)!.validation!.crossEntropy;
  const isLearning = held.at(-1)!.losses['total']! <= Math.min(...held.map(({ losses }) => losses['total']!));
  if (!isLearning || last < 1.5 * best + 0.05) return [];
  return ['The training loss still falls while validation gets worse: the model learns its clips by heart.'];
}

/** Entropy of weights as a share of `log n`, in 0..1. */
export function entropyShare(weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (weights.length < 2 || !(total > 0)) return 1;
  const entropy = weights.reduce((sum, weight) => {
    const share = weight / total;
    return share > 0 ? sum - share * Math.log(share) : sum;
  }, 0);
  return entropy / Math.log(weights.length);
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
