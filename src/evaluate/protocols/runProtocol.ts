// `evaluate --protocol NAME`: reads what the set ships, gets answers from a model or from a file of detections, and
// hands both to the protocol's own rules. Without either, the trivial answers stand alone where they can.
import { join } from 'node:path';
import { WhereWhenError } from '../../errors.js';
import { AMBIGUOUS, boxAtFrame, scriptFrames, tubesOfResult } from '../../metrics/index.js';
import { detectionReport, type DetectionReport } from '../reports/detectionReport.js';
import { splitsReport, type SplitScore, type SplitsReport } from '../reports/splitsReport.js';
import { thumosScriptReport, ucf24ScriptReport, type ScriptReport } from '../reports/scriptReports.js';
import { tubeReport, type TubeReport } from '../reports/tubeReport.js';
import { type ProtocolName } from './protocols.js';
import type { Predictor } from '../../infer/index.js';
import type { Result } from '../../result.js';
import type { RuntimeOptions } from '../../runtime/index.js';
import {
  datasetOf,
  videoFiles,
  type Dataset,
  readDetections,
  trueTubes,
  type AnnotatedClip,
  type Subset,
  readerOf,
  officialSplit,
  withoutLeaks,
} from '../../dataset/index.js';
import { type Precision, openModel, type OpenModelOptions } from '../../savedModel/index.js';
import { scoreModel } from '../scoreModel.js';
import { matchedDetections } from './matchedDetections.js';
import { readTemporalTruth, type TemporalTruth } from './temporalTruth.js';
import { answerCutClips, cutClips, detectSegments, type Watcher } from './videos.js';

/** What to score, against what. Paths are files or folders as each set ships them. */
export interface ProtocolRun extends Watcher {
  protocol: Exclude<ProtocolName, 'clips'>;
  annotations: string;
  /** Detections of others: ActivityNet JSON or THUMOS text. */
  detections?: string;
  /** A model folder; `{split}` in it stands for the number of the split (ucf101, hmdb51). */
  model?: string;
  /** The clips or videos that the model answers. */
  data?: string;
  /** One official split; without it all three. */
  split?: number;
  subset?: Subset;
  thresholds?: readonly number[];
  /** Where the file of the model's frozen backbone lies now. */
  backboneFile?: string;
  /** The arithmetic that it must have. */
  precision?: Precision;
  /** The way that boxes and segments are read, if not the model's own. */
  localize?: OpenModelOptions['localize'];
  device?: RuntimeOptions['device'];
  threads?: number;
  onNote?: (note: string) => void;
}

/** Any report of a named protocol; `protocol` tells which. */
export type ProtocolReport = DetectionReport | ScriptReport | TubeReport | SplitsReport;

/** The size that UCF101-24 is annotated at. */
const UCF24_SIZE = { width: 320, height: 240 };
const SPLITS = [1, 2, 3];

/** Scores by one protocol. Throws `usage` for what a protocol cannot do with what it was given. */
export async function runProtocol(run: ProtocolRun): Promise<ProtocolReport> {
  if (run.model !== undefined && run.data === undefined)
    throw usage('evaluate DATA', 'the clips that the model is to answer', 'a model alone');
  const isTemporal = run.protocol === 'thumos14' || run.protocol === 'activitynet';
  if (run.windowSeconds !== undefined && !isTemporal)
    throw usage('--windows', 'the protocol thumos14 or activitynet', run.protocol);
  if (run.detections !== undefined && !isTemporal)
    throw usage('--detections', 'the protocol thumos14 or activitynet', run.protocol);
  switch (run.protocol) {
    case 'thumos14':
    case 'activitynet':
      return temporal(run, run.protocol);
    case 'thumos14-script':
      return thumosScripts(run);
    case 'ucf101-24-script':
    case 'ucf101-24':
      return run.protocol === 'ucf101-24' ? tubes(run) : boxScript(run);
    case 'ucf101':
    case 'hmdb51':
      return splits(run, run.protocol);
  }
}

async function temporal(run: ProtocolRun, protocol: DetectionReport['protocol']): Promise<DetectionReport> {
  const truth = await truthOf(run, protocol);
  const options = { protocol, thresholds: run.thresholds, durations: truth.durations };
  if (run.detections !== undefined) {
    const notes: string[] = [];
    const read = await readDetections(run.detections, truth.classes, notes);
    const { detections, notes: named } = matchedDetections(read, truth, run.detections);
    for (const note of [...notes, ...named]) run.onNote?.(note);
    return detectionReport(detections, truth.segments, options);
  }
  if (run.model === undefined)
    throw usage('--detections', 'a file of detections, or a model and its videos', 'neither');
  const files = await videoFiles(
    run.data!,
    truth.segments.map(({ video }) => video),
  );
  noteMissing(run, files.size, new Set(truth.segments.map(({ video }) => video)).size, 'videos');
  return withModel(run, async (predictor) => {
    const { detections, durations } = await detectSegments(predictor, files, run);
    const segments = truth.segments.filter(({ video }) => files.has(video));
    return detectionReport(detections, segments, {
      ...options,
      durations: new Map([...truth.durations, ...durations]),
    });
  });
}

async function thumosScripts(run: ProtocolRun): Promise<ScriptReport> {
  const { segments, durations } = await truthOf(run, 'thumos14');
  if (run.model === undefined) {
    const clips = cutClips(segments, durations);
    const beyond = clips.filter(({ isTrue }) => !isTrue.includes(true)).length;
    if (beyond > 0)
      run.onNote?.(`${beyond} instances lie beyond the end of their video: nothing recalls them`);
    return thumosScriptReport(clips, { videos: countVideos(segments), hasAnswers: false });
  }
  const files = await videoFiles(
    run.data!,
    segments.map(({ video }) => video),
  );
  noteMissing(run, files.size, countVideos(segments), 'videos');
  return withModel(run, async (predictor) => {
    const clips = await answerCutClips(predictor, segments, files, run);
    return thumosScriptReport(clips, { videos: files.size, hasAnswers: true });
  });
}

