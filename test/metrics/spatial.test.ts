import { describe, expect, it } from 'vitest';
import { ACTIVITYNET_THRESHOLDS } from '../../src/metrics/activitynet.js';
import { classFrameScore, summariseWhere, WHERE_THRESHOLDS, whereScores } from '../../src/metrics/spatial.js';
import { bestSegment, summariseWhen, WHEN_THRESHOLDS, whenScore } from '../../src/metrics/temporal.js';
import { THUMOS14_THRESHOLDS } from '../../src/metrics/thumos14.js';
import { THUMOS_SCRIPT_THRESHOLDS } from '../../src/metrics/thumosScript.js';
import { UCF24_SCRIPT_THRESHOLDS } from '../../src/metrics/ucf24Script.js';
import type { Box } from '../../src/result.js';

const size = { width: 40, height: 20 };
const left: Box = [0, 0, 10, 10];
const low: Box = [0, 10, 10, 20];

describe('where', () => {
  it('counts a frame without a box as 0, and leaves out frames on which nobody acts', () => {
    const scores = whereScores([
      { ...size, predicted: null, point: null, truth: [left] },
      { ...size, predicted: left, point: [5, 15], truth: [low, left] }, // the best fitting one; the point hits the other
      { ...size, predicted: left, point: [5, 5], truth: [] },
    ]);
    expect(scores).toEqual([
      { iou: 0, isHit: false },
      { iou: 1, isHit: true },
    ]);
    const { frames, atIou, meanIou, pointing } = summariseWhere(scores, [0.5, 1]);
    expect({ frames, meanIou, pointing }).toEqual({ frames: 2, meanIou: 0.5, pointing: 0.5 });
    expect(atIou).toEqual([
      { threshold: 0.5, share: 0.5 },
      { threshold: 1, share: 0.5 },
    ]);
  });

  it('places a box by its centre: in x and in y', () => {
    // Half of the box lies on its class, half beside it; its centre lies on the class.
    expect(classFrameScore({ predicted: [2, 4, 12, 14], own: [left], others: [] }).isPlaced).toBe(true);
    expect(classFrameScore({ predicted: [6, 0, 16, 10], own: [left], others: [] }).isPlaced).toBe(false); // x 11
    expect(classFrameScore({ predicted: [0, 6, 10, 16], own: [left], others: [] }).isPlaced).toBe(false); // y 11
  });
});

describe('when', () => {
  const segment = (label: string, score: number, startSeconds: number, endSeconds: number) => ({
    label,
    score,
    startSeconds,
    endSeconds,
  });
  const segments = [segment('run', 0.5, 0, 4), segment('run', 0.75, 2, 6), segment('sit', 0.9, 4, 8)];

  it('takes the surest segment of the true class, and 0 where none has it', () => {
    expect(bestSegment(segments, 'run')).toBe(segments[1]);
    // 2 to 6 against 4 to 8 shares 2 of 6 seconds; against 20 to 22 nothing.
    const truth = [
      { startSeconds: 20, endSeconds: 22 },
      { startSeconds: 4, endSeconds: 8 },
    ];
    expect(whenScore({ label: 'run', segments, truth })).toBeCloseTo(1 / 3, 12);
    expect(whenScore({ label: 'fall', segments, truth })).toBe(0);
  });

  it('counts an IoU at the threshold as found', () => {
    const { meanIou, recall } = summariseWhen([0.5, 0, 1], [0.5]);
    expect(meanIou).toBe(0.5);
    expect(recall[0]!.share).toBeCloseTo(2 / 3, 12);
  });
});

it('the thresholds are those of each protocol', () => {
  expect(WHERE_THRESHOLDS).toEqual([0.1, 0.2, 0.3, 0.5]);
  expect(WHEN_THRESHOLDS).toEqual([0.3, 0.5, 0.7]);
  expect(THUMOS14_THRESHOLDS).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
  expect(ACTIVITYNET_THRESHOLDS).toEqual([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]);
  expect(UCF24_SCRIPT_THRESHOLDS).toEqual([0.05, 0.1, 0.2, 0.3]);
  expect(THUMOS_SCRIPT_THRESHOLDS).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
});
