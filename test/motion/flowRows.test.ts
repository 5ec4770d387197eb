// The numbers of the flow inside a box, on fields whose numbers are worked by hand.
import { describe, expect, it } from 'vitest';
import {
  CELL_NUMBERS,
  clipRows,
  FLOW_ROW_NUMBERS,
  PAIR_NUMBERS,
  pairRows,
} from '../../src/motion/flowRows.js';
import { mirrorRows } from '../../src/motion/index.js';
import { stillFlow, type Flow } from '../../src/motion/field.js';
import { Random } from '../../src/random.js';
import type { Box } from '../../src/result.js';

const extent = { width: 80, height: 60 };
const facts = { picture: { width: 160, height: 120 }, seconds: 0.5 };
/** In the source's pixels; grown by 1.3 it lies at 27 .. 53 by 17 .. 43 on the field: 26 x 26 pixels. Root of the area: 40. */
const box: Box = [60, 40, 100, 80];

function inside(u: (x: number, y: number) => number, v: (x: number, y: number) => number): Flow {
  const flow = stillFlow(extent);
  for (let y = 10; y < 50; y++)
    for (let x = 20; x < 60; x++) {
      flow.u[y * 80 + x] = u(x, y);
      flow.v[y * 80 + x] = v(x, y);
    }
  return flow;
}
/** `values` at their places, zeros elsewhere. */
const cell = (values: Record<number, number>): number[] =>
  Array.from({ length: CELL_NUMBERS }, (_, k) => values[k] ?? 0);
const close = (found: ArrayLike<number>, expected: ArrayLike<number>, digits = 4): void =>
  Array.from(expected).forEach((value, k) => expect(found[k], `number ${k}`).toBeCloseTo(value, digits));

describe('pairRows', () => {
  it('puts an even motion to the right into direction 0 and the means, in box sizes a second', () => {
    // 2 pixels of the field are 4 of the source, 0.1 of the root of the area, in half a second: 0.2
    const rows = pairRows(
      inside(
        () => 2,
        () => 0,
      ),
      box,
      facts,
    );
    close(
      rows,
      [0, 1, 2].flatMap(() => cell({ 0: 0.2, 24: 0.2, 26: 0.2 })),
    );
  });

  it('shares a motion between two directions between its neighbours', () => {
    const angle = Math.PI / 16; // a quarter of the way from 0 to 45 degrees
    const rows = pairRows(
      inside(
        () => 2 * Math.cos(angle),
        () => 2 * Math.sin(angle),
      ),
      box,
      facts,
    );
    expect(rows[0]).toBeCloseTo(0.75 * 0.2, 4);
    expect(rows[1]).toBeCloseTo(0.25 * 0.2, 4);
    expect(rows.slice(2, 8)).toEqual(new Float32Array(6));
  });

  it('says down for a motion that grows downwards, and its gradient a second', () => {
    // from pixel to pixel of the field 0.1 more, 0.2 of the source's, 0.005 of the root of the area, in half a second 0.01
    const rows = pairRows(
      inside(
        () => 0,
        (_, y) => y / 10,
      ),
      box,
      facts,
    );
    for (const row of [0, 1, 2]) {
      expect(rows[row * CELL_NUMBERS + 16 + 2]).toBeCloseTo(0.01, 5);
      expect(rows[row * CELL_NUMBERS + 8 + 2]).toBe(0);
    }
    expect(rows[25]!).toBeLessThan(rows[CELL_NUMBERS + 25]!);
    expect(rows[CELL_NUMBERS + 25]!).toBeCloseTo((2 * 2.95) / 40 / 0.5, 4); // middle row: y = 26 .. 33, mean 29.5
  });

  it('takes the motion of the camera off', () => {
    const panned = stillFlow(extent);
    panned.u.fill(3);
    close(pairRows(panned, box, facts), new Float32Array(PAIR_NUMBERS), 6);
  });

  it('leaves the motion of the camera in where it is told to', () => {
    const panned = stillFlow(extent);
    panned.u.fill(2); // 0.2 box sizes a second to the right, as above
    const rows = pairRows(panned, box, { ...facts, isSteadied: false });
    close(
      rows,
      [0, 1, 2].flatMap(() => cell({ 0: 0.2, 24: 0.2, 26: 0.2 })),
    );
  });

  it('gives zeros where the box lies outside the picture, and numbers where it reaches past the edge', () => {
    expect(
      pairRows(
        inside(
          () => 2,
          () => 0,
        ),
        [400, 400, 420, 440],
        facts,
      ),
    ).toEqual(new Float32Array(PAIR_NUMBERS));
    const edge = pairRows(
      inside(
        () => 2,
        () => 0,
      ),
      [-30, 20, 50, 100],
      facts,
    );
    expect(edge.every(Number.isFinite)).toBe(true);
    expect(edge[26]!).toBeGreaterThan(0);
  });

  it("measures a stretched picture in the source's pixels", () => {
    // 320 x 120 stretched to the same field: 2 pixels of the field are 8 of the source sideways
    const wide = { picture: { width: 320, height: 120 }, seconds: 0.5 };
    const rows = pairRows(
      inside(
        () => 2,
        () => 0,
      ),
      [120, 40, 200, 60],
      wide,
    ); // 80 x 20, root of the area 40
    expect(rows[24]).toBeCloseTo(8 / 40 / 0.5, 4);
  });
});

