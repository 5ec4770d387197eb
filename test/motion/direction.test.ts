// Directions by the table and ranks without sorting, against the plain way.
import { expect, it } from 'vitest';
import { eighthsOf } from '../../src/motion/direction.js';
import { ofRank } from '../../src/motion/rank.js';
import { Random } from '../../src/random.js';

it('tells the direction of an arrow to a ten-millionth of an eighth, all around and at the eight corners', () => {
  const corners = [
    [1, 0],
    [1, 1],
    [0, 1],
    [-1, 1],
    [-1, 0],
    [-1, -1],
    [0, -1],
    [1, -1],
  ] as const;
  corners.forEach(([x, y], k) => expect(eighthsOf(x, y)).toBe(k));
  for (let i = 0; i < 1000; i++) {
    const angle = (2 * Math.PI * (i + 0.37)) / 1000;
    const found = eighthsOf(3e-4 * Math.cos(angle), 3e-4 * Math.sin(angle));
    expect(Math.abs(found - (angle * 4) / Math.PI)).toBeLessThan(2e-7);
  }
});

it('finds the number of a rank as sorting does, among equals too', () => {
  const random = Random.from(0, 'rank');
  for (const count of [1, 2, 3, 10, 101]) {
    const values = Float64Array.from({ length: count }, () => Math.floor(random.uniform() * 8));
    const sorted = values.slice().sort();
    sorted.forEach((value, rank) => expect(ofRank(values.slice(), rank)).toBe(value));
  }
});
