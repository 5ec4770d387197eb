import { expect, test } from 'vitest';
import { Random } from '../../src/random.js';
import { fitBlocks } from '../../src/train/start/blockRegression.js';

const random = Random.from(7);
const drawn = (rows: number, width: number, scale = 1): Float64Array[] =>
  Array.from({ length: rows }, () => Float64Array.from({ length: width }, () => 5 + scale * random.normal()));
const numbers = ({ data }: { data: ArrayLike<number | bigint> }): number[] => Array.from(data, Number);

/** The logits of row `i` by the sum of the layers. */
function logits(layers: ReturnType<typeof fitBlocks>, rows: readonly Float64Array[]): number[] {
  const parts = layers.map(({ weight, bias }, b) => {
    const row = rows[b]!;
    return numbers(bias).map((start, k) =>
      row.reduce((sum, x, c) => sum + numbers(weight)[k * row.length + c]! * x, start),
    );
  });
  return parts.reduce((all, part) => all.map((x, k) => x + part[k]!));
}

test('the layers say the same of numbers as they are, whatever unit a block comes in', () => {
  const [a, b] = [drawn(20, 3), drawn(20, 2)];
  const labels = a.map((row, i) => (row[0]! + b[i]![1]! > 10 ? 1 : 0));
  const options = { classes: 2, strength: 300 };
  const plain = fitBlocks(
    [
      { rows: a, share: 1 },
      { rows: b, share: 0.5 },
    ],
    labels,
    options,
  );
  const inMillimetres = b.map((row) => row.map((x) => 1000 * x - 40));
  const scaled = fitBlocks(
    [
      { rows: a, share: 1 },
      { rows: inMillimetres, share: 0.5 },
    ],
    labels,
    options,
  );
  a.forEach((row, i) => {
    const [one, other] = [logits(plain, [row, b[i]!]), logits(scaled, [row, inMillimetres[i]!])];
    one.forEach((x, k) => expect(other[k]).toBeCloseTo(x, 2));
    expect(one[labels[i]!]).toBe(Math.max(...one));
  });
});

test('a block of many numbers counts no more than its share: one that holds the same number fifty times is that number', () => {
  const [a, b] = [drawn(16, 2), drawn(16, 1)];
  const labels = a.map((_, i) => i % 2);
  const fitted = (rows: readonly Float64Array[]) =>
    fitBlocks(
      [
        { rows: a, share: 1 },
        { rows, share: 0.3 },
      ],
      labels,
      { classes: 2, strength: 1 },
    );
  const many = b.map((row) => new Float64Array(50).fill(row[0]!));
  a.forEach((row, i) => {
    const [one, other] = [logits(fitted(b), [row, b[i]!]), logits(fitted(many), [row, many[i]!])];
    one.forEach((x, k) => expect(other[k]).toBeCloseTo(x, 3));
  });
});

test('a number that never changes has no weight, and a block at its mean says nothing', () => {
  const [a, b] = [drawn(12, 2), drawn(12, 2)];
  for (const row of b) row[0] = 3;
  const labels = a.map((_, i) => i % 3);
  const [, layer] = fitBlocks(
    [
      { rows: a, share: 1 },
      { rows: b, share: 1 },
    ],
    labels,
    { classes: 3, strength: 1 },
  );
  const weight = numbers(layer!.weight);
  expect([weight[0], weight[2], weight[4]]).toEqual([0, 0, 0]);
  const mean = b.reduce((sum, row) => sum + row[1]! / b.length, 0);
  numbers(layer!.bias).forEach((bias, k) => expect(bias + weight[2 * k + 1]! * mean).toBeCloseTo(0, 4));
});
