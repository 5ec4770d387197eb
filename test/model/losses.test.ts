// Each loss: its minimum, its zero case, its gradient, with the hand calculation in the expected value.
import { describe, expect, it } from 'vitest';
import { constant, gradients, input, type Expr } from '../../src/graph/index.js';
import { losses, LossSettings } from '../../src/model/losses.js';
import {
  area,
  contrast,
  crossEntropy,
  doublyStochastic,
  normPrior,
  normTarget,
  pooledEvidence,
  temporalVariation,
  totalVariation,
  unimodal,
} from '../../src/model/lossTerms.js';
import type { Attention } from '../../src/model/attention/attention.js';
import { float32, int64 } from '../../src/tensor.js';
import { evaluate } from './evaluate.js';

/** A loss and its gradient at `values`. */
async function at(loss: (x: Expr) => Expr, shape: number[], values: number[]) {
  const x = input('x', shape);
  const value = loss(x);
  const [slope] = gradients(value, [x]);
  // the echo keeps the feed where the value does not depend on it
  const result = await evaluate({ value, slope: slope!, echo: x }, { feeds: { x: float32(values, shape) } });
  return { value: result.value[0]!, slope: result.slope };
}

function expectClose(received: number[], expected: number[], digits = 5): void {
  expect(received.length).toBe(expected.length);
  received.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, digits));
}

describe('cross-entropy', () => {
  const labels = constant([1, 0], [2], 'int64');
  const loss = (x: Expr): Expr => crossEntropy(x, labels);

  it('is log K for even logits, with gradient (p - truth) / N', async () => {
    const { value, slope } = await at(loss, [2, 2], [0, 0, 3, 3]);
    expect(value).toBeCloseTo(Math.log(2), 6);
    expectClose(slope, [0.5 / 2, -0.5 / 2, -0.5 / 2, 0.5 / 2]);
  });

  it('goes to 0 where the true class takes all, and stays finite where a false one does', async () => {
    expect((await at(loss, [2, 2], [-100, 100, 100, -100])).value).toBeCloseTo(0, 6);
    expect((await at(loss, [2, 2], [100, -100, -100, 100])).value).toBeCloseTo(200, 3);
  });
});

describe('cross-entropy of several classes', () => {
  const targets = constant([1, 1, 0, 0, 0, 1], [2, 3]); // the first clip has the classes 0 and 1, the second has 2

  it('shares a clip evenly between its classes, with gradient (p - share) / N', async () => {
    // softmax(0, 0, 0) = 1/3 each: -(1/2 log 1/3 + 1/2 log 1/3) = log 3, and log 3 for the second clip.
    const { value, slope } = await at((x) => crossEntropy(x, targets), [2, 3], [0, 0, 0, 1, 1, 1]);
    expect(value).toBeCloseTo(Math.log(3), 6);
    const [own, other] = [(1 / 3 - 1 / 2) / 2, 1 / 3 / 2];
    expectClose(slope, [own, own, other, other, other, (1 / 3 - 1) / 2]);
  });

  it('is least, log 2, where two classes share all, and is that of one class where a clip has one', async () => {
    const one = await at((x) => crossEntropy(x, constant([1, 1, 0], [1, 3])), [1, 3], [50, 50, -50]);
    expect(one.value).toBeCloseTo(Math.log(2), 6);
    expectClose(one.slope, [0, 0, 0]);
    const logits = [0.3, -1.2, 0.7];
    const [target, label] = [constant([0, 0, 1], [1, 3]), constant([2], [1], 'int64')];
    const [many, single] = [
      await at((x) => crossEntropy(x, target), [1, 3], logits),
      await at((x) => crossEntropy(x, label), [1, 3], logits),
    ];
    expect(many).toEqual(single);
  });

  it('tells every class by itself with the sigmoid, with gradient (p - y) / N', async () => {
    // p = 1/2, 3/4, 1/4 of logits 0, log 3, -log 3: -(log 1/2 + log 3/4 + log 3/4) for the classes 0 and 1.
    const z = Math.log(3);
    const sigmoid = (x: Expr): Expr => crossEntropy(x, constant([1, 1, 0], [1, 3]), 'sigmoid');
    const { value, slope } = await at(sigmoid, [1, 3], [0, z, -z]);
    expect(value).toBeCloseTo(-Math.log(1 / 2) - 2 * Math.log(3 / 4), 6);
    expectClose(slope, [-1 / 2, -1 / 4, 1 / 4]);
    const [sure, wrong] = [
      await at(sigmoid, [1, 3], [90, 90, -90]),
      await at(sigmoid, [1, 3], [-90, 90, 90]),
    ];
    expect(sure.value).toBeCloseTo(0, 6);
    expect(wrong.value).toBeCloseTo(180, 3); // no overflow
    expectClose(wrong.slope, [-1, 0, 1]);
  });

  it.each(['softmax', 'sigmoid'] as const)('agrees with finite differences: %s', async (form) => {
    const values = [0.4, -0.9, 1.3, -0.2, 0.6, 0.1];
    const loss = (x: Expr): Expr => crossEntropy(x, targets, form);
    const { slope } = await at(loss, [2, 3], values);
    for (const i of values.keys()) {
      const moved = async (by: number) =>
        (await at(loss, [2, 3], values.map((v, j) => (i === j ? v + by : v)))).value; // prettier-ignore
      expect(slope[i]).toBeCloseTo(((await moved(0.01)) - (await moved(-0.01))) / 0.02, 3);
    }
  });
});

