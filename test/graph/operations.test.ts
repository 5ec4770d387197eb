// The battery that each operation must pass: a case by hand, and its derivative against central differences.
import { describe, expect, it } from 'vitest';
import { input, type Expr } from '../../src/graph/index.js';
import { operations } from '../../src/graph/expr.js';
import { reachable } from '../../src/graph/gradients.js';
import { cases, type Case } from './cases/index.js';
import { distance, evaluate, type Feed } from './evaluate.js';
import { gradientGap } from './finiteDifference.js';

const leaves = ['input', 'parameter', 'constant'];

function built({ feeds, build }: Case): { inputs: Expr[]; y: Expr; named: Record<string, Feed> } {
  const inputs = feeds.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
  return { inputs, y: build(...inputs), named: Object.fromEntries(feeds.map((feed, i) => [`x${i}`, feed])) };
}

const feedsOnlyIntegers = ({ feeds }: Case): boolean => feeds.every(({ dtype }) => dtype === 'int64');

describe.each(cases)('$operation: $title', (each) => {
  const { inputs, y, named } = built(each);

  it('is built from the operation that it is for', () => {
    expect(reachable([y]).map((node) => node.op.name)).toContain(each.operation);
  });

  const { expected } = each;
  if (expected) {
    it('gives the numbers worked by hand', async () => {
      const { out } = await evaluate({ out: y }, named);
      expect(distance(out!, expected), `${out}`).toBeLessThan(1e-6);
    });
  }

  if (operations.get(each.operation)!.derivative && !feedsOnlyIntegers(each)) {
    it('has the gradient of central differences', async () => {
      const floats = inputs.filter((x, i) => x.dtype === 'float32' && !each.still?.includes(i));
      expect(floats.length).toBeGreaterThan(0);
      expect(await gradientGap(y, floats, named)).toBeLessThan(2e-3);
    });
  }
});

describe('the battery', () => {
  const names = [...operations.keys()].filter((name) => !leaves.includes(name));

  it.each(names)('has a case worked by hand for %s', (name) => {
    expect(cases.some((each) => each.operation === name && each.expected)).toBe(true);
  });

  it.each(names.filter((name) => operations.get(name)!.derivative))('checks the gradient of %s', (name) => {
    expect(cases.some((each) => each.operation === name && !feedsOnlyIntegers(each))).toBe(true);
  });
});
