// Gradients of whole graphs: what is joined, what is left out, depth, and random graphs.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as g from '../../src/graph/index.js';
import { reachable } from '../../src/graph/gradients.js';
import type { Expr } from '../../src/graph/index.js';
import { distance, evaluate } from './evaluate.js';
import { gradientGap } from './finiteDifference.js';

const namesOf = (...ends: Expr[]): string[] => reachable(ends).map((node) => node.op.name);

describe('gradients', () => {
  it('adds what several uses of a value give: d(x x + 3x) = 2x + 3', async () => {
    const x = g.input('x', []);
    const [slope] = g.gradients(g.add(g.mul(x, x), g.mul(x, 3)), [x]);
    expect(await evaluate({ slope: slope! }, { x: { shape: [], data: [5] } })).toEqual({ slope: [13] });
  });

  it('are zeros where the loss does not depend on it', async () => {
    const [x, y] = [g.input('x', [2]), g.input('y', [3])];
    const [slope] = g.gradients(g.sum(x), [y]);
    expect(slope).toBe(g.zeros([3]));
  });

  it('do not pass stopGradient, and make no node for what is not asked', () => {
    const [x, w] = [g.input('x', [2, 3]), g.parameter('w', [3, 4])];
    const y = g.matMul(x, w);
    const [slope] = g.gradients(g.sum(g.mul(y, g.stopGradient(y))), [w]);
    expect(namesOf(slope!)).toEqual(expect.arrayContaining(['matMul', 'transpose']));
    const transposes = reachable([slope!]).filter((node) => node.op.name === 'transpose');
    expect(transposes.every((node) => reachable([node]).includes(x) && !reachable([node]).includes(w))).toBe(
      true,
    );
  });

  it('of the root of max(0, x) is 0 at and below 0, never NaN', async () => {
    const x = g.input('x', [3]);
    const [slope] = g.gradients(g.sum(g.sqrt(g.maximum(0, x))), [x]);
    const { out } = await evaluate({ out: slope! }, { x: { shape: [3], data: [-1, 0, 4] } });
    expect(out).toEqual([0, 0, 0.25]);
  });

  it('give relu no slope at 0 and the first of equal maxima all of it', async () => {
    const x = g.input('x', [2, 2]);
    const [relu, max] = [g.relu(x), g.max(x, { axes: 1 })].map((y) => g.gradients(g.sum(y), [x])[0]!);
    const out = await evaluate({ relu: relu!, max: max! }, { x: { shape: [2, 2], data: [0, 0, -1, 2] } });
    expect(out).toEqual({ relu: [0, 0, 0, 1], max: [1, 0, 0, 1] });
  });

  it('ask for a loss of one number', () => {
    const x = g.input('x', [2]);
    expect(() => g.gradients(x, [x])).toThrow('gradients: loss must be one number, got [2]');
  });

  it('of gradients are there too: the second derivative of x^3 is 6x', async () => {
    const x = g.input('x', []);
    const [first] = g.gradients(g.power(x, 3), [x]);
    const [second] = g.gradients(first!, [x]);
    expect((await evaluate({ out: second! }, { x: { shape: [], data: [2] } })).out).toEqual([12]);
  });

  it('of a weight that is used at every step are one product over all steps', async () => {
    const w = g.parameter('w', [2, 2, 3]);
    const v = g.parameter('v', [4, 4]);
    let [x, y] = [g.input('x', [1, 2, 4]), g.input('rows', [3, 4])];
    for (let t = 0; t < 4; t++) [x, y] = [g.tanh(g.conv(x, w, { padding: 1 })), g.tanh(g.matMul(y, v))];
    const loss = g.add(g.sum(x), g.sum(y));
    const slopes = g.gradients(loss, [w, v]);
    expect(namesOf(slopes[0]!).filter((name) => name === 'convWeightGradient')).toHaveLength(1);
    // 4 products forward, 3 back to earlier steps, 1 for the weight
    expect(namesOf(slopes[1]!).filter((name) => name === 'matMul')).toHaveLength(8);
    const feed = (...shape: number[]) => ({
      shape,
      data: Array.from({ length: 24 }, (_, i) => Math.sin(i) / 2).slice(
        0,
        shape.reduce((a, b) => a * b),
      ),
    });
    const feeds = { w: feed(2, 2, 3), v: feed(4, 4), x: feed(1, 2, 4), rows: feed(3, 4) };
    expect(await gradientGap(loss, [w, v], feeds)).toBeLessThan(2e-3);
  });

  it('walk a chain of 20 000 nodes', () => {
    const x = g.input('x', [1]);
    let y: Expr = x;
    for (let i = 0; i < 20_000; i++) y = g.tanh(y);
    const [slope] = g.gradients(g.sum(y), [x]);
    expect(reachable([slope!]).length).toBeGreaterThan(60_000);
  });
});

