// From one record a clip to the whole report: WHAT, WHERE and WHEN, each figure beside its image-blind baselines.
import { inputError, WhereWhenError } from '../../errors.js';
import { Random } from '../../random.js';
import { agreementReport } from './agreementReport.js';
import { clipRows } from './clipRows.js';
import { resamples } from '../../metrics/bootstrap.js';
import { simpleWords } from './figure.js';
import type { LearntSide } from '../../savedModel/index.js';
import type { ClipRecord } from '../record.js';
import type { EvaluationReport, Figure, TruthRule } from './reportForm.js';
import type { TruthClip } from '../../truth.js';
import { whatReport } from './whatReport.js';
import { whenReport } from './whenReport.js';
import { whereReport } from './whereReport.js';
import { percent } from '../../percent.js';

/** What the image-blind baselines may learn from: the training labels and the truth of the training clips. */
export interface TrainingFacts {
  labels?: readonly string[];
  truth?: readonly TruthClip[];
}

/** Settings of a report. `bootstrapSamples` 0 leaves the intervals out. */
export interface EvaluationOptions {
  classes: readonly string[];
  protocol?: string;
  training?: TrainingFacts;
  /** Fitted on validation clips (`fitTemperature`): the calibration that it gives stands beside the plain one. */
  temperature?: number;
  /** With `first` the box that knows no class is compared with the first thing alone, as before version 2 of the Result. */
  truthRule?: TruthRule;
  seed?: number;
  bootstrapSamples?: number;
}

/**
 * Assembles the report of `evaluate --json` and `metrics.json`. Pure: same records, same report.
 * Throws `WhereWhenError` (input) for no records, for none of a class of the model, and for a wrong number of probabilities.
 */
export function evaluationReport(
  records: readonly ClipRecord[],
  {
    classes,
    protocol = 'clips',
    training = {},
    temperature,
    truthRule = 'any',
    seed = 0,
    bootstrapSamples = 1000,
  }: EvaluationOptions,
): EvaluationReport {
  checkRecords(records, classes);
  const draw = (clips: number) =>
    resamples(clips, { random: Random.from(seed, 'evaluate'), samples: bootstrapSamples });
  const known = records.filter((record) => isKnownAction(record, classes));
  const unknownAction = records.length - known.length;
  const what = whatReport(known, { classes, trainingLabels: training.labels, temperature, draw });
  const where = whereReport(records, { classes, trainingTruth: training.truth, truthRule, draw });
  const when = whenReport(known, draw);
  const agreement = agreementReport(known, draw);
  const learnt = learntCounts(records);
  const sections = [what, where, when, agreement].filter((section) => section !== null);
  const figures = sections
    .flatMap((section) => Object.values<Figure | undefined>(section.figures))
    .filter((figure) => figure !== undefined);
  if (what.manyLabels) figures.push(what.manyLabels.mAP);
  if (where?.byClass) figures.push(...Object.values(where.byClass.figures));
  return {
    version: 1,
    protocol,
    clips: records.length,
    ...(unknownAction > 0 && { unknownAction }),
    ...(learnt && { learnt }),
    classes: [...classes],
    what,
    where,
    when,
    ...(agreement && { agreement }),
    rows: clipRows(records, { classes, truthRule }),
    words: [
      ...learntWords(learnt, records.length),
      ...unknownWords(unknownAction, records.length),
      ...notes(records, training, where !== null),
      ...summary(figures),
      ...calibrationWords(what),
    ],
  };
}

/** Is one of the classes of a clip among those of the model? */
export function isKnownAction(
  { label, labels = [] }: Pick<ClipRecord, 'label' | 'labels'>,
  classes: readonly string[],
) {
  return [label, ...labels].some((one) => classes.includes(one));
}

/** How many clips the model has seen in its training; undefined for none. */
function learntCounts(records: readonly ClipRecord[]): EvaluationReport['learnt'] {
  const of = (side: LearntSide): number => records.filter(({ learnt }) => learnt === side).length;
  const [training, validation] = [of('training'), of('validation')];
  return training + validation > 0 ? { training, validation } : undefined;
}

function learntWords(learnt: EvaluationReport['learnt'], all: number): string[] {
  if (!learnt) return [];
  const { training, validation } = learnt;
  const parts = [
    ...(training > 0 ? [`${training} of ${all} clips are clips that the model learnt from`] : []),
    ...(validation > 0 ? [`${validation} of ${all} chose its epoch`] : []),
  ];
  return [`${parts.join(', ')}: figures on clips that it has seen say little of others.`];
}

function unknownWords(unknown: number, all: number): string[] {
  if (unknown === 0) return [];
  return [
    `${unknown} of ${all} clips are of an action that the model does not know: they count for WHERE alone.`,
  ];
}

function summary(figures: Figure[]): string[] {
  const lost = figures.filter(({ verdict }) => verdict !== 'above');
  const trivial =
    lost.length === 0
      ? [`All ${figures.length} figures lie above every image-blind baseline.`]
      : lost.map(({ words }) => words);
  return [...trivial, ...figures.map(simpleWords).filter((words) => words !== undefined)];
}

/** What temperature scaling changes, where a temperature is known. */
function calibrationWords({ calibration: { ece }, scaled }: EvaluationReport['what']): string[] {
  if (!scaled) return [];
  const sure = scaled.temperature > 1 ? 'too sure' : 'not sure enough';
  return [
    `Calibration error ${percent(ece)}; ${percent(scaled.ece)} after the temperature ${scaled.temperature.toFixed(2)} of its validation clips (its answers are ${sure}).`,
  ];
}

function notes(records: readonly ClipRecord[], training: TrainingFacts, hasWhere: boolean): string[] {
  const without = records.filter(({ truth }) => !truth).length;
  const out: string[] = [];
  if (without > 0) out.push(`${without} of ${records.length} clips have no truth of where and when.`);
  const several = records.filter(({ labels }) => labels && labels.length > 1).length;
  if (several > 0)
    out.push(`${several} clips have several classes: top-1 asks for one of them, mAP counts all of them.`);
  if (!training.labels)
    out.push('The majority class is that of the evaluated clips: no training labels were given.');
  if (hasWhere && !training.truth) {
    out.push(
      'The best constant box is fitted on the evaluated clips themselves: no training truth was given.',
    );
  }
  return out;
}

function checkRecords(records: readonly ClipRecord[], classes: readonly string[]): void {
  if (records.length === 0) throw fault('evaluate', 'at least one clip to evaluate', '0');
  if (!records.some((record) => isKnownAction(record, classes))) {
    const { clip, label } = records[0]!;
    throw fault(clip, `a clip of the model's classes (${classes.join(', ')})`, label);
  }
  for (const { clip, probabilities } of records) {
    if (probabilities.length !== classes.length) {
      throw fault(clip, `${classes.length} probabilities, one a class`, String(probabilities.length));
    }
  }
}

function fault(path: string, expected: string, received: string): WhereWhenError {
  return inputError(path, expected, received);
}
