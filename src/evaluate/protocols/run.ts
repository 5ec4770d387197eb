// What every protocol is given, and what several do with it: the model at work, clips and videos that are missing.
import { usageError, WhereWhenError } from '../../errors.js';
import { datasetOf } from '../../dataset/annotated.js';
import type { AnnotatedClip, Dataset, Subset } from '../../dataset/index.js';
import type { Predictor } from '../../infer/index.js';
import type { Result } from '../../result.js';
import type { RuntimeOptions } from '../../runtime/index.js';
import { openModel, type OpenModelOptions, type Precision } from '../../savedModel/index.js';
import { scoreModel } from '../scoreModel.js';
import type { Watcher } from './videos.js';

/** What to score, against what. Paths are files or folders as each set ships them. */
export interface ProtocolRun extends Watcher {
  /** Its name. */
  protocol: string;
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

/** The model's Result for each test clip that is at hand, by the annotation's name. */
export async function answersOn(
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
export async function testClips(run: ProtocolRun, clips: readonly AnnotatedClip[]): Promise<Dataset> {
  return datasetOf(run.data!, { format: run.protocol, classes: [], clips: [...clips], notes: [] });
}

/** Says how many of what the set names are not at hand. */
export function noteMissing({ onNote, data }: ProtocolRun, found: number, all: number, noun: string): void {
  if (found < all) onNote?.(`${all - found} of ${all} ${noun} are not in ${data} and are not counted`);
}

/** A model folder, and how it is opened. */
export type OpenedModel = Pick<
  ProtocolRun,
  'model' | 'backboneFile' | 'precision' | 'localize' | 'device' | 'threads'
>;

/** The model of the run for as long as `work` takes. */
export async function withModel<T>(run: OpenedModel, work: (predictor: Predictor) => Promise<T>): Promise<T> {
  const { backboneFile, precision, localize, device, threads } = run;
  const predictor = await openModel(run.model!, { backboneFile, precision, localize, device, threads });
  try {
    return await work(predictor);
  } finally {
    await predictor.close();
  }
}

/** An error of wrong use. */
export function usage(path: string, expected: string, received: string): WhereWhenError {
  return usageError(path, expected, received);
}