async function boxScript(run: ProtocolRun): Promise<ScriptReport> {
  const clips = await testSide(run);
  const framesOf = (list: readonly AnnotatedClip[]) =>
    list.flatMap((clip) => scriptFrames({ video: clip.clip, frames: clip.frames!, tubes: trueTubes(clip) }));
  if (run.model === undefined) return ucf24ScriptReport(framesOf(clips));
  const { results, answered } = await answersOn(run, clips);
  return ucf24ScriptReport(framesOf(answered), ({ video, frame }) =>
    boxAtFrame(results.get(video)!, frame, UCF24_SIZE),
  );
}

async function tubes(run: ProtocolRun): Promise<TubeReport> {
  const clips = await testSide(run);
  if (run.model === undefined)
    throw usage('evaluate MODEL DATA', 'a model and its clips: tubes are scored', 'no model');
  const { results, answered } = await answersOn(run, clips);
  const found = [...results].flatMap(([video, result]) => tubesOfResult(result, video, UCF24_SIZE));
  return tubeReport(found, answered.flatMap(trueTubes), UCF24_SIZE);
}

async function splits(run: ProtocolRun, protocol: SplitsReport['protocol']): Promise<SplitsReport> {
  const numbers = run.split === undefined && isForEverySplit(run) ? SPLITS : [run.split ?? 1];
  const scores: SplitScore[] = [];
  let classes = 0;
  for (const split of numbers) {
    const read = await readerOf(protocol).read(run.annotations, { split });
    read.notes.forEach((note) => run.onNote?.(note));
    classes = read.classes.length;
    const items = read.clips.map((clip) => ({ ...clip, name: clip.clip, label: clip.labels[0]! }));
    const { train, test } = withoutLeaks(officialSplit(items, `${protocol} split ${split}`));
    const labels = {
      trainLabels: train.map(({ label }) => label),
      testLabels: test.map(({ label }) => label),
    };
    scores.push({
      split,
      ...labels,
      reached: run.model === undefined ? undefined : await topOne(run, split, test),
    });
  }
  return splitsReport(protocol, classes, scores);
}

/** One model cannot stand for three splits: what trains in one is tested in another. */
function isForEverySplit({ model }: ProtocolRun): boolean {
  return model === undefined || model.includes('{split}');
}

async function topOne(
  run: ProtocolRun,
  split: number,
  test: readonly AnnotatedClip[],
): Promise<SplitScore['reached']> {
  const model = run.model!.replaceAll('{split}', String(split));
  const dataset = await testClips(run, test);
  return withModel({ ...run, model }, async (predictor) => {
    const { report } = await scoreModel(predictor, dataset, run);
    const { value, interval } = report.what.figures.top1;
    return { clips: report.clips, top1: value, interval };
  });
}

/** The model's Result for each test clip that is at hand, by the annotation's name. */
async function answersOn(
  run: ProtocolRun,
  clips: readonly AnnotatedClip[],
): Promise<{ results: Map<string, Result>; answered: AnnotatedClip[] }> {
  const dataset = await testClips(run, clips);
  noteMissing(run, dataset.clips.length, clips.length, 'test clips');
  const { answered } = await withModel(run, (predictor) => scoreModel(predictor, dataset, run));
  return {
    results: new Map(answered.map(({ clip, result }) => [clip.annotated!.clip, result])),
    answered: answered.map(({ clip }) => clip.annotated!),
  };
}

/** Those of the annotated clips that lie below DATA. */
async function testClips(run: ProtocolRun, clips: readonly AnnotatedClip[]): Promise<Dataset> {
  return datasetOf(run.data!, { format: run.protocol, classes: [], clips: [...clips], notes: [] });
}

async function testSide(run: ProtocolRun): Promise<AnnotatedClip[]> {
  const path = run.annotations.endsWith('.mat') ? run.annotations : join(run.annotations, 'finalAnnots.mat');
  const { clips } = await readerOf('ucf101-24').read(path);
  const test = clips.filter(({ subset }) => subset === 'test');
  if (test.length > 0) return test;
  throw new WhereWhenError({
    code: 'missing',
    path,
    expected: 'testlist01.txt beside finalAnnots.mat, which names the test videos',
  });
}

async function truthOf(run: ProtocolRun, protocol: DetectionReport['protocol']): Promise<TemporalTruth> {
  const truth = await readTemporalTruth(run.annotations, { protocol, subset: run.subset });
  truth.notes.forEach((note) => run.onNote?.(note));
  return truth;
}

function countVideos(segments: TemporalTruth['segments']): number {
  const sure = segments.filter(({ label }) => label !== AMBIGUOUS);
  return new Set(sure.map(({ video }) => video)).size;
}

function noteMissing({ onNote, data }: ProtocolRun, found: number, all: number, noun: string): void {
  if (found < all) onNote?.(`${all - found} of ${all} ${noun} are not in ${data} and are not counted`);
}

async function withModel<T>(run: ProtocolRun, work: (predictor: Predictor) => Promise<T>): Promise<T> {
  const { backboneFile, precision, localize, device, threads } = run;
  const predictor = await openModel(run.model!, { backboneFile, precision, localize, device, threads });
  try {
    return await work(predictor);
  } finally {
    await predictor.close();
  }
}

function usage(path: string, expected: string, received: string): WhereWhenError {
  return new WhereWhenError({ code: 'usage', path, expected, received });
}