const unary = [
  g.tanh,
  g.sigmoid,
  g.exp,
  g.square,
  g.neg,
  (x: Expr) => g.softmax(x, 1),
  (x: Expr) => g.logSoftmax(x, 0),
];
const binary = [g.add, g.sub, g.mul, (a: Expr, b: Expr) => g.div(a, g.add(g.square(b), 1))];
const besides = [
  [0, 0],
  [1, 0],
] as const;
const moves = [
  (x: Expr) => g.transpose(g.reshape(x, [3, 2])),
  (x: Expr) => g.matMul(x, g.matMul(g.transpose(x), x)),
  (x: Expr) => g.concat([g.slice(x, { axis: 1, start: 1 }), g.slice(x, { axis: 1, end: 1 })], 1),
  (x: Expr) => g.sub(x, g.mean(x, { axes: 0, keepDims: true })),
  (x: Expr) => g.pad(g.slice(x, { axis: 1, start: 1 }), besides),
];
const step = fc.record({
  kind: fc.integer({ min: 0, max: 2 }),
  which: fc.nat(),
  from: fc.nat(),
  other: fc.nat(),
});

describe('random graphs', () => {
  it('have the gradients of central differences', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const values = [g.input('a', [2, 3]), g.input('b', [2, 3])];
        for (const { kind, which, from, other } of steps) {
          const x = values[from % values.length]!;
          const small = g.tanh(x); // keeps exponentials of exponentials within float32
          const y = values[other % values.length]!;
          if (kind === 0) values.push(unary[which % unary.length]!(small));
          else if (kind === 1) values.push(binary[which % binary.length]!(small, g.tanh(y)));
          else values.push(moves[which % moves.length]!(small));
        }
        const feeds = {
          a: { shape: [2, 3], data: [0.3, -0.7, 1.1, -0.2, 0.9, 0.5] },
          b: { shape: [2, 3], data: [-0.4, 0.8, 0.1, 1.2, -1.0, 0.6] },
        };
        expect(await gradientGap(values.at(-1)!, values.slice(0, 2), feeds)).toBeLessThan(1e-2);
      }),
      { numRuns: 60, seed: 11 },
    );
  });
});

describe('sharing', () => {
  it('makes the same node of the same formula, and none of what changes nothing', () => {
    const x = g.input('x', [2, 3]);
    expect(g.mul(g.exp(x), 2)).toBe(g.mul(g.exp(x), 2));
    expect(g.add(g.mul(x, 1), 0)).toBe(x);
    expect(g.transpose(g.transpose(x))).toBe(x);
    expect(g.reshape(g.reshape(x, [6]), [2, 3])).toBe(x);
    expect(g.neg(g.neg(x))).toBe(x);
    expect(g.mul(x, 0)).toBe(g.zeros([2, 3]));
  });

  it('folds numbers', async () => {
    const six = g.mul(g.constant(2), 3);
    expect(six).toBe(g.constant(6));
    expect(distance((await evaluate({ out: g.add(g.sum(g.zeros([2, 2])), six) })).out!, [6])).toBe(0);
  });
});
