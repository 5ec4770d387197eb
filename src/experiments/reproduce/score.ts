// Scores one trained model by the protocol of its set, clip by clip.
import { scoreModel, type Scored } from '../../evaluate/index.js';
import { actingFrames } from '../../evaluate/reports/whereReport.js';
import { answersOf } from '../../evaluate/reports/whatReport.js';
import type { Dataset } from '../../dataset/index.js';
import { chance, MEAN_POOLING } from '../../metrics/trivial.js';
import { isInTop } from '../../metrics/classification.js';
import { UCF24_SCRIPT_THRESHOLDS, UCF24_SCRIPT_TRIVIAL } from '../../metrics/ucf24Script.js';
import { whereScores } from '../../metrics/spatial.js';
import { THUMOS_SCRIPT_THRESHOLDS, thumosOverlap, thumosScript } from '../../metrics/thumosScript.js';
import type { ClassAnswer, TrueSegment } from '../../metrics/index.js';
import type { RuntimeOptions } from '../../runtime/index.js';
import { precisionAtRecall, type Outcome, type OutcomeFigure } from './outcome.js';
import { answeredCuts } from '../../evaluate/protocols/thumosScript.js';
import { ucf24ScriptOf, ucf24TubeReport } from '../../evaluate/protocols/ucf24.js';
import { withModel } from '../../evaluate/protocols/run.js';

/** Where a run computes, and who follows it. */
export interface ScoringOptions extends RuntimeOptions {
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
  onBroken?: (error: Error) => void;
}

/** The part of an {@link Outcome} that scoring gives. */
export type ScoredPart = Pick<Outcome, 'figures' | 'further' | 'report' | 'precision' | 'ious' | 'iousOf'> & {
  tested: number;
  broken: number;
};

/** Top-1, and top-5 where the paper has it, on the test clips of a set. */
export async function scoreClasses(
  folder: string,
  test: Dataset,
  { topFive = false, ...options }: ScoringOptions & { topFive?: boolean },
): Promise<ScoredPart> {
  const scored = await scoreClips(folder, test, options);
  const figures = [topFigure(scored, 'top-1', 1), ...(topFive ? [topFigure(scored, 'top-5', 5)] : [])];
  return { ...common(scored), figures, further: {} };
}

/** UCF101-24's boxes as the released scripts count them, per frame, and the standard frame-mAP and video-mAP beside. */
export async function scoreBoxes(
  folder: string,
  test: Dataset,
  options: ScoringOptions,
): Promise<ScoredPart> {
  const scored = await scoreClips(folder, test, options);
  const answered = scored.answered.map(({ clip, result }) => ({ annotated: clip.annotated!, result }));
  const counted = answered.map(ucf24ScriptOf);
  const wholes = counted.map(({ frames }) => frames);
  const figures = UCF24_SCRIPT_THRESHOLDS.map((threshold, t): OutcomeFigure => {
    const counts = counted.map(({ thresholds }) => thresholds[t]!.counts);
    const rivals = Object.keys(UCF24_SCRIPT_TRIVIAL);
    return {
      name: `frames with IoU >= ${threshold}`,
      aim: `IoU ${threshold}`,
      own: { parts: counts.map(({ own }) => own), wholes },
      trivial: Object.fromEntries(
        rivals.map((name) => [name, { parts: counts.map(({ trivial }) => trivial[name]!), wholes }]),
      ),
    };
  });
  const tubes = ucf24TubeReport(answered);
  const further = Object.fromEntries(Object.values(tubes.figures).map(({ name, value }) => [name, value]));
  return {
    ...common(scored),
    ...{ figures: [...figures, topFigure(scored, 'top-1', 1, null)], further },
    ...{ ious: counted.flatMap(({ ious }) => ious), iousOf: 'sampled frames with a true box' },
  };
}

/** THUMOS14's cut clips as the released scripts count them: a recall of kept frames on clips whose class is right. */
export async function scoreCuts(
  folder: string,
  { data, truth, test }: { data: string; truth: readonly TrueSegment[]; test: Dataset },
  options: ScoringOptions,
): Promise<ScoredPart> {
  const scored = await scoreClips(folder, test, options);
  const { clips } = await answeredCuts(data, truth, { model: folder, ...options });
  const figures = THUMOS_SCRIPT_THRESHOLDS.map((threshold): OutcomeFigure => {
    const reached = clips.map((clip) => thumosScript([clip], [threshold]).thresholds[0]!);
    return {
      name: `clips with recall >= ${threshold}`,
      aim: `at ${threshold}`,
      own: { parts: reached.map(({ scriptRecall }) => scriptRecall) },
      trivial: {
        'every frame kept': { parts: reached.map(({ trivial }) => trivial['every frame kept']) },
        'uniform weights': { parts: reached.map(({ trivial }) => trivial['uniform weights']) },
      },
    };
  });
  const further = Object.fromEntries(
    thumosScript(clips).thresholds.map(({ threshold, keptIou }) => [
      `clips whose kept frames have a true IoU >= ${threshold}`,
      keptIou,
    ]),
  );
  return {
    ...common(scored),
    ...{ figures: [...figures, topFigure(scored, 'top-1', 1, null)], further },
    ...{ ious: clips.map((clip) => thumosOverlap(clip).iou), iousOf: 'clips, frames kept against true ones' },
  };
}

async function scoreClips(folder: string, test: Dataset, options: ScoringOptions): Promise<Scored> {
  const { device, threads, ...watcher } = options;
  return withModel({ model: folder, device, threads }, (predictor) => scoreModel(predictor, test, watcher));
}

/** What every set has: the report, its curve of precision, and IoUs where the clips have a truth. */
function common({ report, records, broken }: Scored): Omit<ScoredPart, 'figures' | 'further'> {
  const ious = records.flatMap((record) => whereScores(actingFrames(record)).map(({ iou }) => iou));
  return {
    report,
    precision: precisionAtRecall(answersOf(records, report.classes)),
    ...{ ious, iousOf: 'acting frames', tested: records.length, broken },
  };
}

/** Whether the true class is among the first `k`, beside chance, the majority class and the mean pool of the same features. */
function topFigure(
  { report, records }: Scored,
  name: string,
  k: number,
  aim: string | null = name,
): OutcomeFigure {
  const { classes, what } = report;
  const answers = answersOf(records, classes);
  const hits = (all: readonly ClassAnswer[]) => ({ parts: all.map((one) => (isInTop(one, k) ? 1 : 0)) });
  // Of the training labels, which the report knows; its share of all test clips stands for each of them.
  // Where the report has no top-5 there are at most five classes, and it is always right.
  const majority = (k === 1 ? what.figures.top1 : what.figures.top5)?.trivial['majority class'] ?? 1;
  const pools = records.every(({ meanPool }) => meanPool !== undefined);
  return {
    ...{ name, aim, own: hits(answers) },
    trivial: {
      chance: { parts: answers.map(() => chance(classes.length, k)) },
      'majority class': { parts: answers.map(() => majority) },
      ...(pools && { [MEAN_POOLING]: hits(answersOf(records, classes, ({ meanPool }) => meanPool!)) }),
    },
  };
}
