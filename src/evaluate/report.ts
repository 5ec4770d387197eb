// From one record a clip to the whole report: WHAT, WHERE and WHEN, each figure beside its trivial answers.
import { WhereWhenError } from '../errors.js';
import { Random } from '../random.js';
import { resamples } from './bootstrap.js';
import type { ClipRecord } from './record.js';
import type { EvaluationReport } from './reportForm.js';
import type { TruthClip } from './truth.js';
import { whatReport } from './whatReport.js';
import { whenReport } from './whenReport.js';
import { whereReport } from './whereReport.js';

/** What the trivial answers may learn from: the training labels and the truth of the training clips. */
export interface TrainingFacts {
  labels?: readonly string[];
  truth?: readonly TruthClip[];
}

/** Settings of a report. `bootstrapSamples` 0 leaves the intervals out. */
export interface ReportOptions {
  classes: readonly string[];
  protocol?: string;
  training?: TrainingFacts;
  /** Fitted on validation clips (`fitTemperature`): the calibration that it gives stands beside the plain one. */
  temperature?: number;
  seed?: number;
  bootstrapSamples?: number;
}

/**
 * Assembles the report of `evaluate --json` and `metrics.json`. Pure: same records, same report.
 * Throws `WhereWhenError` (input) for no records, an unknown label or a wrong number of probabilities.
 */
export function evaluationReport(
  records: readonly ClipRecord[],
  {
    classes,
    protocol = 'clips',
    training = {},
    temperature,
    seed = 0,
    bootstrapSamples = 1000,
  }: ReportOptions,
): EvaluationReport {
  checkRecords(records, classes);
  const draw = (clips: number) =>
    resamples(clips, { random: Random.from(seed, 'evaluate'), samples: bootstrapSamples });
  const what = whatReport(records, { classes, trainingLabels: training.labels, temperature, draw });
  const where = whereReport(records, training.truth, draw);
  const when = whenReport(records, draw);
  const sections = [what, where, when].filter((section) => section !== null);
  const figures = sections.flatMap((section) => Object.values(section.figures));
  if (what.manyLabels) figures.push(what.manyLabels.mAP);
  return {
    version: 1,
    protocol,
    clips: records.length,
    classes: [...classes],
    what,
    where,
    when,
    words: [...notes(records, training, where !== null), ...summary(figures), ...calibrationWords(what)],
  };
}

function summary(figures: EvaluationReport['what']['figures']['top1'][]): string[] {
  const lost = figures.filter(({ verdict }) => verdict !== 'above');
  if (lost.length === 0) return [`All ${figures.length} figures lie above every trivial answer.`];
  return lost.map(({ words }) => words);
}

/** What temperature scaling changes, where a temperature is known. */
function calibrationWords({ calibration: { ece }, scaled }: EvaluationReport['what']): string[] {
  if (!scaled) return [];
  const sure = scaled.temperature > 1 ? 'too sure' : 'not sure enough';
  return [
    `Calibration error ${percent(ece)}; ${percent(scaled.ece)} after the temperature ${scaled.temperature.toFixed(2)} of its validation clips (its answers are ${sure}).`,
  ];
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
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
  for (const { clip, label, probabilities } of records) {
    if (!classes.includes(label)) throw fault(clip, 'a label among the classes of the model', label);
    if (probabilities.length !== classes.length) {
      throw fault(clip, `${classes.length} probabilities, one a class`, String(probabilities.length));
    }
  }
}

function fault(path: string, expected: string, received: string): WhereWhenError {
  return new WhereWhenError({ code: 'input', path, expected, received });
}