describe('clipRows', () => {
  const pair = (value: number): Float32Array => new Float32Array(PAIR_NUMBERS).fill(value);
  const thirds = (rows: Float32Array): number[] => [0, 1, 2].map((third) => rows[third * PAIR_NUMBERS]!);

  it('is the signed root of the means of the three thirds', () => {
    const rows = clipRows([4, 4, 9, 9, -1, -1].map(pair));
    expect(rows.length).toBe(FLOW_ROW_NUMBERS);
    expect(thirds(rows)).toEqual([2, 3, -1]);
  });

  it('has the mean of the clip in every third where thirds are not told apart', () => {
    const rows = clipRows([1, 4, 4].map(pair), { hasThirds: false });
    close(thirds(rows), [Math.sqrt(3), Math.sqrt(3), Math.sqrt(3)]);
  });

  it('repeats the one pair of a clip of two frames', () => {
    expect(thirds(clipRows([pair(4)]))).toEqual([2, 2, 2]);
  });

  it('leaves pairs over a cut out, and gives a third without any the mean of the clip', () => {
    expect(thirds(clipRows([pair(4), null, null, null, pair(16), pair(16)]))).toEqual([
      2,
      Math.fround(Math.sqrt(12)),
      4,
    ]);
  });

  it('is zero for a clip of one frame and for one of cuts only', () => {
    for (const none of [[], [null, null]]) expect(clipRows(none)).toEqual(new Float32Array(FLOW_ROW_NUMBERS));
  });
});

describe('mirrorRows', () => {
  it('is what a mirrored field gives', () => {
    const random = Random.from(7);
    const flow = stillFlow(extent);
    flow.u.forEach((_, i) => (flow.u[i] = random.uniform() - 0.4));
    flow.v.forEach((_, i) => (flow.v[i] = random.uniform() - 0.6));
    const mirror = stillFlow(extent);
    for (let i = 0; i < flow.u.length; i++) {
      const from = i - (i % 80) + 79 - (i % 80);
      mirror.u[i] = -flow.u[from]!;
      mirror.v[i] = flow.v[from]!;
    }
    const own: Box = [31.3, 22.1, 77.7, 98.6];
    const other: Box = [160 - own[2], own[1], 160 - own[0], own[3]];
    close(pairRows(mirror, other, facts), mirrorRows(pairRows(flow, own, facts)), 5);
  });

  it('is its own inverse, on pairs and clips', () => {
    const rows = Float32Array.from({ length: FLOW_ROW_NUMBERS }, (_, k) => k - 100);
    expect(mirrorRows(mirrorRows(rows))).toEqual(rows);
    expect(mirrorRows(rows)[24]).toBe(76); // u changes its sign
    expect(mirrorRows(rows)[0]).toBe(-96); // right and left (4) change places
  });
});
