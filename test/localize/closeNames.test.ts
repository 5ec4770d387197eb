import { describe, expect, it } from 'vitest';
import { closeShares, nameOf, placesInSquares } from '../../src/localize/closeNames.js';
import type { ActorLook } from '../../src/localize/index.js';

const grid = { frames: 2, height: 2, width: 2 };
const crops = [
  { x: 0, y: 0, side: 40 },
  { x: 100, y: 0, side: 40 },
];

describe('where a thing is in its squares', () => {
  it('is in the cells that look into its mean box, wherever the squares are', () => {
    // In shares of the squares: 0..1/4 and 1/2..3/4 across, the mean is 1/4..1/2; cells look at 1/4 and 3/4.
    const looks = [{ box: [0, 20, 10, 40] as const }, { box: [120, 20, 130, 40] as const }];
    expect(
      placesInSquares(
        looks.map(({ box }) => ({ box: [...box] })),
        crops,
        grid,
      ),
    ).toEqual([2]);
  });

  it('is all of them where it has no box', () => {
    expect(placesInSquares([{ box: null }, { box: null }], crops, grid)).toEqual([0, 1, 2, 3]);
    expect(placesInSquares([{ box: null }, { box: [100, 0, 120, 20] }], crops, grid)).toEqual([0]);
  });
});

describe('what squares show', () => {
  it('is the softmax of the mean over those cells and all frames', () => {
    // One class and nothing; in the upper left cell 1 and 3 for the class, 0 for nothing.
    const scores = [
      [1, 9, 9, 9],
      [0, 9, 9, 9],
      [3, 9, 9, 9],
      [0, 9, 9, 9],
    ].flat();
    const box = (x: number) => ({ box: [x, 0, x + 20, 20] as [number, number, number, number], score: 1 });
    const shares = closeShares({ scores, classes: 1, grid }, [box(0), box(100)], crops);
    expect(shares[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
    expect(shares[0]! + shares[1]!).toBeCloseTo(1, 6);
  });
});

describe('the name of a thing', () => {
  const named = (classIndex: number, score: number, names: ActorLook[] = []): ActorLook =>
    ({ classIndex, score, names }) as unknown as ActorLook;
  const thing = named(0, 0.8, [named(1, 0.4)]);

  it('is the one whose score times its share is largest, and of its own names only', () => {
    expect(nameOf(thing, [0.3, 0.5, 0.2], { close: 1 }).classIndex).toBe(0); // .24 beside .2
    expect(nameOf(thing, [0.3, 0.61, 0.09], { close: 1 }).classIndex).toBe(1); // .24 beside .244
    expect(nameOf(thing, [0.3, 0.5, 0.2], { close: 2 }).classIndex).toBe(1); // .072 beside .1
    expect(nameOf(thing, [0, 0, 1], { close: 1 }).classIndex).toBe(0);
    expect(nameOf(thing, [0.2, 0.1, 0.7], { close: 1 }).score).toBeCloseTo(0.4, 6); // the root of .8 times .2
    expect(nameOf(named(0, 0.8), [0, 1, 0], { close: 9 }).classIndex).toBe(0);
  });
});
