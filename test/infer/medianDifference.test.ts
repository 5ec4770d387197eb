import { describe, expect, it } from 'vitest';
import { medianDifference } from '../../src/infer/medianDifference.js';
import { float32 } from '../../src/tensor.js';

describe('the difference to the median', () => {
  it('is the distance of each cell to its median over the frames, summed over channels', () => {
    // One cell row of two: channel 0 is 0, 0, 5 and 1, 2, 3 over the frames, channel 1 is 1, 1, 1 and 4, 0, 0.
    // Medians 0 and 2, then 1 and 0: distances 0 0 5 and 1 0 1, then 0 0 0 and 4 0 0.
    const frames = [0, 1, 1, 4, 0, 2, 1, 0, 5, 3, 1, 0]; // [1,3,2,1,2]
    expect([...medianDifference(float32(frames, [1, 3, 2, 1, 2]))]).toEqual([0, 5, 0, 0, 5, 1]);
  });

  it('takes the lower of two middle values, as PyTorch does', () => {
    expect([...medianDifference(float32([4, 1, 2, 7], [1, 4, 1, 1, 1]))]).toEqual([2, 1, 0, 5]);
  });
});
