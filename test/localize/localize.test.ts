import { describe, expect, it } from 'vitest';
import type { Box } from '../../src/result.js';
import { Random } from '../../src/random.js';
import { boxOverlap } from '../../src/localize/boxes.js';
import { localize, localizeOptions, type LocalizeInput } from '../../src/localize/index.js';
import { waysOf } from '../../src/localize/options.js';
import { whereMap } from '../../src/localize/localize.js';

const GRID = { frames: 16, height: 12, width: 12 };
const PICTURE = { width: 128, height: 128 };
const CLASSES = 8;

/** A made clip: one actor with a flat hat of attention and evidence while it acts, noise and a second mover elsewhere. */
function madeClip(
  random: Random,
  noise: number,
): { input: LocalizeInput; box: Box; from: number; to: number } {
  const side = random.uniform(28, 56);
  const [x, y] = [random.uniform(0, 128 - side), random.uniform(0, 128 - side)];
  const length = random.integer(4, 9);
  const from = random.integer(0, GRID.frames - length);
  const box: Box = [x, y, x + side, y + side];
  const cells = GRID.frames * GRID.height * GRID.width;
  const logAttention = new Float32Array(cells);
  const medianDifference = new Float32Array(cells);
  const evidence = new Float32Array(cells * CLASSES);
  const cell = PICTURE.width / GRID.width;
  for (let i = 0; i < cells; i++) {
    const t = Math.floor(i / 144);
    const [row, column] = [Math.floor((i % 144) / 12), i % 12];
    const centre: Box = [column * cell, row * cell, (column + 1) * cell, (row + 1) * cell];
    const common = Math.max(0, Math.min(box[2], centre[2]) - Math.max(box[0], centre[0]));
    const rows = Math.max(0, Math.min(box[3], centre[3]) - Math.max(box[1], centre[1]));
    const share = (common * rows) / cell ** 2;
    const acts = t >= from && t < from + length;
    logAttention[i] = (acts ? 4 : 2) * share + noise * random.normal();
    medianDifference[i] = share + 0.3 * noise * Math.abs(random.normal());
    for (let k = 0; k < CLASSES; k++) {
      evidence[i * CLASSES + k] = (k === 3 && acts ? 3 * share : 0) + noise * random.normal();
    }
  }
  const weights = Array<number>(GRID.frames).fill(1 / GRID.frames);
  const probabilities = Array.from({ length: CLASSES }, (_, k) => (k === 3 ? 0.9 : 0.1 / 7));
  return {
    input: { grid: GRID, picture: PICTURE, weights, probabilities, logAttention, medianDifference, evidence },
    box,
    from,
    to: from + length,
  };
}

