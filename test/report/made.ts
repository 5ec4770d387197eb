// A made Result for a clip: what a model could have answered, from truth or from a wandering blob, with noise.
// It lets pictures of answers be tested without a trained model.
import { Random } from '../../src/random.js';
import { type TruthClip, trueBoxAt } from '../../src/truth.js';
import { localize } from '../../src/localize/index.js';
import { toSegment } from '../../src/localize/segments.js';
import { classFreeActors, type Box, type Result } from '../../src/result.js';
import { openVideo } from '../../src/video/index.js';
import { uniformIndices } from '../../src/video/sample.js';

const SIDE = 14;

/** A Result for the clip at `path`; boxes follow `truth` where it acts, a wandering blob elsewhere. */
export async function madeResult(
  path: string,
  classes: readonly string[],
  { truth, seed = 1, frames = 16 }: { truth?: TruthClip; seed?: number; frames?: number } = {},
): Promise<Result> {
  const source = await openVideo(path);
  const { info, times: all } = source;
  await source.close();
  const indices = uniformIndices(info.frames, frames);
  const times = [...indices].map((i) => all[i]!);
  const random = Random.from(seed, 'made');
  const actual = truth?.label ?? classes[0]!;
  const label = seed % 6 === 5 ? classes[1]! : actual;
  const k = classes.indexOf(label);
  const acts = (t: number): number => {
    const [start, end] = truth
      ? [truth.startSeconds, truth.endSeconds]
      : [0.3 * info.durationSeconds, 0.7 * info.durationSeconds];
    return t >= start && t <= end ? 1 : 0;
  };
  const logAttention = new Float32Array(frames * SIDE * SIDE);
  const evidence = new Float32Array(frames * SIDE * SIDE * classes.length);
  const weights = times.map((t) => Math.exp(1.6 * acts(t) + 0.3 * random.normal()));
  const total = weights.reduce((a, b) => a + b, 0);
  times.forEach((t, i) => {
    const near = truth && trueBoxAt(truth, { timeSeconds: t });
    const drift = i / frames;
    const wander: Box = [
      info.width * (0.1 + 0.5 * drift),
      info.height * 0.25,
      info.width * (0.4 + 0.5 * drift),
      info.height * 0.7,
    ];
    const box = near ?? (truth?.frames.find((f) => f.box)?.box || wander);
    for (let p = 0; p < SIDE * SIDE; p++) {
      const x = (((p % SIDE) + 0.5) / SIDE) * info.width;
      const y = ((Math.floor(p / SIDE) + 0.5) / SIDE) * info.height;
      const dx = (x - (box[0] + box[2]) / 2) / (box[2] - box[0]);
      const dy = (y - (box[1] + box[3]) / 2) / (box[3] - box[1]);
      const inside = Math.exp(-3 * (dx * dx + dy * dy));
      logAttention[i * SIDE * SIDE + p] = 4 * inside + 0.15 * random.normal();
      for (let c = 0; c < classes.length; c++) {
        const says = c === k ? 6 * acts(t) : c === (k + 1) % classes.length ? 1.5 : 0;
        evidence[(i * SIDE * SIDE + p) * classes.length + c] = says * inside + 0.4 * random.normal();
      }
    }
  });
  const raw = classes.map((_, c) =>
    Math.exp((c === k ? 4 : c === (k + 1) % classes.length ? 1.8 : 0) + random.normal() * 0.4),
  );
  const sum = raw.reduce((a, b) => a + b, 0);
  const probabilities = raw.map((x) => x / sum);
  const found = localize({
    grid: { frames, height: SIDE, width: SIDE },
    picture: info,
    weights: weights.map((w) => w / total),
    probabilities,
    logAttention,
    evidence,
  });
  const curves = found.curves!;
  const answer = {
    clip: path,
    model: { id: 'made', attention: 'joint', backbone: 'small' },
    video: { ...info, damagedFrames: 0, missingFrames: 0 },
    classes: classes
      .map((name, c) => ({ label: name, probability: probabilities[c]! }))
      .sort((a, b) => b.probability - a.probability),
    frames: times.map((timeSeconds, i) => ({
      index: indices[i]!,
      timeSeconds,
      weight: weights[i]! / total,
      box: found.frames[i]!.box,
      boxScore: found.frames[i]!.score,
    })),
    segments: found.segments.map((one) => toSegment(one, classes, times, info.durationSeconds)),
    masks: {
      height: SIDE,
      width: SIDE,
      bytes: Buffer.from(Uint8Array.from(found.map, (x) => Math.round(255 * x))).toString('base64'),
    },
    curves: {
      labels: [...classes],
      values: classes.map((_, c) => times.map((__, i) => curves[i * classes.length + c]!)),
    },
    warnings: [],
  };
  return { ...answer, version: 2, ...classFreeActors(answer) };
}
