import { describe, expect, it } from 'vitest';
import { rateOf } from '../../src/video/frameRate.js';

const times = (...seconds: number[]): Float64Array => Float64Array.from(seconds);

describe('the rate of frames', () => {
  it('is the declared one where times bear it out, else their mean', () => {
    expect(rateOf(times(0, 0.1, 0.2, 0.3), 10.05)).toEqual({ frameRate: 10.05, isVariableRate: false });
    expect(rateOf(times(0, 0.5, 1), 10).frameRate).toBeCloseTo(2, 9);
    expect(rateOf(times(0, 0.1, 0.5), 10)).toEqual({ frameRate: 4, isVariableRate: true });
  });

  it('is the declared one of a single frame, and of frames of a damaged file that all have one time', () => {
    expect(rateOf(times(3), 12)).toEqual({ frameRate: 12, isVariableRate: false });
    expect(rateOf(times(3, 3, 3), 12)).toEqual({ frameRate: 12, isVariableRate: false });
    expect(rateOf(times(3, 3), 0).frameRate).toBe(25);
  });
});