describe('localize', () => {
  it('finds actors of 5 to 20 % of the picture and their time on made maps with noise', () => {
    const random = Random.from(5, 'localize');
    const clips = Array.from({ length: 20 }, () => madeClip(random, 0.4));
    const overlaps: number[] = [];
    const times: number[] = [];
    let hits = 0;
    for (const { input, box, from, to } of clips) {
      const { frames, segments } = localize(input);
      for (const { box: found, point } of frames.slice(from, to)) {
        overlaps.push(found ? boxOverlap(found, box) : 0);
        hits += Number(point[0] > box[0] && point[0] < box[2] && point[1] > box[1] && point[1] < box[3]);
      }
      const { from: a, to: b } = segments[0]!;
      times.push(Math.max(0, Math.min(b, to) - Math.max(a, from)) / (Math.max(b, to) - Math.min(a, from)));
    }
    const mean = (all: number[]): number => all.reduce((a, b) => a + b, 0) / all.length;
    expect(overlaps.filter((overlap) => overlap >= 0.3).length / overlaps.length).toBeGreaterThan(0.9);
    expect(mean(overlaps)).toBeGreaterThan(0.55);
    expect(hits / overlaps.length).toBeGreaterThan(0.95);
    expect(mean(times)).toBeGreaterThan(0.85);
  });

  it('follows the frame: moving every map one cell to the right moves the box by that cell', () => {
    const { input } = madeClip(Random.from(1, 'shift'), 0);
    const at = (column: number): Box => {
      const map = new Float32Array(GRID.frames * 144);
      for (let t = 0; t < GRID.frames; t++) map[t * 144 + 5 * 12 + column] = 1;
      return localize({ ...input, masks: map, logAttention: undefined, medianDifference: undefined })
        .frames[0]!.box!;
    };
    const [a, b] = [at(4), at(5)];
    expect(b[0] - a[0]).toBeCloseTo(128 / 12, 0);
    expect(b[2] - b[0]).toBeCloseTo(a[2] - a[0], 0);
  });

  it('asks each frame for the place of the class of its segment', () => {
    // Two cells side by side: class 0 speaks in the left one on frames 0..2, class 1 in the right one on frames 3..5.
    const grid = { frames: 6, height: 1, width: 2 };
    const said = (t: number, cell: number, k: number): number =>
      (t < 3 && cell === 0 && k === 0) || (t >= 3 && cell === 1 && k === 1) ? 9 : 0;
    const evidence = [0, 1, 2, 3, 4, 5].flatMap((t) =>
      [0, 1].flatMap((cell) => [0, 1].map((k) => said(t, cell, k))),
    );
    const input: LocalizeInput = {
      ...{ grid, picture: { width: 20, height: 10 }, evidence },
      weights: Array<number>(6).fill(1 / 6),
      probabilities: [0.6, 0.4],
    };
    const rules = {
      where: { maps: { classEvidence: 1 }, smoothTime: 0 },
      when: { rule: 'path', smooth: 0, maximumSegments: 9 },
    };
    const { segments, frames } = localize(input, rules);
    expect(segments.map(({ classIndex, from, to }) => [classIndex, from, to])).toEqual([
      [0, 0, 3],
      [1, 3, 6],
    ]);
    const sides = frames.map(({ point: [x] }) => (x < 10 ? 'left' : 'right'));
    expect(sides).toEqual(['left', 'left', 'left', 'right', 'right', 'right']);
    // Asked for class 0 by name, nothing speaks on the frames of class 1.
    const asked = localize({ ...input, classIndex: 0 }, rules);
    expect(asked.frames.map(({ box }) => box !== null)).toEqual([true, true, true, false, false, false]);
  });

  it('reads the script way from masks and weights alone, and gives no curves', () => {
    const masks = new Float32Array(GRID.frames * 144);
    for (let t = 0; t < GRID.frames; t++) masks[t * 144] = 1;
    const weights = Array.from({ length: 16 }, (_, t) => (t < 4 ? 0.2 : 0.2 / 12));
    const result = localize(
      { grid: GRID, picture: PICTURE, weights, probabilities: [1], masks },
      { way: 'script' },
    );
    expect(result.frames[7]!.box!.slice(0, 2)).toEqual([0, 0]);
    expect(result.segments).toHaveLength(1);
    expect(result.segments[0]).toMatchObject({ from: 0, to: 4 });
    expect(result.curves).toBeUndefined();
  });

  it('takes what a class says beyond what all classes say', () => {
    // Two cells. Left, both classes say 5: nothing speaks for class 0. Right, 2 against -2.
    const grid = { frames: 1, height: 1, width: 2 };
    const input = {
      ...{ grid, picture: { width: 20, height: 10 }, weights: [1], probabilities: [0.9, 0.1] },
      evidence: [5, 5, 2, -2],
    };
    const { where } = localizeOptions({ where: { maps: { classEvidence: 1 }, smoothTime: 0 } });
    expect(Array.from(whereMap(input, where, [0]))).toEqual([0, 1]);
  });

  it('keeps a second tube that is at least half as strong as the first', () => {
    // Five cells in a row: a peak of 1 in the first, one of `second` in the last.
    const tubesOf = (second: number): number => {
      const grid = { frames: 2, height: 1, width: 5 };
      const row = [1, 0, 0, 0, second];
      const map = {
        maps: { medianDifference: 1 },
        smoothTime: 0,
        threshold: 0.3,
        resolution: 0,
        linkWeight: 1,
      };
      const medianDifference = [...row, ...row];
      const input = { grid, picture: { width: 50, height: 10 }, weights: [0.5, 0.5], probabilities: [1] };
      return localize({ ...input, medianDifference }, { where: { ...map, region: 'peak' } }).tubes.length;
    };
    expect(tubesOf(0.9)).toBe(2); // 0.44 of 0.55, four fifths: a bound of twice the half would drop it
    expect(tubesOf(0.4)).toBe(1);
  });

  it('bears attention of exactly 0, whose log is -Infinity', () => {
    const { input } = madeClip(Random.from(2, 'zero'), 0);
    const logAttention = Float32Array.from(input.logAttention!, (x) => (x === 0 ? -Infinity : x));
    const { frames, map } = localize(
      { ...input, logAttention },
      { where: { maps: { attention: 1, contribution: 1 } } },
    );
    expect(frames.every(({ box }) => box !== null)).toBe(true);
    expect(map.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it('finds by the agreement of scales what neither scale shows alone', () => {
    // One row of cells: the coarse scale sees cells 1 to 3, the fine one cells 3 and 5; both see cell 3.
    const scaleNorms = [0, 1, 1, 1, 0, 0, 0, /**/ 0, 0, 0, 1, 0, 1, 0];
    const { frames } = localize({
      grid: { frames: 1, height: 1, width: 7 },
      picture: { width: 70, height: 10 },
      weights: [1],
      probabilities: [1],
      scaleNorms,
    });
    expect(frames[0]!.point[0]).toBeCloseTo(35, 0);
    const [x0, , x1] = frames[0]!.box!;
    // The product is 1 in the middle of cell 3 (pixel 35) and falls to 0 in the middles of its neighbours: half is at 30 and 40.
    expect(x0).toBeCloseTo(30, 0);
    expect(x1).toBeCloseTo(40, 0);
  });

  it('names the array that does not fit the grid and a map that no one gives', () => {
    const { input } = madeClip(Random.from(3, 'bad'), 0);
    expect(() => localize({ ...input, masks: [1, 2] })).toThrow(/localize\.masks: 2304 numbers.*got 2/);
    expect(() => localize(input, { where: { maps: { featureNorm: 1 } } })).toThrow(/localize\.where\.maps/);
  });
});

describe('localizeOptions', () => {
  it('fills in the defaults of each way and keeps what is given', () => {
    expect(localizeOptions().where).toMatchObject({ threshold: 0.5, combine: 'product' });
    expect(localizeOptions({ way: 'script' }).where.threshold).toBeCloseTo(200 / 255);
    expect(localizeOptions({ way: 'script', where: { threshold: 0.5 } }).where.threshold).toBe(0.5);
    expect(localizeOptions(localizeOptions({ way: 'script' }))).toEqual(localizeOptions({ way: 'script' }));
  });

  it('has the constants that figures were measured with', () => {
    // A change here changes every box and segment: measure first (docs/accuracy.md).
    expect(localizeOptions({ where: { second: {} } })).toEqual({
      way: 'evidence',
      where: {
        ...{ maps: { attention: 1, scaleNorms: 1 }, combine: 'product', floor: 0, normalise: 'frame' },
        ...{ smoothSpace: 0, smoothTime: 1, threshold: 0.5, region: 'rectangle', resolution: 192, growth: 1 },
        ...{ candidates: 4, linkWeight: 0, minimumTube: 0.5, smoothBoxes: 0 },
        second: {
          ...{ factor: 1.5, smoothCentres: 1, smoothTime: 1, shared: 1 },
          ...{ threshold: 0.55, margin: { x: 0, y: 0 }, prior: 0 },
        },
      },
      when: {
        ...{
          curve: 'evidence',
          pool: 'mean',
          topShare: 0.1,
          smooth: 1,
          rule: 'step',
          probability: 'softmax',
        },
        ...{ minimumShare: 0.15, maximumShare: 1, outerWeight: 0, outerShare: 0.25, minimumContrast: 0.3 },
        ...{ threshold: 1.15, maximumSegments: 1, maximumClasses: 1, minimumProbability: 0 },
        ...{ minimumScore: 0.5, suppression: 0.5 },
      },
      who: {
        neighbourhood: 5,
        smoothTime: 16,
        power: 0.5,
        overall: 0,
        least: 0.5,
        own: 0,
        alone: 0,
        close: 1,
        nothing: 0.5,
        chance: 0,
      },
    });
    expect(localizeOptions({ way: 'script' })).toMatchObject({
      where: { maps: { attention: 1 }, combine: 'mean', smoothSpace: 0, smoothTime: 0, resolution: 320 },
      when: {
        ...{ curve: 'weights', rule: 'threshold', smooth: 0, minimumShare: 0 },
        ...{ maximumSegments: 100, minimumScore: 0, threshold: 1.15 },
      },
    });
  });

  it("keeps a model's own rules for its own way, and takes the defaults of the other way", () => {
    const own = { where: { threshold: 0.3 } };
    expect(waysOf(own, 'evidence')).toEqual(own);
    expect(localizeOptions(waysOf(own, 'script')).where.threshold).toBeCloseTo(200 / 255);
    const paper = localizeOptions(waysOf({ way: 'script' }, 'evidence'));
    expect(paper.where.maps).toEqual({ activation: 1, scaleNorms: 1 });
    expect(paper.when.curve).toBe('weights');
  });

  it('names the option that is wrong', () => {
    expect(() => localizeOptions({ where: { threshold: 2 } })).toThrow(/localize\.where\.threshold/);
    expect(() => localizeOptions({ when: { nose: 1 } })).toThrow(/localize\.when/);
  });
});
