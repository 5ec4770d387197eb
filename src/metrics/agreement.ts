// How far two scorers of behaviour agree, frame by frame, and how much time each class takes: the figures that ethologists
// give. A model is one scorer, a person the other.
import { inputError, WhereWhenError } from '../errors.js';

/** A stretch of a class in seconds. */
export interface ScoredStretch {
  label: string;
  startSeconds: number;
  endSeconds: number;
}

/** Frames that are compared. `durationSeconds` of the clip, at `frameRate` a second. */
export interface AgreementOptions {
  durationSeconds: number;
  frameRate: number;
}

/** Agreement on one class: kappa, and the F1 of the answer against the scorer; null where a figure has no meaning. */
export interface ClassAgreement {
  label: string;
  kappa: number | null;
  precision: number | null;
  recall: number | null;
  f1: number | null;
}

/** Agreement on all classes, and on each by itself. */
export interface Agreement {
  frames: number;
  /** Share of frames on which both tell the same classes. */
  observed: number;
  /** Cohen's kappa over the sets of classes that are told on each frame (none is a set too). */
  kappa: number | null;
  classes: ClassAgreement[];
}

/** Time that a class takes: seconds, share of the clip, number of bouts and their mean length. */
export interface TimeBudget {
  label: string;
  seconds: number;
  share: number;
  bouts: number;
  meanSeconds: number;
}

/** One clip as both scored it. */
export interface ScoredClip extends AgreementOptions {
  answer: readonly ScoredStretch[];
  scorer: readonly ScoredStretch[];
}

/** Frames of a class: told by both, by the answer, by the scorer. */
export interface ClassFrames {
  both: number;
  answer: number;
  scorer: number;
}

/** The frames of one clip, counted: by the pair of what the answer and the scorer tell, and class by class. */
export interface FrameCounts {
  frames: number;
  pairs: ReadonlyMap<string, number>;
  classes: ReadonlyMap<string, ClassFrames>;
}

/**
 * Frame-wise agreement of an answer with a scorer (Cohen 1960): `kappa = (po - pe) / (1 - pe)`, with `po` the share of
 * frames on which both say the same and `pe` the share on which they would by chance. A frame has a class where its middle
 * lies in a stretch of it. Kappa is null where chance alone agrees everywhere. Throws `input` for no frames.
 */
export function frameAgreement(
  answer: readonly ScoredStretch[],
  scorer: readonly ScoredStretch[],
  options: AgreementOptions,
): Agreement {
  return agreementOf([frameCounts({ answer, scorer, ...options })]);
}

