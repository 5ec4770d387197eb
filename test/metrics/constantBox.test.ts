import { describe, expect, it } from 'vitest';
import { boxIou } from '../../src/metrics/index.js';
import { centreBox, wholeFrame } from '../../src/metrics/trivial.js';
import { fitConstantBox, type BoxSample } from '../../src/metrics/constantBox.js';
import { Random } from '../../src/random.js';
import type { Box } from '../../src/result.js';

const size = { width: 320, height: 240 };

describe('fitConstantBox', () => {
  it('finds the one box that all samples share, in parts of the picture', () => {
    const truth: Box = [33, 51, 147, 203];
    const { box, meanIou } = fitConstantBox([{ ...size, truth: [truth] }]);
    expect(meanIou).toBeGreaterThan(0.99);
    expect(boxIou([box[0] * 320, box[1] * 240, box[2] * 320, box[3] * 240], truth)).toBeGreaterThan(0.99);
  });

  it('is at least as good as the centre box, the whole frame and 500 random boxes', () => {
    const random = Random.from(3, 'constant box');
    const drawn = (): Box => {
      const [x, y] = [random.uniform(0, 250), random.uniform(0, 180)];
      return [x, y, x + random.uniform(10, 320 - x), y + random.uniform(10, 240 - y)];
    };
    const samples: BoxSample[] = Array.from({ length: 80 }, () => ({ ...size, truth: [drawn()] }));
    const mean = (box: Box) => samples.reduce((sum, s) => sum + boxIou(box, s.truth[0]!), 0) / samples.length;
    const rivals = [centreBox(size), wholeFrame(size), ...Array.from({ length: 500 }, drawn)];
    const { meanIou } = fitConstantBox(samples);
    expect(meanIou).toBeGreaterThanOrEqual(Math.max(...rivals.map(mean)));
  });

  it('fits a share of frames when asked: two of three samples at IoU 0.9 beat a compromise', () => {
    const here: Box = [0, 0, 100, 100];
    const there: Box = [200, 100, 320, 240];
    const samples = [here, here, there].map((box) => ({ ...size, truth: [box] }));
    const { objective } = fitConstantBox(samples, { iou: 0.9 });
    expect(objective).toBeCloseTo(2 / 3, 12);
  });

  it('finds the place that most boxes share, wherever it lies', () => {
    // Three of five in the lower right corner: their box reaches 1, 1, 1, 0, 0.
    const corner = (x: number, y: number): Box => [x, y, x + 80, y + 60];
    const truth = [corner(0, 0), corner(0, 0), corner(240, 180), corner(240, 180), corner(240, 180)];
    const { box, meanIou } = fitConstantBox(truth.map((one) => ({ ...size, truth: [one] })));
    box.forEach((edge, i) => expect(edge).toBeCloseTo([0.75, 0.75, 1, 1][i]!, 6));
    expect(meanIou).toBeCloseTo(0.6, 6);
  });

  it('refuses to fit without a true box', () => {
    expect(() => fitConstantBox([{ ...size, truth: [] }])).toThrow(/at least one frame with a true box/);
  });
});