describe('the doubly stochastic penalty', () => {
  it('is 0, without gradient, where every place is looked at once over the clip', async () => {
    const { value, slope } = await at(doublyStochastic, [1, 2, 1, 2], [0.25, 0.75, 0.75, 0.25]);
    expect(value).toBeCloseTo(0, 6);
    expectClose(slope, [0, 0, 0, 0]);
  });

  it('is the squared distance of the looks at each place from one', async () => {
    // looks 1.5 and 0.5: (1 - 1.5)^2 + (1 - 0.5)^2 = 0.5; slopes -2 (1 - looks)
    const { value, slope } = await at(doublyStochastic, [1, 2, 1, 2], [1, 0, 0.5, 0.5]);
    expect(value).toBeCloseTo(0.5, 6);
    expectClose(slope, [1, -1, 1, -1]);
  });
});

describe('total variation', () => {
  it('is 0, without gradient, for an even mask', async () => {
    const { value, slope } = await at(totalVariation, [1, 1, 2, 2], [0.3, 0.3, 0.3, 0.3]);
    expect(value).toBe(0);
    expectClose(slope, [0, 0, 0, 0]);
  });

  it('sums the steps down and across over frames and averages over clips', async () => {
    // clip 1: rows (0 1) (1 0): down |1-0| + |0-1|, across |1-0| + |0-1| = 4; clip 2: 0; mean 2
    const { value, slope } = await at(totalVariation, [2, 1, 2, 2], [0, 1, 1, 0, 0.5, 0.5, 0.5, 0.5]);
    expect(value).toBeCloseTo(2, 6);
    expectClose(slope.slice(0, 4), [-2 / 2, 2 / 2, 2 / 2, -2 / 2]); // each cell has two neighbours, N = 2
  });

  it('costs an edge once, however wide it is', async () => {
    const wide = await at(totalVariation, [1, 1, 1, 5], [0, 0.25, 0.5, 0.75, 1]);
    const sharp = await at(totalVariation, [1, 1, 1, 5], [0, 0, 0, 1, 1]);
    expect(wide.value).toBeCloseTo(sharp.value, 6);
  });

  it('is 0 on a grid of one cell', async () => {
    expect((await at((x) => totalVariation(x), [1, 2, 1, 1], [0, 1])).value).toBe(0);
  });
});

describe('temporal variation', () => {
  it('is 0 for a mask that stays and counts every cell that changes', async () => {
    expect((await at(temporalVariation, [1, 2, 1, 2], [0.2, 0.9, 0.2, 0.9])).value).toBe(0);
    const moved = await at(temporalVariation, [1, 2, 1, 2], [0, 1, 1, 0.5]); // |1-0| + |0.5-1|
    expect(moved.value).toBeCloseTo(1.5, 6);
    expectClose(moved.slope, [-1, 1, 1, -1]);
  });
});

