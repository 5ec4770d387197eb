// The heads that stand beside the paper's, worked by hand on a few numbers.
import { describe, expect, it } from 'vitest';
import { attend } from '../../src/model/attention/forms.js';
import { Scope, type AttentionSettings } from '../../src/model/index.js';
import type { Attention } from '../../src/model/attention/attention.js';
import { float32, type Tensors } from '../../src/tensor.js';
import { evaluate } from './evaluate.js';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** What a head answers on `features` of `shape` with two classes; parameters that are not named are 0. */
async function answer(
  settings: AttentionSettings,
  {
    shape,
    values,
    state = {},
    beside = {},
  }: { shape: number[]; values: number[]; state?: Record<string, number[]>; beside?: Tensors },
): Promise<Record<keyof Attention, number[]>> {
  const scope = new Scope({ training: false });
  const features = scope.input('features', shape);
  const outputs = attend(scope, features, settings, { classes: 2 });
  const whole: Tensors = Object.fromEntries(
    scope.parameters.map(({ name, shape: sizes }) => {
      const size = sizes.reduce((a, b) => a * b, 1);
      return [name, float32(state[name] ?? new Float32Array(size), sizes)];
    }),
  );
  return evaluate(outputs as Required<Attention>, {
    feeds: { features: float32(values, shape), ...beside },
    state: whole,
  });
}

/** The path of an actor of whom one number is known. */
function motionOf(number: number): number[] {
  return [number, ...new Array<number>(40).fill(0)];
}

/** A layer that looks at this number, for two classes. */
function motionRows(first: number, second: number): number[] {
  return [...motionOf(first), ...motionOf(second)];
}

function expectClose(received: number[], expected: number[]): void {
  expect(received.length).toBe(expected.length);
  received.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
}

describe('mean', () => {
  it('is the linear layer of the mean feature, and its evidence is the same layer in each cell', async () => {
    // two channels, two frames of 1x2 cells: channel 0 is (1 3 | 5 7), mean 4; channel 1 is (0 2 | 4 2), mean 2
    const { logits, evidence, weights, masks } = await answer(
      { form: 'mean' },
      {
        shape: [1, 2, 2, 1, 2],
        values: [1, 3, 0, 2, 5, 7, 4, 2],
        state: { 'classifier.weight': [1, 10, 2, -1], 'classifier.bias': [0.5, 0] },
      },
    );
    expectClose(logits, [4 + 20 + 0.5, 8 - 2]);
    expectClose(evidence, [1.5, 2, 23.5, 4, 45.5, 6, 27.5, 12]); // cells (1,0) (3,2) (5,4) (7,2), two classes each
    expectClose(weights, [0.5, 0.5]);
    expectClose(masks, [1, 1, 1, 1]);
  });
});

