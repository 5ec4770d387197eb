// `ucf101-24` and `ucf101-24-script`: boxes of the test clips, as tubes by the standard rules, and frame by frame as the released
// scripts count them.
import { join } from 'node:path';
import { readerOf, type AnnotatedClip } from '../../dataset/index.js';
import { trueTubes } from '../../dataset/formats/form.js';
import { missingError } from '../../errors.js';
import { boxAtFrame, tubesOfResult } from '../../metrics/resultTubes.js';
import {
  scriptFrames,
  ucf24Script,
  type ScriptFrame,
  type ScriptSummary,
} from '../../metrics/ucf24Script.js';
import { ucf24ScriptReport, type ScriptReport } from '../reports/scriptReports.js';
import { tubeReport, type TubeReport } from '../reports/tubeReport.js';
import { answersOn, usage, type ProtocolRun } from './run.js';
import { type Result } from '../../result.js';

/** The size that UCF101-24 is annotated at. */
const UCF24_SIZE = { width: 320, height: 240 };

/** A test clip with what a model says of it. */
export interface AnsweredClip {
  annotated: AnnotatedClip;
  result: Result;
}

/** Frames with a box of the first tube; without a model those of the constant boxes. */
export async function ucf24Boxes(run: ProtocolRun): Promise<ScriptReport> {
  const clips = await testSide(run);
  if (run.model === undefined) return ucf24ScriptReport(clips.flatMap(framesOf));
  const { results, answered } = await answersOn(run, clips);
  return ucf24ScriptReport(answered.flatMap(framesOf), (frame) => boxOn(frame, results.get(frame.video)!));
}

/** The scripts' counting on one clip: its share of {@link ucf24Boxes}. */
export function ucf24ScriptOf({ annotated, result }: AnsweredClip): ScriptSummary {
  return ucf24Script(framesOf(annotated), (frame) => boxOn(frame, result));
}

function framesOf(clip: AnnotatedClip): ScriptFrame[] {
  return scriptFrames({ video: clip.clip, frames: clip.frames!, tubes: trueTubes(clip) });
}

function boxOn({ frame }: ScriptFrame, result: Result): ReturnType<typeof boxAtFrame> {
  return boxAtFrame(result, frame, UCF24_SIZE);
}

/** Frame-mAP and video-mAP. Throws `usage` without a model. */
export async function ucf24Tubes(run: ProtocolRun): Promise<TubeReport> {
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