describe('contrast', () => {
  it('is -m/2 above a half and m/2 below, with no gradient through the step', async () => {
    const { value, slope } = await at(contrast, [1, 1, 1, 3], [0.9, 0.2, 0.5]); // -0.45 + 0.1 + 0.25
    expect(value).toBeCloseTo(-0.1, 6);
    expectClose(slope, [-0.5, 0.5, 0.5]);
  });

  it('is 0 for an empty mask and least for a full one: nothing in it stops the mask from covering all', async () => {
    expect((await at(contrast, [1, 1, 2, 2], [0, 0, 0, 0])).value).toBe(0);
    expect((await at(contrast, [1, 1, 2, 2], [1, 1, 1, 1])).value).toBeCloseTo(-2, 6);
  });
});

describe('unimodal', () => {
  const bySum = (x: Expr): Expr => unimodal(x, 'sum');
  const bySqrt = (x: Expr): Expr => unimodal(x, 'sqrt');

  it.each([['sum', bySum] as const, ['sqrt', bySqrt] as const])(
    '%s is 0, with gradient 0 and never NaN, for even weights and for one peak',
    async (_, loss) => {
      for (const weights of [
        [0.25, 0.25, 0.25, 0.25],
        [0.1, 0.4, 0.4, 0.1],
        [0, 0, 1, 0],
      ]) {
        const { value, slope } = await at(loss, [1, 1, 4], weights);
        expect(value).toBe(0);
        expectClose(slope, [0, 0, 0, 0]);
      }
    },
  );

  it('sum adds w(i-1) w(i+1) - w(i)^2 over the dents', async () => {
    // (.4 .1 .5): .4 * .5 - .01 = .19; gradient (.5, -2 * .1, .4)
    const { value, slope } = await at(bySum, [1, 1, 3], [0.4, 0.1, 0.5]);
    expect(value).toBeCloseTo(0.19, 6);
    expectClose(slope, [0.5, -0.2, 0.4]);
  });

  it('sum adds the rows of T and averages the clips', async () => {
    const dent = [0.4, 0.1, 0.5];
    const { value } = await at(bySum, [2, 2, 3], [...dent, ...dent, ...dent, 0, 1, 0]); // 3 dents over 2 clips
    expect(value).toBeCloseTo((3 * 0.19) / 2, 6);
  });

  it('sqrt is the mean of the roots over clips, rows and inner frames', async () => {
    // frames 2 and 3 of (.4 .1 .5 0): sqrt(.19) and 0, so sqrt(.19) / 2; d/dw = (.5, -.2, .4) / (2 sqrt(.19)) / 2
    const { value, slope } = await at(bySqrt, [1, 1, 4], [0.4, 0.1, 0.5, 0]);
    const root = Math.sqrt(0.19);
    expect(value).toBeCloseTo(root / 2, 6);
    expectClose(slope, [0.5 / root / 4, -0.2 / root / 4, 0.4 / root / 4, 0]);
  });

  it('is 0 for fewer than three frames, which have no inner one', async () => {
    expect((await at(bySqrt, [1, 1, 2], [0.5, 0.5])).value).toBe(0);
  });
});

describe('area', () => {
  it('sums the share of each frame, with gradient 1 / cells, and is 0 for empty masks', async () => {
    const { value, slope } = await at((x) => area(x), [1, 2, 1, 2], [1, 0, 1, 1]); // .5 + 1
    expect(value).toBeCloseTo(1.5, 6);
    expectClose(slope, [0.5, 0.5, 0.5, 0.5]);
    expect((await at((x) => area(x), [1, 2, 1, 2], [0, 0, 0, 0])).value).toBe(0);
  });

  it('costs nothing below a target share', async () => {
    const { value, slope } = await at((x) => area(x, 0.6), [1, 2, 1, 2], [1, 0, 1, 1]); // 0 + (1 - .6)
    expect(value).toBeCloseTo(0.4, 6);
    expectClose(slope, [0, 0, 0.5, 0.5]);
  });
});