describe('actor', () => {
  it('adds what its places say of the difference of neighbouring frames, at the ends of the one neighbour', async () => {
    // one channel, three frames of 1x2 cells with roots (1 2 | 3 2 | 5 4); differences (2 0 | 2 1 | 2 2)
    const { logits, evidence } = await answer(
      { form: 'actor', motion: 0, hasDifference: true },
      {
        shape: [1, 3, 1, 1, 2],
        values: [1, 4, 9, 4, 25, 16],
        beside: { actor: float32([0.5, 0, 0, 0.25, 0, 0.25], [1, 3, 1, 2]) },
        state: {
          ...{ 'classifier.weight': [1, 10], 'classifier.bias': [0.5, 0] },
          'difference.weight': [2, -1],
        },
      },
    );
    // the actor's mean: 1/2 of 1, 1/4 of 2, 1/4 of 4 = 2; of the differences: 1/2 of 2, 1/4 of 1, 1/4 of 2 = 1.75
    expectClose(logits, [2 + 2 * 1.75 + 0.5, 10 * 2 - 1.75]);
    expectClose(evidence, [5.5, 8, 2.5, 20, 7.5, 28, 4.5, 19, 9.5, 48, 8.5, 38]);
  });

  // one channel, two frames of 1x2 cells with roots (1 2 | 3 5); the last cell is not the actor's; one number of motion, 2
  const shares = [0.25, 0.25, 0.5, 0];
  const gated = {
    shape: [1, 2, 1, 1, 2],
    values: [1, 4, 9, 25],
    beside: { actor: float32(shares, [1, 2, 1, 2]), motion: float32([...motionOf(2), 1], [1, 42]) },
    state: { 'classifier.weight': [1, 10], 'classifier.bias': [0.5, 0], 'motion.weight': motionRows(1, -1) },
  };

  it('shares its attention by a gate within the actor, which is told how that moves', async () => {
    const state = {
      ...gated.state,
      ...{ 'actor.tanh.weight': [1], 'actor.tanh.beside.weight': motionOf(-0.5) },
      ...{ 'actor.gate.weight': [1], 'actor.gate.bias': [-2], 'actor.gate.beside.weight': motionOf(0.5) },
      'actor.out.weight': [3],
    };
    const energy = (x: number): number => 3 * Math.tanh(x - 0.5 * 2) * sigmoid(x - 2 + 0.5 * 2);
    const found = await answer({ form: 'actor', motion: 41, scoreWidth: 1 }, { ...gated, state });
    const raw = [1, 2, 3, 5].map((x, i) => shares[i]! * Math.exp(energy(x)));
    const sum = raw.reduce((a, b) => a + b);
    const [a, b, c] = raw.map((one) => one / sum) as [number, number, number];
    const mean = a + 2 * b + 3 * c;
    expectClose(found.logits, [mean + 2 + 0.5, 10 * mean - 2]);
    expectClose(found.weights, [a + b, c]);
    expectClose(found.masks, [a / b, 1, 1, 0]);
  });

  it('starts at even attention, where the answer is that without a gate', async () => {
    const even = await answer({ form: 'actor', motion: 41, scoreWidth: 1 }, gated);
    const without = await answer({ form: 'actor', motion: 41 }, gated);
    expectClose(even.logits, without.logits);
    expectClose(even.masks, without.masks);
  });
});

describe('a form on the actor', () => {
  it('sees features times their share of the largest of their frame, and asks for the shares', async () => {
    // one channel, one frame of 1x3 cells; the actor fills the first cell and half of the second
    const numbers = {
      shape: [1, 1, 1, 1, 3],
      values: [3, 2, 8],
      state: { 'lstm.input.weight': [...lstmRow(0), ...lstmRow(0), ...lstmRow(0), ...lstmRow(1)] },
      beside: { actor: float32([2 / 3, 1 / 3, 0], [1, 1, 1, 3]) },
    };
    const seen = (x: number): number => 0.5 * Math.tanh(0.5 * Math.tanh(x));
    const state = { ...numbers.state, 'classifier.weight': [1, 0] };
    const on = await answer({ form: 'convlstm', hidden: 1, isOnActor: true }, { ...numbers, state });
    expectClose([on.logits[0]!], [(seen(3) + seen(1) + seen(0)) / 3]);
    const off = await answer({ form: 'convlstm', hidden: 1 }, { ...numbers, state, beside: {} });
    expectClose([off.logits[0]!], [(seen(3) + seen(2) + seen(8)) / 3]);
  });
});

/** A 3x3 kernel of one channel that sees its own cell alone. */
function lstmRow(middle: number): number[] {
  return [0, 0, 0, 0, middle, 0, 0, 0, 0];
}

describe('projection', () => {
  const convlstm = { form: 'convlstm', projection: 1, hidden: 1 } as const;
  const numbers = {
    shape: [1, 1, 2, 1, 1],
    values: [3, 4], // projected: max(0, 3 * 1 + 4 * 2 - 10) = 1
    state: {
      'projection.weight': [1, 2],
      'projection.bias': [-10],
      'lstm.input.weight': [...new Array<number>(27).fill(0), 0, 0, 0, 0, 1, 0, 0, 0, 0],
      'classifier.weight': [1, 2],
    },
  };

  it('gives a head fewer channels, and nothing below zero', async () => {
    const H = 0.5 * Math.tanh(0.5 * Math.tanh(1)); // gates of a zero bias are one half
    expectClose((await answer(convlstm, numbers)).logits, [H, 2 * H]);
    const state = { ...numbers.state, 'projection.bias': [-12] };
    expectClose((await answer(convlstm, { ...numbers, state })).logits, [0, 0]);
  });
});

