// `ucf101-24` and `ucf101-24-script`: boxes of the test clips, as tubes by the standard rules, and frame by frame as the released
// scripts count them.
import { join } from 'node:path';
import { readerOf, type AnnotatedClip } from '../../dataset/index.js';
import { trueTubes } from '../../dataset/formats/form.js';
import { missingError } from '../../errors.js';
import { boxAtFrame, tubesOfResult } from '../../metrics/resultTubes.js';
import {
  scriptFrames,
  ucf24Script as countOfScript,
  UCF24_SCRIPT_THRESHOLDS,
  type ScriptFrame,
  type ScriptSummary,
} from '../../metrics/ucf24Script.js';
import { ucf24ScriptReport, type ScriptReport } from '../reports/scriptReports.js';
import { tubeReport, type TubeReport } from '../reports/tubeReport.js';
import { factsOf } from './facts.js';
import type { Protocol } from './protocol.js';
import { answersOn, usage, type ProtocolRun } from './run.js';
import { type Result } from '../../result.js';

/** The size that UCF101-24 is annotated at. */
const UCF24_SIZE = { width: 320, height: 240 };

const scriptFacts = factsOf(
  'ucf101-24-script',
  'share of sampled frames whose one box reaches an IoU, first tube only',
  {
    thresholds: UCF24_SCRIPT_THRESHOLDS,
    published: [67.0, 56.1, 34.1, 17.7],
    caution: "the released scripts' own counting; a constant box in the centre lies above the paper",
  },
);

/** UCF101-24 as the released scripts count it. */
export const ucf24Script: Protocol = { ...scriptFacts, run: ucf24Boxes };

/** UCF101-24 by the standard rules. */
export const ucf24: Protocol = {
  ...factsOf('ucf101-24', 'frame-mAP at 0.5; video-mAP at 0.2, 0.5 and 0.5:0.05:0.95', {
    thresholds: [0.2, 0.5],
  }),
  run: ucf24Tubes,
};

/** A test clip with what a model says of it. */
export interface AnsweredClip {
  annotated: AnnotatedClip;
  result: Result;
}

/** Frames with a box of the first tube; without a model those of the constant boxes. */
async function ucf24Boxes(run: ProtocolRun): Promise<ScriptReport> {
  const clips = await testSide(run);
  if (run.model === undefined) return ucf24ScriptReport(scriptFacts, clips.flatMap(framesOf));
  const { results, answered } = await answersOn(run, clips);
  return ucf24ScriptReport(scriptFacts, answered.flatMap(framesOf), (frame) =>
    boxOn(frame, results.get(frame.video)!),
  );
}

/** The scripts' counting on one clip: its share of {@link ucf24Boxes}. */
export function ucf24ScriptOf({ annotated, result }: AnsweredClip): ScriptSummary {
  return countOfScript(framesOf(annotated), (frame) => boxOn(frame, result));
}

function framesOf(clip: AnnotatedClip): ScriptFrame[] {
  return scriptFrames({ video: clip.clip, frames: clip.frames!, tubes: trueTubes(clip) });
}

function boxOn({ frame }: ScriptFrame, result: Result): ReturnType<typeof boxAtFrame> {
  return boxAtFrame(result, frame, UCF24_SIZE);
}

/** Frame-mAP and video-mAP. Throws `usage` without a model. */
async function ucf24Tubes(run: ProtocolRun): Promise<TubeReport> {
  const clips = await testSide(run);
  if (run.model === undefined)
    throw usage('evaluate MODEL DATA', 'a model and its clips: tubes are scored', 'no model');
  const { results, answered } = await answersOn(run, clips);
  return ucf24TubeReport(answered.map((annotated) => ({ annotated, result: results.get(annotated.clip)! })));
}

/** Frame-mAP and video-mAP of answered clips, their boxes at the annotations' size. */
export function ucf24TubeReport(clips: readonly AnsweredClip[]): TubeReport {
  const found = clips.flatMap(({ annotated, result }) => tubesOfResult(result, annotated.clip, UCF24_SIZE));
  return tubeReport(
    found,
    clips.flatMap(({ annotated }) => trueTubes(annotated)),
    UCF24_SIZE,
  );
}

async function testSide(run: ProtocolRun): Promise<AnnotatedClip[]> {
  const path = run.annotations.endsWith('.mat') ? run.annotations : join(run.annotations, 'finalAnnots.mat');
  const { clips } = await readerOf('ucf101-24').read(path);
  const test = clips.filter(({ subset }) => subset === 'test');
  if (test.length > 0) return test;
  throw missingError(path, 'testlist01.txt beside finalAnnots.mat, which names the test videos');
}
