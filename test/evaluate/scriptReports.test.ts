import { describe, expect, it } from 'vitest';
import {
  ScriptReport,
  thumosScriptReport,
  ucf24ScriptReport,
} from '../../src/evaluate/reports/scriptReports.js';
import { type Box, type Result } from '../../src/result.js';
import { type AnnotatedClip } from '../../src/dataset/index.js';
import { thumos14Script } from '../../src/evaluate/protocols/thumosScript.js';
import { ucf24Script, ucf24ScriptOf, ucf24TubeReport } from '../../src/evaluate/protocols/ucf24.js';

const centre: Box = [80, 60, 240, 180];

describe('ucf24ScriptReport', () => {
  const frames = [0, 16].map((frame) => ({ video: 'v', frame, truth: centre }));

  it('without answers has the trivial ones alone, and says what they are worth', () => {
    const report = ucf24ScriptReport(ucf24Script, frames);
    expect(ScriptReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report.thresholds[0]).toMatchObject({
      ...{ threshold: 0.05, value: null, published: 0.67, verdict: null },
      best: { name: 'centre box', value: 1 },
    });
    expect(report.words.at(-1)).toBe(
      "The paper's own figure is reached by an image-blind baseline at 0.05, 0.1, 0.2, 0.3.",
    );
  });

  it('says whether an image-blind baseline is as good or wins', () => {
    expect(ucf24ScriptReport(ucf24Script, frames, () => centre).words[1]).toBe(
      'At 0.05: 100.0 %; an image-blind baseline is as good: centre box (100.0 %).',
    );
    expect(ucf24ScriptReport(ucf24Script, frames, () => null).words[1]).toBe(
      'At 0.05: 0.0 %; an image-blind baseline wins: centre box (100.0 %).',
    );
  });

  it('is above where the truth is found and no constant box lies there', () => {
    const corner: Box = [0, 0, 20, 20];
    const found = ucf24ScriptReport(ucf24Script, [{ video: 'v', frame: 0, truth: corner }], () => corner);
    expect(found.thresholds.map(({ verdict }) => verdict)).toEqual(['above', 'above', 'above', 'above']);
  });
});

describe('one clip of ucf101-24', () => {
  // The truth is the centre box on frames 0 to 3 of 8. The answer, at half the size of the annotations, lies on it at
  // frame 0 and touches nothing of it at frame 3: on the line between, [0, 0, 40, 30] off at frame 3, a third a frame.
  const annotated: AnnotatedClip = {
    ...{
      clip: 'Dive/v_Dive_g01_c01',
      labels: ['Dive'],
      frames: 8,
      width: 320,
      height: 240,
      boxUnit: 'pixels',
    },
    segments: [],
    tracks: [
      {
        ...{ id: '1', label: 'Dive' },
        boxes: [0, 1, 2, 3].map((frame) => ({ frame, timeSeconds: null, box: centre })),
      },
    ],
  };
  const result = {
    video: { width: 160, height: 120, frames: 8, frameRate: 8, durationSeconds: 1 },
    classes: [{ label: 'Dive', probability: 1 }],
    frames: [
      { index: 0, box: [40, 30, 120, 90] },
      { index: 3, box: [120.5, 90.5, 150, 110] },
    ],
    ...{ segments: [{ label: 'Dive', startSeconds: 0, endSeconds: 0.5 }], actors: [] },
  } as unknown as Result;

  it('counts each sampled frame with a true box, the answer beside the constant boxes', () => {
    const { frames, ious, thresholds } = ucf24ScriptOf({ annotated, result });
    expect(frames).toBe(4);
    expect([ious[0], ious[3]]).toEqual([1, 0]);
    // Frame 1: [133.67, 100.33, 260, 193.33]; both are 107.33 x 80.67 of 161 * 121 and 127.33 * 94 pixels: 0.380.
    // Frame 2: [187.33, 140.67, 280, 206.67]: 53.67 x 40.33 of 161 * 121 and 93.67 * 67: 0.091.
    expect(ious[1]).toBeCloseTo((107.333 * 80.667) / (161 * 121 + 127.333 * 94 - 107.333 * 80.667), 4);
    expect(ious[2]).toBeCloseTo((53.667 * 40.333) / (161 * 121 + 93.667 * 67 - 53.667 * 40.333), 4);
    expect(thresholds.map(({ threshold, counts }) => [threshold, counts.own])).toEqual([
      [0.05, 3],
      [0.1, 2],
      [0.2, 2],
      [0.3, 2],
    ]);
    // whole frame: 161 * 121 / (320 * 240) = 0.2537
    expect(thresholds.map(({ counts }) => counts.trivial['whole frame'])).toEqual([4, 4, 4, 0]);
    expect(thresholds.map(({ share }) => share)).toEqual([0.75, 0.5, 0.5, 0.5]);
  });

  it('is a tube by the standard rules', () => {
    const own = { ...result, frames: [{ index: 0, box: [40, 30, 120, 90] }] } as unknown as Result;
    const { figures } = ucf24TubeReport([{ annotated, result: own }]);
    expect(Object.values(figures).map(({ value }) => value)).toEqual([1, 1, 1, 1]);
    const far = ucf24TubeReport([{ annotated, result }]);
    // The mean over four frames is (1 + 0.38 + 0.09 + 0) / 4 = 0.37.
    expect(far.figures['videoMap0.2'].value).toBe(1);
    expect(far.figures['videoMap0.5'].value).toBe(0);
  });
});

describe('thumosScriptReport', () => {
  it('sets the true IoU of kept frames beside the recall that the scripts call so', () => {
    // All four frames are kept, two are true: recall 1, IoU 1/2.
    const clip = { weights: [1, 1, 1, 1], isTrue: [true, true, false, false], isCorrect: true };
    const report = thumosScriptReport(thumos14Script, [clip], { videos: 1, hasAnswers: true });
    expect(report.thresholds.map(({ value, verdict }) => [value, verdict])).toEqual(
      Array(5).fill([1, 'level']),
    );
    expect(report.iou!.map(({ value }) => value)).toEqual([1, 1, 1, 1, 1]);
    const late = { ...clip, isTrue: [true, false, false, false] };
    const other = thumosScriptReport(thumos14Script, [late], { videos: 1, hasAnswers: true });
    expect(other.iou!.map(({ value }) => value)).toEqual([1, 1, 0, 0, 0]);
  });
});
