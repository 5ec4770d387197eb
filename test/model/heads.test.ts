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
});

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