/** Counts the frames of a clip for {@link agreementOf}. Throws `input` for no frames. */
export function frameCounts({ answer, scorer, durationSeconds, frameRate }: ScoredClip): FrameCounts {
  const frames = Math.round(durationSeconds * frameRate);
  if (!(frames > 0) || !Number.isFinite(frames)) throw noFrames(durationSeconds, frameRate);
  const labels = [...new Set([...scorer, ...answer].map(({ label }) => label))].sort();
  const rows = labels.map((label) => ({
    own: marked(answer, label, frames, frameRate),
    other: marked(scorer, label, frames, frameRate),
  }));
  const setOf = (side: 'own' | 'other', frame: number): string[] =>
    rows.flatMap((row, k) => (row[side][frame] ? [labels[k]!] : []));
  const pairs = new Map<string, number>();
  for (let frame = 0; frame < frames; frame++) {
    const pair = JSON.stringify([setOf('own', frame), setOf('other', frame)]);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  const classes = labels.map((label, k) => [label, classFrames(rows[k]!)] as const);
  return { frames, pairs, classes: new Map(classes) };
}

/** Agreement over the frames of all counted clips together; classes in alphabetical order. */
export function agreementOf(counts: readonly FrameCounts[]): Agreement {
  const frames = counts.reduce((sum, one) => sum + one.frames, 0);
  const labels = [...new Set(counts.flatMap(({ classes }) => [...classes.keys()]))].sort();
  return {
    frames,
    ...kappaOfSets(counts),
    classes: labels.map((label) => {
      const own = counts.flatMap(({ classes }) => classes.get(label) ?? []);
      const sum = (of: keyof ClassFrames): number => own.reduce((all, one) => all + one[of], 0);
      return classAgreement(label, frames, {
        both: sum('both'),
        answer: sum('answer'),
        scorer: sum('scorer'),
      });
    }),
  };
}

/** Cohen's kappa over the sets of classes that are told on the frames of all counted clips. */
export function kappaOfSets(counts: readonly FrameCounts[]): { observed: number; kappa: number | null } {
  const pairs = new Map<string, number>();
  for (const one of counts)
    for (const [pair, count] of one.pairs) pairs.set(pair, (pairs.get(pair) ?? 0) + count);
  return weightedKappa(
    [...pairs].map(([pair, count]) => {
      const [own, other] = JSON.parse(pair) as [string[], string[]];
      return { pair: [JSON.stringify(own), JSON.stringify(other)] as const, count };
    }),
  );
}

/** Cohen's kappa of two raters: the category that each gave every item. Null where chance agreement is complete. */
export function cohensKappa(items: readonly (readonly [string, string])[]): {
  observed: number;
  kappa: number | null;
} {
  return weightedKappa(items.map((pair) => ({ pair, count: 1 })));
}

/** The same of counted pairs of categories. */
export function weightedKappa(items: readonly { pair: readonly [string, string]; count: number }[]): {
  observed: number;
  kappa: number | null;
} {
  const n = items.reduce((sum, { count }) => sum + count, 0);
  const counts = new Map<string, [number, number]>();
  let same = 0;
  for (const { pair, count } of items) {
    if (pair[0] === pair[1]) same += count;
    for (const [rater, category] of pair.entries()) {
      const own = counts.get(category) ?? [0, 0];
      own[rater]! += count;
      counts.set(category, own);
    }
  }
  const observed = n === 0 ? 0 : same / n;
  const chance = [...counts.values()].reduce((sum, [a, b]) => sum + (a / n) * (b / n), 0);
  return { observed, kappa: n === 0 || 1 - chance < 1e-12 ? null : (observed - chance) / (1 - chance) };
}

/**
 * The time budget of each class: overlapping stretches of a class count once, stretches are cut at the clip's end, and
 * bouts that touch are one. Classes in alphabetical order. Throws `input` for a clip without a length.
 */
export function timeBudget(stretches: readonly ScoredStretch[], durationSeconds: number): TimeBudget[] {
  if (!(durationSeconds > 0) || !Number.isFinite(durationSeconds)) throw noFrames(durationSeconds, 1);
  const labels = [...new Set(stretches.map(({ label }) => label))].sort();
  return labels.map((label) => {
    const bouts = joined(
      stretches.filter((one) => one.label === label),
      durationSeconds,
    );
    const seconds = bouts.reduce((sum, [start, end]) => sum + (end - start), 0);
    const meanSeconds = bouts.length === 0 ? 0 : seconds / bouts.length;
    return { label, seconds, share: seconds / durationSeconds, bouts: bouts.length, meanSeconds };
  });
}

/** Stretches of one class as bouts that do not touch, within the clip. */
function joined(stretches: readonly ScoredStretch[], durationSeconds: number): [number, number][] {
  const bouts: [number, number][] = [];
  for (const { startSeconds, endSeconds } of [...stretches].sort((a, b) => a.startSeconds - b.startSeconds)) {
    const [start, end] = [Math.max(0, startSeconds), Math.min(durationSeconds, endSeconds)];
    if (end < start) continue;
    const last = bouts.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else bouts.push([start, end]);
  }
  return bouts;
}

/** 1 for every frame whose middle lies in a stretch of the class. */
function marked(
  stretches: readonly ScoredStretch[],
  label: string,
  frames: number,
  frameRate: number,
): Uint8Array {
  const marks = new Uint8Array(frames);
  for (const { startSeconds, endSeconds, label: own } of stretches) {
    if (own !== label) continue;
    // Times are decimals: a middle that lies on an edge but for rounding belongs to the later frame.
    const first = Math.max(0, Math.ceil(startSeconds * frameRate - 0.5 - 1e-9));
    const end = Math.min(frames, Math.ceil(endSeconds * frameRate - 0.5 - 1e-9));
    if (end > first) marks.fill(1, first, end);
  }
  return marks;
}

function classFrames({ own, other }: { own: Uint8Array; other: Uint8Array }): ClassFrames {
  const found: ClassFrames = { both: 0, answer: 0, scorer: 0 };
  for (let i = 0; i < own.length; i++) {
    found.both += own[i]! & other[i]!;
    found.answer += own[i]!;
    found.scorer += other[i]!;
  }
  return found;
}

function classAgreement(
  label: string,
  frames: number,
  { both, answer, scorer }: ClassFrames,
): ClassAgreement {
  const { kappa } = weightedKappa([
    { pair: ['1', '1'], count: both },
    { pair: ['1', '0'], count: answer - both },
    { pair: ['0', '1'], count: scorer - both },
    { pair: ['0', '0'], count: frames - answer - scorer + both },
  ]);
  return {
    label,
    kappa,
    precision: answer === 0 ? null : both / answer,
    recall: scorer === 0 ? null : both / scorer,
    f1: answer + scorer === 0 ? null : (2 * both) / (answer + scorer),
  };
}

function noFrames(durationSeconds: number, frameRate: number): WhereWhenError {
  return inputError(
    'agreement',
    'a clip with a length and a frame rate above 0',
    `${durationSeconds} s at ${frameRate} a second`,
  );
}
