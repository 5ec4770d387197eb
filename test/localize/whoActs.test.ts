import { describe, expect, it } from 'vitest';
import { classMap, classShares } from '../../src/localize/whoActs.js';
import { localize } from '../../src/localize/index.js';
import { scoresOf } from './classScores.js';

describe('who acts', () => {
  const grid = { frames: 2, height: 1, width: 4 };
  // Class 0 on the left half, class 1 on the right half, nothing in between as likely as either where it is weak.
  const scores = scoresOf(2, [3, 1, 4], (k, _, x) => (k === 2 ? 0 : (k === 0) === x < 2 ? 3 : -3));
  const plain = { neighbourhood: 1, smoothTime: 0 };

  it('shares every cell between the classes and nothing, classes by how likely they are anywhere', () => {
    // Mean of either class is 0, so pi = 1/2, 1/2 and 1 for nothing:
    // left: e^3/2 : e^-3/2 : 1 = 10.0428 : 0.0249 : 1, whose sum is 11.0677.
    const [left, right] = classShares({ scores, classes: 2, grid }, plain);
    expect(left![0]).toBeCloseTo(10.0428 / 11.0677, 4);
    expect(left![3]).toBeCloseTo(0.0249 / 11.0677, 4);
    expect(right![3]).toBeCloseTo(left![0]!, 6);
  });

  it('takes a class for as likely anywhere as its mean score over the cells says', () => {
    // Means 1/2 and 0: pi = e^.5 / (e^.5 + 1) = 0.62246 and 0.37754. At the left cell 0.62246 e : 0.37754 : 1, 0.55123 of it.
    const two = scoresOf(1, [3, 1, 2], (k, _, x) => (k === 0 && x === 0 ? 1 : 0));
    const [share] = classShares({ scores: two, classes: 2, grid: { frames: 1, height: 1, width: 2 } }, plain);
    expect(share![0]).toBeCloseTo(0.55123, 4);
  });

  it('averages scores over the neighbourhood, of the cells that there are', () => {
    const bump = scoresOf(1, [2, 1, 3], (k, _, x) => (k === 0 && x === 0 ? 6 : 0));
    // Over 3 cells: 3, 2, 0; the only class has pi = 1 beside nothing: sigmoid of them.
    const [share] = classShares(
      { scores: bump, classes: 1, grid: { frames: 1, height: 1, width: 3 } },
      { neighbourhood: 3, smoothTime: 0 },
    );
    [3, 2, 0].forEach((x, i) => expect(share![i]).toBeCloseTo(1 / (1 + Math.exp(-x)), 5));
  });

  it('weighs the foreground by the root of the share', () => {
    const grid = { frames: 1, height: 1, width: 2 };
    const map = classMap([1, 0.5], [0.25, 0.81], grid, { power: 0.5, overall: 0, neighbourhood: 1 });
    expect(Array.from(map)).toEqual([0.5, 0.44999998807907104]);
  });

  it('weighs it by the root of where the class is during the clip, too', () => {
    // Two frames of three cells. On the second one the place on the right looks better; over both, the left one has 3/4 of it.
    const grid = { frames: 2, height: 1, width: 3 };
    const foreground = [1, 0, 0, 0.5, 0, 0.5];
    const share = [1, 0, 0, 1, 0, 1];
    const options = { power: 1, overall: 0.5, neighbourhood: 1 };
    const map = classMap(foreground, share, grid, options);
    [1, 0, 0, 0.5, 0, 0.5 * Math.sqrt(1 / 3)].forEach((x, at) => expect(map[at]).toBeCloseTo(x, 6));
    const calm = classMap(foreground, share, grid, { ...options, neighbourhood: 3 }); // means of 3/2, 2 and 1/2 of 2, 3 and 2 cells
    expect(calm[5]! / map[5]!).toBeCloseTo(Math.sqrt(0.25 / 0.75) / Math.sqrt(1 / 3), 6);
    const nowhere = classMap([0, 0], [1, 1], { frames: 1, height: 1, width: 2 }, options);
    expect(Array.from(nowhere)).toEqual([0, 0]);
  });
});

