import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/random.js';
import { averageLinkage } from '../../../src/train/groups/averageLinkage.js';

/** Distances of points on a line. */
function onLine(points: readonly number[]): Float32Array {
  return Float32Array.from(points.flatMap((a) => points.map((b) => Math.abs(a - b))));
}

/** The definition: the pair of clusters with the smallest mean distance is merged while that is below the cut. */
function byDefinition(distances: Float32Array, n: number, cut: number): number[] {
  let clusters = Array.from({ length: n }, (_, i) => [i]);
  for (;;) {
    let best: { a: number[]; b: number[]; mean: number } | undefined;
    for (const a of clusters)
      for (const b of clusters) {
        if (a[0]! >= b[0]!) continue;
        const all = a.flatMap((i) => b.map((j) => distances[i * n + j]!));
        const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
        if (mean < (best?.mean ?? cut)) best = { a, b, mean };
      }
    if (!best) break;
    const { a, b } = best;
    clusters = [...clusters.filter((one) => one !== a && one !== b), [...a, ...b].sort((i, j) => i - j)];
  }
  const ordered = clusters.toSorted((a, b) => a[0]! - b[0]!);
  return Array.from({ length: n }, (_, i) => ordered.findIndex((one) => one.includes(i)));
}

describe('averageLinkage', () => {
  it('merges by the mean distance: 0 and 1 first, then 3 at (3 + 2) / 2 = 2.5, and 9 never', () => {
    const points = [0, 1, 3, 9];
    expect(averageLinkage(onLine(points), 4, 1)).toEqual([0, 1, 2, 3]); // a distance at the cut is not below it
    expect(averageLinkage(onLine(points), 4, 2.5)).toEqual([0, 0, 1, 2]);
    expect(averageLinkage(onLine(points), 4, 2.51)).toEqual([0, 0, 0, 1]);
    expect(averageLinkage(onLine(points), 4, 100)).toEqual([0, 0, 0, 0]);
  });

  it('numbers clusters by their first items', () => {
    expect(averageLinkage(onLine([9, 0, 9.1, 0.1, 5]), 5, 1)).toEqual([0, 1, 0, 1, 2]);
  });

  it('gives what the definition gives', () => {
    const random = Random.from(4, 'points');
    for (let trial = 0; trial < 20; trial++) {
      const points = Array.from({ length: 12 }, () => random.integer(0, 1_000_000) / 1000);
      const distances = onLine(points);
      expect(averageLinkage(distances.slice(), 12, 120)).toEqual(byDefinition(distances, 12, 120));
    }
  });

  it('takes one item, none, and equal ones', () => {
    expect(averageLinkage(new Float32Array(), 0, 1)).toEqual([]);
    expect(averageLinkage(new Float32Array(1), 1, 1)).toEqual([0]);
    expect(averageLinkage(new Float32Array(9), 3, 0.5)).toEqual([0, 0, 0]);
  });
});