describe('norm prior', () => {
  const features = constant([3, 0, 0, 1, 4, 0, 0, 1], [1, 1, 2, 1, 4]); // norms 5 0 0 sqrt(2): the middle is 2.5

  it('takes the cells above the middle of the range of the norm', async () => {
    expect((await evaluate({ target: normTarget(features) })).target).toEqual([1, 0, 0, 0]);
    const near = constant([2, 6, 4.2, 3.8], [1, 1, 1, 1, 4]); // range 2 .. 6, its middle 4
    expect((await evaluate({ target: normTarget(near) })).target).toEqual([0, 1, 1, 0]);
  });

  it('is the mean binary cross-entropy of a mask of gates, and 0 where the mask is the target', async () => {
    const loss = (masks: Expr): Expr => normPrior({ masks } as Attention, features);
    const { value, slope } = await at(loss, [1, 1, 1, 4], [0.5, 0.5, 0.5, 0.5]);
    expect(value).toBeCloseTo(Math.log(2), 6);
    expectClose(slope, [-2 / 4, 2 / 4, 2 / 4, 2 / 4]); // -1/m on the target, 1/(1-m) elsewhere, over 4 cells
    expect((await at(loss, [1, 1, 1, 4], [1, 0, 0, 0])).value).toBeCloseTo(0, 5);
  });

  it('is the cross-entropy with the even target for a mask that is a distribution', async () => {
    const loss = (masks: Expr): Expr => normPrior({ masks, logAttention: masks } as Attention, features);
    const { value } = await at(loss, [1, 1, 1, 4], [0.25, 0.25, 0.25, 0.25]);
    expect(value).toBeCloseTo(Math.log(4), 6);
  });
});

describe('the total', () => {
  const attention = {
    logits: input('logits', [1, 2]),
    weights: input('weights', [1, 1, 3]),
    masks: input('masks', [1, 3, 1, 2]),
  };
  const feeds = {
    logits: float32([0, 0], [1, 2]),
    weights: float32([0.4, 0.1, 0.5], [1, 1, 3]),
    masks: float32([1, 0, 1, 0, 1, 0], [1, 3, 1, 2]),
    labels: int64([0]),
  };

  async function total(settings: Partial<LossSettings>) {
    const features = constant(1, [1, 3, 1, 1, 2]);
    const terms = losses(attention, input('labels', [1], 'int64'), {
      ...LossSettings.parse(settings),
      features,
    });
    return evaluate({ ...terms } as Record<string, Expr>, { feeds });
  }

  it('is the weighted sum of the terms, cross-entropy with weight 1', async () => {
    const terms = await total({ totalVariation: 0.5, contrast: 0.1, unimodal: 2, area: 0.01 });
    // log 2 + .5 * 3 + .1 * (-1.5) + 2 * .19 + .01 * 1.5
    expect(terms.total![0]).toBeCloseTo(Math.log(2) + 1.5 - 0.15 + 0.38 + 0.015, 5);
  });

  it('reports terms of weight 0 and leaves them out of the sum', async () => {
    const terms = await total({ totalVariation: 0, contrast: 0, unimodal: 0 });
    expect(terms.total![0]).toBeCloseTo(Math.log(2), 6);
    expect(terms.totalVariation![0]).toBeCloseTo(3, 6);
  });
});

describe('pooled evidence', () => {
  const labels = constant([0], [1], 'int64');
  const pooled =
    (sharpness: number) =>
    (x: Expr): Expr =>
      pooledEvidence({ evidence: x } as Attention, labels, sharpness);

  it('is the cross-entropy of 1/r log mean exp(r s), worked for two places and two classes', async () => {
    // s of class 0: 0 and log 3, of class 1: 0 and 0; r = 1: log((1 + 3) / 2) = log 2 against 0; p_0 = 2 / 3
    const { value, slope } = await at(pooled(1), [1, 1, 1, 2, 2], [0, 0, Math.log(3), 0]);
    expect(value).toBeCloseTo(-Math.log(2 / 3), 6);
    // (p - truth) spread by exp(r s): class 0 as 1/4 and 3/4, class 1 as halves
    expectClose(slope, [-1 / 3 / 4, 1 / 3 / 2, (-1 / 3) * (3 / 4), 1 / 3 / 2]);
  });

  it('is log K, whatever the sharpness, where the evidence is even', async () => {
    for (const sharpness of [0.5, 4, 50])
      expect((await at(pooled(sharpness), [1, 2, 1, 1, 2], [7, 7, 7, 7])).value).toBeCloseTo(Math.log(2), 5);
  });

  it('comes near the best place as it sharpens, without overflow', async () => {
    const { value } = await at(pooled(50), [1, 1, 1, 2, 2], [-90, 0, 100, 0]); // class 0 is found somewhere
    expect(value).toBeCloseTo(0, 6);
  });

  it('asks for a form that has evidence', () => {
    expect(() => pooledEvidence({} as Attention, labels, 4)).toThrow(/losses\.evidence: a form of attention/);
  });
});

