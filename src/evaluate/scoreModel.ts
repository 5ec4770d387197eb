// Scores a model on labelled clips: answers each, puts the truth beside it, and hands both to evaluate/.
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { formatError, inputError, missingError, WhereWhenError } from '../errors.js';
import { ownValue } from '../ownValue.js';
import { evaluationReport, type TrainingFacts } from './reports/report.js';
import { parseTruth } from './soundTruth.js';
import { type ClipRecord } from './record.js';
import { type EvaluationReport, type TruthRule } from './reports/reportForm.js';
import { type Truth } from '../truth.js';
import type { Predictor } from '../infer/index.js';
import type { Result } from '../result.js';
import {
  answerClips,
  type AnswerClipsOptions,
  type LearntClips,
  type KeptAnswer,
  type KeptOutcome,
} from '../savedModel/index.js';
import { learntFinder } from '../savedModel/learntClips.js';
import type { ClipEntry, Dataset } from '../dataset/index.js';
import { truthOf } from '../dataset/formats/truth.js';

/** What to score against, and who wants to know how far it is. */
export interface ScoreOptions extends AnswerClipsOptions {
  /** Boxes and times of these clips; without it only classes are scored. */
  truth?: Truth;
  /** Those of the training clips, which the constant box is fitted on. */
  trainTruth?: Truth;
  /** The clips of the model's training: those among them are named. */
  learnt?: LearntClips | undefined;
  /** Which true boxes count for the box that knows no class (default: any of the frame's). */
  truthRule?: TruthRule;
  /** Answers that were made before, in the order of the clips; by default the model is asked. */
  answers?: (paths: readonly string[]) => AsyncIterable<KeptOutcome>;
  onProgress?: (done: number, total: number) => void;
  /** A clip that could not be read; it is left out. */
  onBroken?: (error: WhereWhenError) => void;
}

/** The figures, and what they were made from. */
export interface Scored {
  report: EvaluationReport;
  /** What the report was made from, one a clip that could be read. */
  records: ClipRecord[];
  /** One a clip that could be read, in the order of the data set. */
  answered: { clip: ClipEntry; result: Result; truth?: ClipRecord['truth'] }[];
  broken: number;
  /** Clips that `truth` does not know. */
  withoutTruth: ClipEntry[];
}

/**
 * Answers every clip, decoding the next while the model looks at this one, and scores the answers.
 * Throws `input` where the model knows none of the classes and for a truth that knows none of the clips.
 */
export async function scoreModel(
  predictor: Predictor,
  dataset: Dataset,
  { truth, trainTruth, truthRule, learnt, cache, beside, predict, signal, ...options }: ScoreOptions = {},
): Promise<Scored> {
  const ask = (all: readonly string[]) => answerClips(predictor, all, { cache, beside, predict, signal });
  const { answers = ask, onProgress, onBroken } = options;
  const { classes } = predictor.config;
  checkLabels(dataset, classes);
  const known = truthFinder(truth, dataset);
  const sideOf = learntFinder(learnt);
  const records: ClipRecord[] = [];
  const answered: Scored['answered'] = [];
  let [broken, done] = [0, 0];
  const paths = dataset.clips.map(({ path }) => path);
  for await (const outcome of answers(paths)) {
    const clip = dataset.clips[done]!;
    if ('answer' in outcome) {
      const { answer } = outcome;
      const own = known(clip) ?? annotatedTruth(clip, answer.result);
      const side = await sideOf(clip.path);
      records.push({ ...recordOf(clip, answer, own), ...(side && { learnt: side }) });
      answered.push({ clip, result: answer.result, truth: own });
    } else if (outcome.error instanceof WhereWhenError) {
      broken++;
      onBroken?.(outcome.error);
    } else {
      throw outcome.error;
    }
    done++;
    onProgress?.(done, paths.length);
  }
  const training = factsOf(trainTruth, predictor);
  const report = evaluationReport(records, {
    classes,
    protocol: basename(resolve(dataset.folder)),
    training,
    temperature: temperatureOf(predictor),
    truthRule,
  });
  const withoutTruth = truth ? dataset.clips.filter((clip) => !known(clip)) : [];
  return { report, records, answered, broken, withoutTruth };
}

