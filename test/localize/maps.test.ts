import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taps } from '../../src/localize/cells.js';
import { agree, enlarge, minMax, mix, smooth, smoothAxis } from '../../src/localize/maps.js';

const grid = { frames: 2, height: 1, width: 3 };

describe('minMax', () => {
  it('stretches each frame alone, or the whole clip', () => {
    const map = [1, 2, 3, 10, 20, 30];
    expect([...minMax(map, grid)]).toEqual([0, 0.5, 1, 0, 0.5, 1]);
    const clip = minMax(map, grid, 'clip');
    expect(clip[1]).toBeCloseTo(1 / 29);
    expect(clip[5]).toBe(1);
  });

  it('turns a flat frame into zeros and reads -Infinity as the least finite value', () => {
    expect([...minMax([4, 4, 4, -Infinity, 0, 2], grid)]).toEqual([0, 0, 0, 0, 0, 1]);
  });
});

describe('smoothing by [1 2 1]/4', () => {
  it('spreads a spike to its neighbours and keeps the ends by repeating them', () => {
    expect([...smoothAxis([0, 4, 0, 0], 4, 1)]).toEqual([1, 2, 1, 0]);
    expect([...smoothAxis([4, 0, 0], 3, 1)]).toEqual([3, 1, 0]);
  });

  it('works along the axis whose neighbours lie a stride apart', () => {
    expect([...smoothAxis([0, 1, 4, 1, 0, 1], 3, 2)]).toEqual([1, 1, 2, 1, 1, 1]);
  });

  it('keeps the sum and the range of any map', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 24, maxLength: 24 }), (values) => {
        const out = smooth(values, { frames: 2, height: 3, width: 4 }, 2, 1);
        const sum = (all: Iterable<number>): number => [...all].reduce((a, b) => a + b, 0);
        expect(sum(out)).toBeCloseTo(sum(values), 2);
        expect(Math.max(...out)).toBeLessThanOrEqual(Math.max(...values) + 1e-4);
      }),
    );
  });
});

describe('enlarge', () => {
  it('places samples at half-pixel centres: two cells on four pixels', () => {
    // Pixel i lies at (i + 1/2) / 2 - 1/2 = -1/4, 1/4, 3/4, 5/4; the ends are clamped.
    expect([...enlarge([0, 1], 1, 2, 1, 4)]).toEqual([0, 0.25, 0.75, 1]);
  });

  it('keeps a constant and is the identity at the same size', () => {
    expect([...enlarge([5, 5, 5, 5], 2, 2, 3, 5)]).toEqual(Array(15).fill(5));
    expect([...enlarge([1, 2, 3, 4], 2, 2, 2, 2)]).toEqual([1, 2, 3, 4]);
  });
});

describe('taps', () => {
  it('read between cells where there are fewer pixels than cells, the first pixel too', () => {
    // The middles of two pixels over four cells lie at 1 and 3, halfway between the middles of two cells.
    const { low, high, share } = taps(4, 2);
    expect([[...low], [...high], [...share]]).toEqual([
      [0, 2],
      [1, 3],
      [0.5, 0.5],
    ]);
  });
});

describe('enlarge with cells that do not look at the middles of tiles', () => {
  it('puts each cell where it looks: two cells at 3 and 7 on 8 pixels', () => {
    const x = { offset: 3, stride: 4, size: 8 };
    const y = { offset: 0.5, stride: 1, size: 1 };
    // Pixel i has its middle at i + 1/2: (1/2 - 3) / 4 < 0 is clamped; 3.5 is at 1/8, 4.5 at 3/8, .. 6.5 at 7/8, 7.5 beyond
    expect([...enlarge([0, 8], 1, 2, 1, 8, { x, y })]).toEqual([0, 0, 0, 1, 3, 5, 7, 8]);
    expect([...enlarge([0, 8], 1, 2, 1, 8)]).toEqual([0, 0, 1, 3, 5, 7, 8, 8]); // as tiles, at 2 and 6
  });

  it('counts in the unit of its size, whatever the picture: the same on a network of 80 pixels', () => {
    const x = { offset: 30, stride: 40, size: 80 };
    const y = { offset: 5, stride: 10, size: 10 };
    expect([...enlarge([0, 8], 1, 2, 1, 8, { x, y })]).toEqual([0, 0, 0, 1, 3, 5, 7, 8]);
  });
});

describe('mix', () => {
  it('is the weighted mean, whatever the weights sum to', () => {
    const mixed = mix([
      { values: [0, 1], weight: 3 },
      { values: [1, 0], weight: 1 },
    ]);
    expect([...mixed]).toEqual([0.25, 0.75]);
  });
});

describe('agree', () => {
  it('is the product of powers, and leaves out a map that is flat on a frame', () => {
    const product = agree(
      [
        { values: [0.5, 1, 0, 1, 0.5, 0], weight: 1 },
        { values: [1, 0.5, 1, 0, 0, 0], weight: 2 }, // says nothing on the second frame
      ],
      grid,
    );
    // Frame 1: 0.5 * 1^2, 1 * 0.5^2, 0 * 1^2; frame 2: the first map alone.
    expect([...product]).toEqual([0.5, 0.25, 0, 1, 0.5, 0]);
  });
});