describe('other variations', () => {
  const corner = [1, 0, 0, 0]; // one cell of 2 x 2: two straight differences of 1, one diagonal of 1

  it('with squares costs less for a step of half, twice: 4 x 1/4 against 4 x 1/2', async () => {
    const checks = [0.5, 0, 0, 0.5];
    expect((await at((x) => totalVariation(x), [1, 1, 2, 2], checks)).value).toBeCloseTo(2, 6);
    const { value, slope } = await at(
      (x) => totalVariation(x, { variationForm: 'l2' }),
      [1, 1, 2, 2],
      checks,
    );
    expect(value).toBeCloseTo(1, 6);
    expectClose(slope, [2, -2, -2, 2]); // each cell: two neighbours, 2 d = 1
  });

  it('with Huber is d^2 / 0.2 below 0.1 and |d| - 0.05 above, with a slope that reaches 1', async () => {
    const loss = (x: Expr): Expr => totalVariation(x, { variationForm: 'huber' });
    // differences 0.04 and 0.04: 2 * 0.0016 / 0.2; slope d / 0.1
    const small = await at(loss, [1, 1, 1, 3], [0, 0.04, 0.08]);
    expect(small.value).toBeCloseTo((2 * 0.0016) / 0.2, 6);
    expectClose(small.slope, [-0.4, 0, 0.4], 4);
    const large = await at(loss, [1, 1, 1, 2], [0, 0.6]);
    expect(large.value).toBeCloseTo(0.55, 6);
    expectClose(large.slope, [-1, 1]);
  });

  it('with eight neighbours adds the diagonals at 1 / sqrt 2', async () => {
    const { value } = await at((x) => totalVariation(x, { neighbours: 8 }), [1, 1, 2, 2], corner);
    expect(value).toBeCloseTo(2 + Math.SQRT1_2, 6);
    const other = await at((x) => totalVariation(x, { neighbours: 8 }), [1, 1, 2, 2], [0, 1, 0, 0]);
    expect(other.value).toBeCloseTo(2 + Math.SQRT1_2, 6); // the other diagonal
  });
});

describe('other unimodal terms', () => {
  it('on logits is the second difference of the logarithms, whatever the scale', async () => {
    const loss = (x: Expr): Expr => unimodal(x, 'sum', { unimodalOn: 'logits' });
    // log 0.4 + log 0.4 - 2 log 0.2 = 2 log 2
    const { value, slope } = await at(loss, [1, 1, 3], [0.4, 0.2, 0.4]);
    expect(value).toBeCloseTo(2 * Math.log(2), 5);
    expectClose(slope, [1 / 0.4, -2 / 0.2, 1 / 0.4], 3);
    expect((await at(loss, [1, 1, 3], [0.04, 0.02, 0.04])).value).toBeCloseTo(2 * Math.log(2), 5);
    expect((await at(loss, [1, 1, 3], [0.2, 0.6, 0.2])).value).toBe(0);
  });

  it('without the hinge pays for every bulge', async () => {
    const loss = (x: Expr): Expr => unimodal(x, 'sum', { unimodalHinge: false });
    expect((await at(loss, [1, 1, 3], [0.2, 0.6, 0.2])).value).toBeCloseTo(0.04 - 0.36, 6);
    expect((await at(loss, [1, 1, 3], [0.4, 0.2, 0.4])).value).toBeCloseTo(0.16 - 0.04, 6);
  });

  it('has no root without the hinge', () => {
    expect(() => unimodal(input('w', [1, 1, 3]), 'sqrt', { unimodalHinge: false })).toThrow(
      /losses\.unimodalHinge: true where unimodalForm is sqrt/,
    );
  });
});