/** The records of another model with its probabilities in the order of `classes`. Throws `input` for other classes. */
export function inOrderOf(
  { report, records }: Pick<Scored, 'report' | 'records'>,
  classes: readonly string[],
  model: string,
): ClipRecord[] {
  const order = classes.map((label) => report.classes.indexOf(label));
  if (order.includes(-1) || order.length !== report.classes.length) {
    const expected = `a model of the same classes (${classes.join(', ')})`;
    throw inputError(model, expected, report.classes.join(', '));
  }
  return records.map((record) => ({
    ...record,
    probabilities: order.map((k) => record.probabilities[k]!),
    ...(record.meanPool && { meanPool: order.map((k) => record.meanPool![k]!) }),
  }));
}

/** Reads a `truth.json`; `notes` are told what was mended. Throws `missing` and `format`. */
export async function readTruth(path: string, notes?: string[]): Promise<Truth> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw missingError(path, 'a truth file', 'no readable file', undefined, cause);
  }
  try {
    return parseTruth(JSON.parse(text), path, notes);
  } catch (cause) {
    if (cause instanceof WhereWhenError) throw cause;
    const received = (cause as Error).message;
    throw formatError(path, 'JSON', received, undefined, cause);
  }
}

/** Boxes and times that the list or annotation of the clips tells, scaled to the file that was decoded. */
export function annotatedTruth({ annotated }: ClipEntry, { video }: Result): ClipRecord['truth'] {
  if (!annotated || annotated.tracks.length + annotated.segments.length === 0) return undefined;
  return truthOf(annotated, video);
}

/** Answer and truth of one clip side by side. */
export function recordOf(
  { name, label, annotated }: ClipEntry,
  { result, points = [], probabilities = new Float32Array(), meanPoolProbabilities: pool }: KeptAnswer,
  truth: ClipRecord['truth'],
): ClipRecord {
  return {
    clip: name,
    label,
    ...(annotated && annotated.labels.length > 1 && { labels: annotated.labels }),
    durationSeconds: result.video.durationSeconds,
    ...(result.video.frameRate > 0 && { frameRate: result.video.frameRate }),
    probabilities: Array.from(probabilities),
    ...(pool && { meanPool: Array.from(pool) }),
    frames: result.frames.map((frame, i) => ({ ...frame, point: points[i] ?? null })),
    segments: result.segments,
    actors: result.actors,
    truth,
  };
}

/** Clips of classes that the model does not know are scored for WHERE, as long as there are others. */
function checkLabels({ classes, clips, folder }: Dataset, known: readonly string[]): void {
  const asked = new Set(clips.flatMap(({ label, annotated }) => [label, ...(annotated?.labels ?? [])]));
  if (known.some((label) => asked.has(label))) return;
  const unmatched = classes.filter((label) => asked.has(label));
  throw inputError(folder, `classes of the model (${known.join(', ')})`, unmatched.join(', '));
}

/** Finds a clip's truth by `class/file`. Throws `input` when none has one. */
export function truthFinder(
  truth: Truth | undefined,
  dataset: Dataset,
): (clip: ClipEntry) => ClipRecord['truth'] {
  if (!truth) return () => undefined;
  // The file may name clips from a folder above: `test/class/file`.
  const above = `${basename(dirname(resolve(dataset.folder, 'x')))}/`;
  const find = ({ name, annotated }: ClipEntry) =>
    ownValue(truth.clips, name) ??
    ownValue(truth.clips, above + name) ??
    ownValue(truth.clips, annotated?.clip ?? name);
  if (dataset.clips.some(find)) return find;
  throw inputError(
    '--truth',
    `entries for the clips of ${dataset.folder}, as "${dataset.clips[0]!.name}"`,
    `only others, as "${Object.keys(truth.clips)[0] ?? 'none'}"`,
  );
}

/** The temperature that the training fitted on its validation clips, where it held any out. */
function temperatureOf({ config }: Predictor): number | undefined {
  const known = z.object({ validation: z.object({ temperature: z.number().positive() }) });
  const parsed = known.safeParse(config.training);
  return parsed.success ? parsed.data.validation.temperature : undefined;
}

/** Clips of a class; what is no such number counts none. */
function countOf(value: unknown): number {
  const parsed = z.number().int().min(0).max(10_000_000).safeParse(value);
  return parsed.success ? parsed.data : 0;
}

/** What the image-blind baselines may know: the training labels that the model folder counts, and the training truth. */
function factsOf(trainTruth: Truth | undefined, { config }: Predictor): TrainingFacts {
  const counts = config.training?.classCounts;
  const counted = Array.isArray(counts)
    ? config.classes.flatMap((label, k) => new Array<string>(countOf(counts[k])).fill(label))
    : undefined;
  const truth = trainTruth && Object.values(trainTruth.clips);
  return { labels: counted ?? truth?.map(({ label }) => label), truth };
}