describe('localize with scores of classes', () => {
  const grid = { frames: 4, height: 4, width: 8 };
  const picture = { width: 80, height: 40 };
  const cells = grid.height * grid.width;
  const lit = (x: number): boolean => x === 1 || x === 6; // two things, left and right
  const foreground = Float32Array.from({ length: 4 * cells }, (_, i) => (lit(i % 8) ? 1 : 0));
  const base = { grid, picture, weights: [0.25, 0.25, 0.25, 0.25], foreground, change: foreground };
  const rules = {
    where: { maps: { foreground: 1 }, threshold: 0.6 },
    who: { neighbourhood: 1, smoothTime: 0 },
  } as const;
  const beside = scoresOf(4, [3, 4, 8], (k, _, x) => (k === 2 ? 0 : (k === 0) === x < 4 ? 4 : -4));

  it('gives each of two classes the thing on its side', () => {
    const { actors } = localize({ ...base, probabilities: [0.5, 0.5], actorScores: beside }, rules);
    expect(actors).toHaveLength(2);
    const middle = (at: number): number => {
      const [x0, , x1] = actors!.find(({ classIndex }) => classIndex === at)!.boxes[0]!.box;
      return (x0 + x1) / 2;
    };
    expect(middle(0)).toBeLessThan(30);
    expect(middle(1)).toBeGreaterThan(50);
    expect(actors!.every(({ source, segments }) => source === 'classMap' && segments.length === 1)).toBe(
      true,
    );
  });

  it('lets less likely classes through to a second look that chooses, as further names of a thing or as things of their own', () => {
    // Class 0 on the left, class 1 there too and less likely, class 2 weakly on the right.
    const three = scoresOf(
      4,
      [4, 4, 8],
      (k, _, x) => [x < 4 ? 4 : -4, x < 4 ? 3.5 : -4, x < 4 ? -4 : -0.2, 0][k]!,
    );
    const input = { ...base, probabilities: [0.6, 0.3, 0.1], actorScores: three };
    const near = { least: 0.3, own: 0 };
    const told = (isNear: boolean, who: object) =>
      localize(
        { ...input, isNear },
        { ...rules, where: { ...rules.where, second: {} }, who: { ...rules.who, ...who } },
      );
    const far = told(false, { near, together: 0.25 });
    expect(far.actors).toMatchObject([{ classIndex: 0, source: 'classFree' }]);
    expect(far.alone).toBeUndefined();
    const seen = told(true, { near, together: 0.25 });
    expect(
      seen.actors!.map(({ classIndex, names }) => [classIndex, names?.map((one) => one.classIndex)]),
    ).toEqual([
      [0, [1]],
      [2, undefined],
    ]);
    expect(seen.alone).toMatchObject({
      actor: { classIndex: 0, source: 'classFree' },
      segments: far.segments,
    });
    // Squares of one thing are never apart by this much, so it has two names; of a model made before, by their boxes, it acts once.
    expect(told(true, { near }).actors!.map(({ classIndex, names }) => [classIndex, names])).toEqual([
      [0, undefined],
      [2, undefined],
    ]);
  });

  it('answers with the class-free box where one class acts alone', () => {
    const one = scoresOf(4, [3, 4, 8], (k) => [4, -4, 0][k]!);
    const { actors, frames } = localize({ ...base, probabilities: [0.9, 0.1], actorScores: one }, rules);
    expect(actors).toMatchObject([{ classIndex: 0, source: 'classFree', score: 0.9 }]);
    expect(actors![0]!.boxes.map((scored) => scored?.box)).toEqual(frames.map(({ box }) => box));
  });

  it('answers with the own map of a class that acts alone where the box that knows no class is of something else', () => {
    // Two things; the larger one, on the right, does nothing that is known. Class 0 is likely on the left.
    const large = Float32Array.from({ length: 4 * cells }, (_, i) => (i % 8 === 1 ? 0.9 : i % 8 > 4 ? 1 : 0));
    const leftOnly = scoresOf(4, [3, 4, 8], (k, _, x) => [x < 4 ? 4 : -4, -4, 0][k]!);
    const input = {
      ...base,
      foreground: large,
      change: large,
      probabilities: [0.9, 0.1],
      actorScores: leftOnly,
    };
    const answered = (alone: number) =>
      localize(input, { ...rules, who: { ...rules.who, alone } }).actors![0]!;
    expect(answered(0)).toMatchObject({ source: 'classFree', score: 0.9 });
    expect(answered(0).boxes[0]!.box[0]).toBeGreaterThan(40);
    expect(answered(0.5)).toMatchObject({ source: 'classMap', score: 0.9, classIndex: 0 });
    expect(answered(0.5).boxes[0]!.box[2]).toBeLessThan(40);
    expect(answered(0.5).segments).toEqual(answered(0).segments);
    // Where both are of one thing, the box that knows no class stays.
    const both = { ...input, foreground, change: foreground };
    const left = Float32Array.from(foreground, (value, i) => (i % 8 === 1 ? value : 0));
    expect(
      localize({ ...both, foreground: left }, { ...rules, who: { ...rules.who, alone: 1 } }).actors,
    ).toMatchObject([{ source: 'classFree' }]);
  });

  it('adds who is asked for, without saying that it acts', () => {
    const one = scoresOf(4, [3, 4, 8], (k, _, x) => [4, x > 4 ? 1 : -4, 0][k]!);
    const input = { ...base, probabilities: [0.9, 0.1], actorScores: one, askedClasses: [1] };
    const { actors } = localize(input, rules);
    expect(actors!.map(({ classIndex, isShown }) => [classIndex, isShown])).toEqual([
      [0, true],
      [1, false],
    ]);
    expect(actors![1]!.boxes[0]!.box[0]).toBeGreaterThan(40);
  });

  it('reads when one of several acts from the cells that look at its boxes, not from tiles', () => {
    // Cells look half a picture further left than their tiles would: the thing that is lit in column 6 stands in the middle.
    const line = { offset: 2.5, stride: 5, size: 80 };
    const cells = { x: line, y: { offset: 5, stride: 10, size: 40 } };
    const late = scoresOf(4, [3, 4, 8], (k, _, x) => (k === 2 ? 0 : (k === 0) === x < 4 ? 4 : -4));
    // Class 1 stops half-way: from frame 2 on nothing is likelier in its columns.
    for (let i = 0; i < 4; i++) {
      for (let y = 0; y < 4; y++)
        for (let x = 4; x < 8; x++) late[((i * 3 + 1) * 4 + y) * 8 + x] = i < 2 ? 16 : -3;
    }
    const probabilities = [0.5, 0.5];
    const input = { ...base, grid: { ...grid, cells }, probabilities, actorScores: late };
    const { actors } = localize(input, rules);
    const second = actors!.find(({ classIndex }) => classIndex === 1)!;
    expect(second.segments).toMatchObject([{ from: 0, to: 2 }]);
  });

  it('tells the times of one of several with the surest in front', () => {
    const frames = 8;
    const long = scoresOf(frames, [3, 4, 8], (k, _, x) => (k === 2 ? 0 : (k === 0) === x < 4 ? 4 : -4));
    // Class 1 speaks softly, is silent, and speaks up again.
    const loud = [3, 3, -6, -6, -6, 12, 12, 12];
    for (let at = 0; at < long.length; at++) {
      const [i, k, x] = [Math.floor(at / 96), Math.floor((at % 96) / 32), at % 8];
      if (k === 1 && x >= 4) long[at] = loud[i]!;
    }
    const map = Float32Array.from({ length: frames * cells }, (_, i) => (lit(i % 8) ? 1 : 0));
    const input = {
      ...{ grid: { ...grid, frames }, picture, weights: loud.map(() => 1 / frames), foreground: map },
      ...{ change: map, probabilities: [0.5, 0.5], actorScores: long },
    };
    const second = localize(input, rules).actors!.find(({ classIndex }) => classIndex === 1)!;
    expect(second.segments.map(({ from, to }) => [from, to])).toEqual([
      [5, 8],
      [0, 2],
    ]);
  });

  it('refuses scores that do not fit the grid', () => {
    const input = { ...base, probabilities: [0.5, 0.5], actorScores: new Float32Array(3) };
    expect(() => localize(input, rules)).toThrow(/localize\.actorScores/);
  });
});
