// WHEN on real clips whose frames are put together from clips of left-out persons, so that the truth is known to the frame.
import { temporalIou } from '../../src/metrics/index.js';
import type { Predictor, SampledClip } from '../../src/infer/index.js';
import { Random } from '../../src/random.js';
import type { Segment } from '../../src/result.js';
import type { BoxedClip } from './where.js';

/** One frame of a clip that is put together. */
interface Pick {
  from: BoxedClip;
  frame: number;
}

/**
 * Two actions of one person, eight frames of each, every ordered pair: temporal IoU of the best predicted segment of each
 * true class (0 where the class is not predicted), and of the whole clip.
 */
export async function joinedFigures(
  predictor: Predictor,
  clips: readonly BoxedClip[],
): Promise<Record<string, number>> {
  const ious: number[] = [];
  const trivial: number[] = [];
  for (const first of clips) {
    for (const second of clips.filter((one) => one !== first && personOf(one) === personOf(first))) {
      const halves = [first, second];
      const picks = halves.flatMap((from) => everySecond(from));
      const { segments } = (await predictor.predict(together(picks), 'joined')).result;
      halves.forEach(({ label }, half) => {
        const truth = { startSeconds: 8 * half, endSeconds: 8 * (half + 1) };
        ious.push(
          bestIou(
            segments.filter((one) => one.label === label),
            truth,
          ),
        );
        trivial.push(temporalIou({ startSeconds: 0, endSeconds: 16 }, truth));
      });
    }
  }
  const reached = (least: number): number => mean(ious.map((iou) => Number(iou >= least)));
  return { clips: ious.length / 2, meanIou: mean(ious), iou50: reached(0.5), wholeClip: mean(trivial) };
}

/**
 * Half of a clip's frames, at random places, replaced by frames of clips of other classes: area under the curve of own
 * against foreign frames, by the evidence of the clip's class and by the when-weights. Chance is 0.5.
 */
export async function mixedFigures(
  predictor: Predictor,
  clips: readonly BoxedClip[],
  seed: number,
): Promise<Record<string, number>> {
  const random = Random.from(seed, 'mixed frames');
  const byEvidence: number[] = [];
  const byWeight: number[] = [];
  for (let round = 0; round < 4; round++) {
    for (const clip of clips) {
      const others = clips.filter(({ label }) => label !== clip.label);
      const foreign = new Set(random.shuffle([...clip.clip.indices.keys()]).slice(0, 8));
      const picks = clip.clip.indices.map((_, frame): Pick =>
        foreign.has(frame)
          ? { from: random.pick(others), frame: random.integer(0, 16) }
          : { from: clip, frame },
      );
      const { result } = await predictor.predict(together(picks), 'mixed');
      const curve = result.curves!.values[result.curves!.labels.indexOf(clip.label)]!;
      byEvidence.push(areaUnderCurve(curve, foreign));
      byWeight.push(
        areaUnderCurve(
          result.frames.map(({ weight }) => weight),
          foreign,
        ),
      );
    }
  }
  return { clips: byEvidence.length, auc: mean(byEvidence), aucOfWeights: mean(byWeight) };
}

function personOf({ name }: BoxedClip): string {
  return name.split('/')[1]!.split('_')[0]!;
}

function everySecond(from: BoxedClip): Pick[] {
  return Array.from({ length: 8 }, (_, i) => ({ from, frame: 2 * i }));
}

/** A clip of chosen frames, one a second. */
function together(picks: readonly Pick[]): SampledClip {
  const { clip } = picks[0]!.from;
  const size = clip.frames.length / 16;
  const frames = new Uint8Array(picks.length * size);
  picks.forEach(({ from, frame }, i) =>
    frames.set(from.clip.frames.subarray(frame * size, (frame + 1) * size), i * size),
  );
  const indices = picks.map((_, i) => i);
  const info = { ...clip.info, frames: picks.length, durationSeconds: picks.length, frameRate: 1 };
  return { ...clip, frames, indices, times: Float64Array.from(indices, (i) => i + 0.5), info };
}

function bestIou(segments: readonly Segment[], truth: { startSeconds: number; endSeconds: number }): number {
  return Math.max(0, ...segments.map((segment) => temporalIou(segment, truth)));
}

/** The share of pairs of an own and a foreign frame in which the own one is higher; equal ones count half. */
function areaUnderCurve(values: readonly number[], foreign: ReadonlySet<number>): number {
  const own = values.filter((_, i) => !foreign.has(i));
  const rest = values.filter((_, i) => foreign.has(i));
  return mean(own.flatMap((a) => rest.map((b) => (a > b ? 1 : a === b ? 0.5 : 0))));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
