import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageVideoMap } from '../../src/metrics/tubes.js';
import {
  boxIou,
  frameMap,
  tubeIou,
  videoMap,
  type FrameDetection,
  type Tube,
} from '../../src/metrics/index.js';
import { Random } from '../../src/random.js';
import type { Box } from '../../src/result.js';
import { greedyTubes } from '../../src/metrics/linking.js';

const still: Box = [0, 0, 9, 9];
const tube = (start: number, length: number, box: Box = still): Tube => ({
  video: 'v',
  label: 'run',
  start,
  boxes: Array.from({ length }, () => box),
});
const found = (frame: number, score: number, box: Box = still): FrameDetection => ({
  video: 'v',
  label: 'run',
  frame,
  box,
  score,
});

describe('tubeIou', () => {
  it('is the mean box IoU on shared frames times shared over united length', () => {
    // frames 0..9 and 5..14 share 5 of 15; [0,0,9,9] and [0,0,9,4] (pixels) have IoU 0.5
    expect(tubeIou(tube(0, 10), tube(5, 10))).toBeCloseTo(5 / 15, 12);
    expect(tubeIou(tube(0, 10), tube(5, 10, [0, 0, 9, 4]))).toBeCloseTo((5 / 15) * 0.5, 12);
    expect(tubeIou(tube(0, 5), tube(5, 5))).toBe(0);
  });
});

describe('frameMap', () => {
  it('gives half the trapezium for a miss ahead of the only hit', () => {
    // points (precision, recall): (1,0), (0,0), (1/2,1): area = (0 + 1/2) / 2
    const { AP } = frameMap([found(0, 0.9, [50, 50, 60, 60]), found(0, 0.8)], [found(0, 0)]);
    expect(AP['run']).toBeCloseTo(0.25, 12);
  });

  it('counts the second box on one true box as a miss', () => {
    const twice = [found(0, 0.9), found(0, 0.8)];
    expect(frameMap(twice, [found(0, 0)]).mAP).toBe(1);
    expect(frameMap([...twice, found(1, 0.7)], [found(0, 0), found(1, 0)]).mAP).toBeLessThan(1);
  });
});

describe('videoMap', () => {
  it('is 1 for the true tubes at every threshold', () => {
    const truth = [tube(0, 10), tube(20, 5, [30, 30, 60, 60])];
    const perfect = truth.map((t, i) => ({ ...t, score: i }));
    expect(averageVideoMap(perfect, truth)).toBe(1);
  });

  it('keeps 0.2 and loses 0.5 for a tube of a third', () => {
    const third = [{ ...tube(5, 10), score: 1 }];
    expect(videoMap(third, [tube(0, 10)], 0.2).mAP).toBe(1);
    expect(videoMap(third, [tube(0, 10)], 0.5).mAP).toBe(0);
  });

  it('ignores the order of tubes and never gains by a false one', () => {
    const length = fc.integer({ min: 1, max: 12 });
    const start = fc.integer({ min: 0, max: 30 });
    const tubes = fc.array(
      fc.tuple(start, length).map(([s, l]) => tube(s, l)),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(tubes, tubes, fc.integer({ min: -1, max: 9 }), fc.integer(), (truth, other, at, seed) => {
        const answers = other.map((t, i) => ({ ...t, score: i }));
        const map = videoMap(answers, truth, 0.5).mAP;
        expect(videoMap(Random.from(seed).shuffle(answers), truth, 0.5).mAP).toBe(map);
        const worse = [...answers, { ...tube(900, 5), score: at + 0.5 }];
        expect(videoMap(worse, truth, 0.5).mAP).toBeLessThanOrEqual(map + 1e-12);
      }),
    );
  });
});

describe('greedyTubes', () => {
  it('links overlapping boxes, fills a short gap and starts anew after a long one', () => {
    const frames = [
      found(0, 0.9),
      found(1, 0.7, [2, 0, 11, 9]),
      found(3, 0.8, [4, 0, 13, 9]),
      found(20, 0.5),
    ];
    const tubes = greedyTubes(frames);
    expect(tubes.map(({ start, boxes }) => [start, boxes.length])).toEqual([
      [0, 4],
      [20, 1],
    ]);
    expect(tubes[0]!.boxes[2]).toEqual([3, 0, 12, 9]);
    expect(tubes[0]!.score).toBeCloseTo(0.8, 12);
  });

  it('fills a gap in a tube that begins late', () => {
    const tubes = greedyTubes([found(10, 0.9), found(12, 0.9)]);
    expect(tubes.map(({ start, boxes }) => [start, boxes.length])).toEqual([[10, 3]]);
  });

  it('does not take up a tube whose last box lies too long ago, though a box stands in the same place', () => {
    const tubes = greedyTubes([found(0, 0.9), found(3, 0.9)], { patience: 1 });
    expect(tubes.map(({ start, boxes }) => [start, boxes.length])).toEqual([
      [0, 1],
      [3, 1],
    ]);
  });

  it('keeps two actors apart and gives the surer tube its box first', () => {
    const right: Box = [100, 0, 109, 9];
    const frames = [0, 1, 2].flatMap((t) => [found(t, 0.9), found(t, 0.6, right)]);
    const tubes = greedyTubes(frames, { overlap: boxIou });
    expect(tubes.map(({ boxes }) => boxes)).toEqual([Array(3).fill(still), Array(3).fill(right)]);
  });
});
