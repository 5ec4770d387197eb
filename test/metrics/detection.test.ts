import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activitynetMap,
  thumos14Map,
  type TemporalDetection,
  type TrueSegment,
} from '../../src/metrics/index.js';
import { AMBIGUOUS } from '../../src/metrics/thumos14.js';
import { Random } from '../../src/random.js';

const seg = (startSeconds: number, endSeconds: number, label = 'dive', video = 'v'): TrueSegment => ({
  video,
  label,
  startSeconds,
  endSeconds,
});
const det = (start: number, end: number, score: number, label = 'dive', video = 'v'): TemporalDetection => ({
  ...seg(start, end, label, video),
  score,
});

describe('activitynetMap', () => {
  it('interpolates: hit, miss, hit on two true segments is (1 + 2/3) / 2', () => {
    const { thresholds } = activitynetMap(
      [det(0, 10, 0.9), det(50, 60, 0.8), det(20, 30, 0.7)],
      [seg(0, 10), seg(20, 30)],
      [0.5],
    );
    expect(thresholds[0]!.AP['dive']).toBeCloseTo((1 + 2 / 3) / 2, 12);
  });

  it('counts IoU equal to the threshold as found', () => {
    // [0,5] in [0,10] has IoU 0.5
    expect(activitynetMap([det(0, 5, 1)], [seg(0, 10)], [0.5]).averageMap).toBe(1);
  });

  it('counts detections of classes without truth apart', () => {
    const summary = activitynetMap(
      [det(0, 10, 1), det(0, 10, 1, 'fly'), det(0, 5, 1, 'fall')],
      [seg(0, 10)],
      [0.5],
    );
    expect(summary.unknownClass).toBe(2);
    expect(summary.averageMap).toBe(1);
  });
});

describe('thumos14Map', () => {
  it('does not count IoU equal to the threshold', () => {
    expect(thumos14Map([det(0, 5, 1)], [seg(0, 10)], [0.5]).averageMap).toBe(0);
  });

  it('drops a miss that touches an Ambiguous segment, in its own video only', () => {
    const detections = [det(50, 60, 0.9), det(0, 10, 0.8)];
    const truth = [seg(0, 10), seg(59, 70, AMBIGUOUS)];
    expect(thumos14Map(detections, truth, [0.5]).averageMap).toBe(1);
    const elsewhere = [seg(0, 10), seg(59, 70, AMBIGUOUS, 'w')];
    expect(thumos14Map(detections, elsewhere, [0.5]).averageMap).toBe(1 / 2);
  });

  it('lets true segments choose in file order, so the first takes the better detection of both', () => {
    // [2,12] fits both; the first true segment takes it with IoU 8/12, the second is left with [20,30].
    const summary = thumos14Map([det(2, 12, 0.9), det(20, 30, 0.8)], [seg(0, 10), seg(4, 14)], [0.5]);
    expect(summary.averageMap).toBe(1 / 2);
  });
});

describe.each([
  ['activitynetMap', activitynetMap],
  ['thumos14Map', thumos14Map],
] as const)('%s', (_, map) => {
  const time = fc.integer({ min: 0, max: 60 });
  const label = fc.constantFrom('dive', 'run');
  const video = fc.constantFrom('v', 'w', 'x');
  const segment = fc
    .tuple(time, fc.integer({ min: 1, max: 20 }), label, video)
    .map(([start, length, l, v]) => seg(start, start + length, l, v));
  const truths = fc.array(segment, { minLength: 1, maxLength: 12 });
  const found = fc
    .array(segment, { maxLength: 25 })
    .map((all) => all.map((s, i) => ({ ...s, score: ((i * 7919) % 1009) + i / 1000 })));
  const thresholds = [0.3, 0.5];

  it('does not depend on the order of detections with distinct scores', () => {
    fc.assert(
      fc.property(truths, found, fc.integer(), (truth, detections, seed) => {
        const shuffled = Random.from(seed, 'order').shuffle(detections);
        expect(map(shuffled, truth, thresholds)).toEqual(map(detections, truth, thresholds));
      }),
    );
  });

  it('gives 1 for detections that are the truth', () => {
    fc.assert(
      fc.property(truths, (truth) => {
        const perfect = truth.map((s, i) => ({ ...s, score: i }));
        expect(map(perfect, truth, thresholds).averageMap).toBeCloseTo(1, 12);
      }),
    );
  });

  it('never gains by a detection that finds nothing', () => {
    fc.assert(
      fc.property(
        truths,
        found,
        fc.double({ min: 0, max: 1100, noNaN: true }),
        (truth, detections, score) => {
          const before = map(detections, truth, thresholds);
          const after = map([...detections, det(500, 510, score)], truth, thresholds);
          after.thresholds.forEach((at, t) => {
            for (const [name, ap] of Object.entries(at.AP)) {
              expect(ap).toBeLessThanOrEqual(before.thresholds[t]!.AP[name]! + 1e-12);
            }
          });
        },
      ),
    );
  });
});
