import { describe, expect, it } from 'vitest';
import { actingClasses, namedWindows, scoresByWindows } from '../../src/localize/names.js';
import { scoresOf } from './classScores.js';

const grid = { frames: 2, height: 1, width: 4 };
const foreground = new Float32Array(8).fill(1);

describe('names by windows', () => {
  it('scores each class by the window in which it is likeliest', () => {
    // Class 0 on the left half, class 1 on the right half.
    const scores = scoresOf(2, [3, 1, 4], (k, _, x) => (k === 2 ? 0 : (k === 0) === x < 2 ? 3 : -3));
    const windows = namedWindows({ scores, classes: 2, grid });
    // Whole once, halves at three places; rows are one high, so that halves of them are the same windows.
    expect(windows.map(({ x, width }) => [x, width])).toEqual([
      [0, 4],
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
    const best = Math.exp(3) / (Math.exp(3) + Math.exp(-3) + 1);
    expect(windows[1]!.shares[0]).toBeCloseTo(best, 5);
    expect(windows[0]!.shares[0]).toBeCloseTo(1 / 3, 5); // means of 0 against nothing's 0
    for (const score of scoresByWindows(windows, 2)) expect(score).toBeCloseTo(best, 5);
  });

  it('says that one thing under two names acts once, where windows must have a foreground of their own', () => {
    // Left: class 0 likely, class 1 next to it; right: nothing.
    const scores = scoresOf(2, [3, 1, 4], (k, _, x) => (x < 2 ? [8, 8, 0][k]! : [-8, -8, 0][k]!));
    const windows = namedWindows({ scores, classes: 2, grid });
    for (const score of scoresByWindows(windows, 2)) expect(score).toBeCloseTo(1 / (2 + Math.exp(-8)), 5);
    const rules = { least: 0.4, own: 0 };
    expect(actingClasses(windows, { foreground, grid }, rules)).toEqual([0, 1]);
    expect(actingClasses(windows, { foreground, grid }, { ...rules, own: 0.6 })).toEqual([0]);
  });

  it('counts the foreground, not the cells, and keeps windows that hold enough of their own', () => {
    // Class 0 in the left two columns, class 1 in the middle two, which share a column with it.
    const scores = scoresOf(2, [3, 1, 4], (k, _, x) => [x < 2 ? 9 : -9, x === 1 || x === 2 ? 8 : -9, 0][k]!);
    const windows = namedWindows({ scores, classes: 2, grid });
    const lit = (columns: number[]) => Float32Array.from({ length: 8 }, (_, at) => columns[at % 4]!);
    const acting = (columns: number[], own: number) =>
      actingClasses(windows, { foreground: lit(columns), grid }, { least: 0.5, own });
    // Of the squares in the middle window 1/(1 + .25) = .8 lie in the column that both share, or .2.
    expect(acting([1, 1, 0.5, 0], 0.6)).toEqual([0]);
    expect(acting([1, 0.5, 1, 0], 0.6)).toEqual([0, 1]);
    expect(acting([1, 1, 0.5, 0], 0.15)).toEqual([0, 1]);
  });

  it('names none of less than the least score', () => {
    const scores = scoresOf(2, [3, 1, 4], (k) => [0, 0, 0][k]!);
    const windows = namedWindows({ scores, classes: 2, grid });
    expect(actingClasses(windows, { foreground, grid }, { least: 0.5, own: 0 })).toEqual([]);
  });
});
