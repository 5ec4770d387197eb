// Rules of WHEN and WHO at their edges, each case worked by hand: what is first, what is nothing, what is equal.
import { expect, it } from 'vitest';
import { actorsOf } from '../../src/localize/actors.js';
import { oddsOfNothing } from '../../src/localize/curves.js';
import { localize, localizeOptions } from '../../src/localize/index.js';
import { findSegments, windowOverlap, type SegmentInput } from '../../src/localize/segments.js';
import { bestWindow, bestWindows, runsAbove } from '../../src/localize/windows.js';
import type { FrameLook } from '../../src/localize/looks.js';

const anyLength = { minimumLength: 1, maximumLength: 100 };
const segmentsOf = (input: SegmentInput, when: object) =>
  findSegments(input, localizeOptions({ when: { smooth: 0, maximumSegments: 9, ...when } }).when);

it('a window may begin on the first frame', () => {
  const windows = bestWindows([3, -1, -1], { rule: 'window', ...anyLength }, { count: 1, minimumScore: 0 });
  expect(windows).toEqual([{ from: 0, to: 1, value: 3 }]);
});

it('a step inside a stretch is judged against that stretch alone', () => {
  // Of [0, 1, 0]: inside 1, outside 0, sqrt(1 * 2 / 3); the nines before the stretch play no part.
  const window = bestWindow([9, 9, 0, 1, 0], { rule: 'step', ...anyLength }, 2, 5)!;
  expect(window).toMatchObject({ from: 3, to: 4 });
  expect(window.value).toBeCloseTo(Math.sqrt(2 / 3), 12);
});

it('a frame at the threshold is not above it', () => {
  expect(runsAbove([0.25, 0.5, 0.25], 0.25)).toEqual([{ from: 1, to: 2, value: 0.5 }]);
});

it('windows apart share nothing', () => {
  expect(windowOverlap({ from: 0, to: 2 }, { from: 5, to: 6 })).toBe(0);
  expect(windowOverlap({ from: 0, to: 2 }, { from: 1, to: 3 })).toBeCloseTo(1 / 3, 12);
});

it('runs of high weight come with the strongest first, each with its share of the probability', () => {
  const input = { frames: 4, classes: 1, weights: [0.25, 0, 0, 0.75], probabilities: [0.5] };
  expect(segmentsOf(input, { rule: 'threshold', threshold: 0.5, minimumShare: 0 })).toEqual([
    { classIndex: 0, from: 3, to: 4, score: 0.375 },
    { classIndex: 0, from: 0, to: 1, score: 0.125 },
  ]);
});

it('weights know no class: their window is of the likeliest one, its score the probability times the weight inside', () => {
  const input = { frames: 4, classes: 2, weights: [0, 0.5, 0.5, 0], probabilities: [0.625, 0.375] };
  const when = { rule: 'window', curve: 'weights', maximumClasses: 2, suppression: 1 };
  expect(segmentsOf(input, when)).toEqual([{ classIndex: 0, from: 1, to: 3, score: 0.625 }]);
});

it('the strongest window comes first, though its class is less likely', () => {
  const rows = Array.from({ length: 8 }, (_, t) => [t > 0 && t < 3 ? 1 : -1, t > 4 && t < 7 ? 3 : -1]);
  const input = { frames: 8, classes: 2, weights: Array<number>(8).fill(1 / 8), q: rows.flat() };
  const found = segmentsOf(
    { ...input, probabilities: [0.6, 0.4] },
    { rule: 'window', maximumClasses: 2, minimumScore: 0 },
  );
  expect(found.slice(0, 2).map(({ classIndex, from, to }) => [classIndex, from, to])).toEqual([
    [1, 5, 7],
    [0, 1, 3],
  ]);
});

