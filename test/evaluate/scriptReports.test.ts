import { describe, expect, it } from 'vitest';
import {
  ScriptReport,
  thumosScriptReport,
  ucf24ScriptReport,
} from '../../src/evaluate/reports/scriptReports.js';
import type { Box } from '../../src/result.js';

const centre: Box = [80, 60, 240, 180];

describe('ucf24ScriptReport', () => {
  const frames = [0, 16].map((frame) => ({ video: 'v', frame, truth: centre }));

  it('without answers has the trivial ones alone, and says what they are worth', () => {
    const report = ucf24ScriptReport(frames);
    expect(ScriptReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report.thresholds[0]).toMatchObject({
      ...{ threshold: 0.05, value: null, published: 0.67, verdict: null },
      best: { name: 'centre box', value: 1 },
    });
    expect(report.words.at(-1)).toBe(
      "The paper's own figure is reached by a trivial answer at 0.05, 0.1, 0.2, 0.3.",
    );
  });

  it('says whether a trivial answer is as good or wins', () => {
    expect(ucf24ScriptReport(frames, () => centre).words[1]).toBe(
      'At 0.05: 100.0 %; a trivial answer is as good: centre box (100.0 %).',
    );
    expect(ucf24ScriptReport(frames, () => null).words[1]).toBe(
      'At 0.05: 0.0 %; a trivial answer wins: centre box (100.0 %).',
    );
  });

  it('is above where the truth is found and no constant box lies there', () => {
    const corner: Box = [0, 0, 20, 20];
    const found = ucf24ScriptReport([{ video: 'v', frame: 0, truth: corner }], () => corner);
    expect(found.thresholds.map(({ verdict }) => verdict)).toEqual(['above', 'above', 'above', 'above']);
  });
});

describe('thumosScriptReport', () => {
  it('sets the true IoU of kept frames beside the recall that the scripts call so', () => {
    // All four frames are kept, two are true: recall 1, IoU 1/2.
    const clip = { weights: [1, 1, 1, 1], isTrue: [true, true, false, false], isCorrect: true };
    const report = thumosScriptReport([clip], { videos: 1, hasAnswers: true });
    expect(report.thresholds.map(({ value, verdict }) => [value, verdict])).toEqual(
      Array(5).fill([1, 'level']),
    );
    expect(report.iou!.map(({ value }) => value)).toEqual([1, 1, 1, 1, 1]);
    const late = { ...clip, isTrue: [true, false, false, false] };
    const other = thumosScriptReport([late], { videos: 1, hasAnswers: true });
    expect(other.iou!.map(({ value }) => value)).toEqual([1, 1, 0, 0, 0]);
  });
});
