import { expect, test } from 'vitest';
import { Random } from '../../src/random.js';
import { fitLogisticRegression } from '../../src/train/start/logisticRegression.js';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

test('two mirrored points give the weight at which the pull of the data is the weight itself', () => {
  // rows 1 and -1 of classes 1 and 0; by symmetry W = (-v, v), b = 0, and v = C * 2 * (1 - sigmoid(2 v))
  const { weight, bias } = fitLogisticRegression([Float64Array.of(1), Float64Array.of(-1)], [1, 0], {
    classes: 2,
    strength: 0.5,
  });
  const v = weight[1]!;
  expect(v).toBeGreaterThan(0.1);
  expect(weight[0]).toBeCloseTo(-v, 6);
  expect(v).toBeCloseTo(0.5 * 2 * (1 - sigmoid(2 * v)), 5);
  expect(bias[0]! - bias[1]!).toBeCloseTo(0, 6);
});

test('without a usable feature the bias alone gives the shares of the classes', () => {
  const rows = [0, 0, 0, 0].map(() => Float64Array.of(0));
  const { weight, bias } = fitLogisticRegression(rows, [0, 0, 0, 1], { classes: 2, strength: 1 });
  expect(weight[0]).toBeCloseTo(0, 8);
  expect(sigmoid(bias[0]! - bias[1]!)).toBeCloseTo(3 / 4, 5);
});

test.each([
  [30, 4],
  [9, 20], // fewer rows than features: fitted in their span; the last two rows are the same, and one feature never changes
])('%i rows of %i features: at the answer the slope is 0 in every direction', (count, width) => {
  const random = Random.from(3);
  const rows = Array.from({ length: count }, () =>
    Float64Array.from({ length: width }, (_, c) => (width > 4 && c === 3 ? 0 : random.normal())),
  );
  rows[count - 1] = rows[count - 2]!.slice();
  const labels = rows.map((row) => (row[0]! + row[1]! > 0.5 ? 2 : row[2]! > 0 ? 1 : 0));
  const strength = 0.7;
  const { weight, bias } = fitLogisticRegression(rows, labels, { classes: 3, strength });
  expect(weight).toHaveLength(3 * width);
  const loss = (w: Float64Array, b: Float64Array): number => {
    let value = 0.5 * w.reduce((sum, one) => sum + one * one, 0);
    rows.forEach((row, i) => {
      const logits = [0, 1, 2].map((k) => row.reduce((sum, x, c) => sum + x * w[k * width + c]!, b[k]!));
      const total = logits.reduce((sum, one) => sum + Math.exp(one), 0);
      value += strength * (Math.log(total) - logits[labels[i]!]!);
    });
    return value;
  };
  const best = loss(weight, bias);
  for (let j = 0; j < weight.length; j++) {
    for (const change of [1e-3, -1e-3]) {
      const moved = weight.map((one, i) => (i === j ? one + change : one));
      expect(loss(moved, bias)).toBeGreaterThan(best);
    }
  }
});

test('a row of two classes is shared evenly by the softmax, and sure of both with the sigmoid', () => {
  // Without a usable feature: shares of the classes over rows {0, 1}, {0, 1}, {0}, {2}.
  const rows = [0, 0, 0, 0].map(() => Float64Array.of(0));
  const labels = [[0, 1], [0, 1], 0, 2];
  const options = { classes: 3, strength: 1 };
  const together = fitLogisticRegression(rows, labels, options).bias;
  const powers = together.map(Math.exp);
  const total = powers.reduce((a, b) => a + b);
  // (1/2 + 1/2 + 1) / 4, (1/2 + 1/2) / 4, 1 / 4
  [0.5, 0.25, 0.25].forEach((share, k) => expect(powers[k]! / total).toBeCloseTo(share, 5));
  const apart = fitLogisticRegression(rows, labels, { ...options, probabilities: 'sigmoid' }).bias;
  [3 / 4, 2 / 4, 1 / 4].forEach((share, k) => expect(sigmoid(apart[k]!)).toBeCloseTo(share, 5));
});

test('with the sigmoid every class is the regression of that class against the rest', () => {
  const random = Random.from(5);
  const rows = Array.from({ length: 24 }, () => Float64Array.from({ length: 3 }, () => random.normal()));
  const labels = rows.map((row) => [0, 1, 2].filter((k) => row[k]! > -0.3 || k === 0));
  const all = fitLogisticRegression(rows, labels, { classes: 3, strength: 0.5, probabilities: 'sigmoid' });
  for (const k of [0, 1, 2]) {
    const own = labels.map((label) => (label.includes(k) ? [0] : []));
    const alone = fitLogisticRegression(rows, own, { classes: 1, strength: 0.5, probabilities: 'sigmoid' });
    for (let c = 0; c < 3; c++) expect(all.weight[3 * k + c]).toBeCloseTo(alone.weight[c]!, 4);
  }
});