it('one class is looked for where no more are asked for: the likeliest, wherever it stands in the list', () => {
  const rows = Array.from({ length: 6 }, () => [3, 1, 1]);
  const input = { frames: 6, classes: 3, weights: Array<number>(6).fill(1 / 6), q: rows.flat() };
  const classOf = (...probabilities: number[]): number =>
    segmentsOf({ ...input, probabilities }, { rule: 'window' })[0]!.classIndex;
  expect([classOf(0.25, 0.5, 0.25), classOf(0.125, 0.25, 0.625), classOf(0.5, 0.375, 0.125)]).toEqual([
    1, 2, 0,
  ]);
});

it('a flat curve is no step, even where no contrast is asked for', () => {
  const input = { frames: 6, classes: 1, weights: Array<number>(6).fill(1 / 6), q: Array<number>(6).fill(2) };
  const [whole] = segmentsOf({ ...input, probabilities: [1] }, { rule: 'step', minimumContrast: 0 });
  expect(whole).toMatchObject({ from: 0, to: 6 });
});

it('the odds of nothing are its mean score against the logarithm of the sum over classes', () => {
  // First frame: nothing (3 + 5) / 2, classes 1 and 1: 4 - ln(2 e). Second: all 0, so -ln 2.
  const scores = [0, 2, 1, 1, 3, 5, 0, 0, 0, 0, 0, 0];
  const odds = oddsOfNothing(scores, { frames: 2, height: 1, width: 2 }, 2);
  expect(odds[0]).toBeCloseTo(3 - Math.log(2), 6);
  expect(odds[1]).toBeCloseTo(-Math.log(2), 6);
});

it('a frame outside of every segment is asked for the likeliest class', () => {
  // Class 0 shows in the left cell, class 1, the likelier one, in the right cell; only frame 1 is in a segment.
  const frame = [1, 0, 0, 1]; // [1 x 2 cells, 2 classes]
  const { map, segments } = localize(
    {
      ...{ grid: { frames: 3, height: 1, width: 2 }, picture: { width: 8, height: 4 } },
      ...{ weights: [0, 1, 0], probabilities: [0.25, 0.75], evidence: [...frame, ...frame, ...frame] },
    },
    {
      where: { maps: { classEvidence: 1 }, smoothTime: 0 },
      when: { rule: 'threshold', threshold: 1, minimumShare: 0 },
    },
  );
  expect(segments).toMatchObject([{ classIndex: 1, from: 1, to: 2 }]);
  expect([...map]).toEqual([0, 1, 0, 1, 0, 1]);
});

it('two that are never drawn on the same frame stand apart, and each acts where its own cells say so', () => {
  // Cells look at 0.5, 1.5, 2.5, 3.5. Class 0 is drawn on frame 0 in a box between two of them, whose centre 0.75 lies nearest to
  // the first: odds 9 - ln(e^-3 + 1) > 0; on frame 1 nowhere: its mean over all cells, 1.5 - ln(e^-1 + 1) > 0. Class 1 on frame 0
  // over all cells: -1 - ln(e^1.5 + 1) < 0; on frame 1 in the last cell: 5 - ln(e^-1 + 1) > 0.
  const frame = [9, -1, -1, -1, -3, -3, -3, 5, 0, 0, 0, 0]; // class 0, class 1, nothing
  const look = (box: FrameLook['box']): FrameLook => ({ box, score: 1, point: [0, 0] });
  const drawn = [
    [look([0.6, 0, 0.9, 1]), look(null)],
    [look(null), look([3, 0, 4, 1])],
  ];
  const { actors } = actorsOf(
    {
      ...{ scores: [...frame, ...frame], classes: 2, grid: { frames: 2, height: 1, width: 4 } },
      ...{
        picture: { width: 4, height: 1 },
        probabilities: [0.5, 0.5],
        foreground: new Float32Array(8).fill(1),
      },
      ...{ frames: [], segments: [], asked: [], draw: () => drawn.shift()! },
    },
    localizeOptions({ who: { least: 0.5 } }),
  );
  expect(actors.map(({ classIndex, segments }) => [classIndex, segments[0]!.from, segments[0]!.to])).toEqual([
    [0, 0, 2],
    [1, 1, 2],
  ]);
});