describe('mean with summed logits', () => {
  it('has as many times the logits of the mean as there are frames, and the same evidence', async () => {
    const numbers = {
      shape: [1, 3, 1, 1, 1],
      values: [1, 2, 6],
      state: { 'classifier.weight': [2, -1], 'classifier.bias': [0.5, 0] },
    };
    const { logits, evidence } = await answer({ form: 'mean', consensus: 'sum' }, numbers);
    expectClose(logits, [2.5 + 4.5 + 12.5, -1 - 2 - 6]); // each frame's own logits, added
    expectClose(evidence, [2.5, -1, 4.5, -2, 12.5, -6]);
  });
});

describe('convlstm', () => {
  it('carries the state from frame to frame and answers from the mean of its states', async () => {
    // one cell and one channel: of the 3x3 kernels only the middle counts. Gates i, f, o get the bias 0, g gets x.
    const middle = (value: number): number[] => [0, 0, 0, 0, value, 0, 0, 0, 0];
    const { logits, evidence } = await answer(
      { form: 'convlstm', hidden: 1 },
      {
        shape: [1, 2, 1, 1, 1],
        values: [1, -2],
        state: {
          'lstm.input.weight': [...middle(0), ...middle(0), ...middle(0), ...middle(1)],
          'classifier.weight': [1, 2],
          'classifier.bias': [0, 1],
        },
      },
    );
    const c1 = 0.5 * Math.tanh(1);
    const c2 = 0.5 * c1 + 0.5 * Math.tanh(-2);
    const [h1, h2] = [0.5 * Math.tanh(c1), 0.5 * Math.tanh(c2)];
    expectClose(logits, [(h1 + h2) / 2, h1 + h2 + 1]);
    expectClose(evidence, [h1, 2 * h1 + 1, h2, 2 * h2 + 1]);
  });
});

describe('soft-lstm', () => {
  const shape = [1, 2, 1, 1, 2]; // two frames of two cells: (2 6 | 1 0)
  const values = [2, 6, 1, 0];

  it('looks everywhere alike while its location weights are 0', async () => {
    const { masks, weights, logAttention } = await answer(
      { form: 'soft-lstm', hidden: 1 },
      { shape, values },
    );
    expectClose(masks, [0.5, 0.5, 0.5, 0.5]);
    expectClose(weights, [0.5, 0.5]);
    expectClose(logAttention, new Array<number>(4).fill(Math.log(1 / 4)));
  });

  it('lets the state before a frame say where to look in it', async () => {
    // H_0 = tanh(1) and C_0 = 0; location energies are (3 h, 0); gates i, f, o are 1/2, the candidate is tanh(x)
    const { logits, masks, evidence } = await answer(
      { form: 'soft-lstm', hidden: 1 },
      {
        shape,
        values,
        state: {
          'startHidden.second.bias': [1],
          'location.weight': [3, 0],
          'lstm.input.weight': [0, 0, 0, 1],
          'classifier.weight': [1, -1],
          'classifier.bias': [0, 0.25],
        },
      },
    );
    const l1 = sigmoid(3 * Math.tanh(1));
    const c1 = 0.5 * Math.tanh(2 * l1 + 6 * (1 - l1));
    const h1 = 0.5 * Math.tanh(c1);
    const l2 = sigmoid(3 * h1);
    const c2 = 0.5 * c1 + 0.5 * Math.tanh(l2);
    const h2 = 0.5 * Math.tanh(c2);
    expectClose(masks, [l1, 1 - l1, l2, 1 - l2]);
    expectClose(logits, [(h1 + h2) / 2, 0.25 - (h1 + h2) / 2]);
    expectClose(evidence, [h1, 0.25 - h1, h1, 0.25 - h1, h2, 0.25 - h2, h2, 0.25 - h2]); // the same in both cells
  });
});
