import { describe, expect, it } from 'vitest';
import { FrameClock } from '../../src/page/frameClock.js';
import { stretchAnswer } from '../../src/page/stretch.js';
import type { Result } from '../../src/result.js';

describe('FrameClock', () => {
  it('divides time evenly at a steady rate, and holds at both ends', () => {
    const clock = new FrameClock({ frames: 10, frameRate: 25 });
    expect([0, 0.038, 0.04, 0.0788, 0.36, 5, -1].map((t) => clock.frameAt(t))).toEqual([0, 0, 1, 1, 9, 9, 0]);
    expect(clock.timeOf(3)).toBeCloseTo(0.12);
    expect(clock.middleOf(3)).toBeCloseTo(0.14);
  });

  it('finds each frame of a varying rate from its begin to that of the next', () => {
    const times = [0, 0.1, 0.15, 0.6];
    const clock = new FrameClock({ frames: 4, frameRate: 10, times });
    expect([0, 0.0999, 0.1, 0.1488, 0.2, 0.59, 0.6, 2].map((t) => clock.frameAt(t))).toEqual([
      0,
      1,
      1,
      1,
      2,
      2,
      3,
      3, // a millisecond before a frame counts as that frame's
    ]);
    times.forEach((_, frame) => expect(clock.frameAt(clock.middleOf(frame))).toBe(frame));
  });
});

describe('the evidence of a stretch alone', () => {
  const frames = [0, 1, 2, 3].map((i) => ({ index: i, timeSeconds: i, weight: 0.25, box: null }));
  const curves = {
    labels: ['a', 'b'],
    values: [
      [0, 0, Math.log(3), Math.log(3)],
      [0, 0, 0, 0],
    ],
  };
  const result = { frames, curves } as unknown as Result;

  it('is the softmax of its mean: exp(ln 3) against exp(0) is 3 to 1', () => {
    const answer = stretchAnswer(result, { startSeconds: 1.5, endSeconds: 3 })!;
    expect(answer.frames).toBe(2);
    expect(answer.classes.map(({ label }) => label)).toEqual(['a', 'b']);
    expect(answer.classes[0]!.probability).toBeCloseTo(0.75);
  });

  it('is that of the nearest frame where none lies inside, and nothing without curves', () => {
    const answer = stretchAnswer(result, { startSeconds: 1.8, endSeconds: 1.9 })!;
    expect([answer.frames, answer.classes[0]!.probability.toFixed(3)]).toEqual([1, '0.750']);
    expect(stretchAnswer({ ...result, curves: undefined }, { startSeconds: 0, endSeconds: 1 })).toBeNull();
  });
});
