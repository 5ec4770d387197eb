// What each form promises, whatever its weights: one shared battery, and the facts of docs/architecture.md#model about the scores.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { float32, int64, sizeOf, type Tensor, type Tensors } from '../../src/tensor.js';
import { evaluationGraph } from '../../src/model/programs.js';
import {
  formNames,
  inferenceGraph,
  initialise,
  LossSettings,
  parseModelConfig,
  trainingGraph,
  type FormName,
  type ModelConfig,
  type TrainingOptions,
} from '../../src/model/index.js';
import { formOf } from '../../src/model/attention/forms.js';
import { openRuntime, type Runtime } from '../../src/runtime/index.js';

const [N, n, C, h, w, K] = [2, 5, 6, 2, 3, 4];

/** One engine for all tests: each writes the state that it reads. */
let runtime: Runtime;
beforeAll(async () => {
  runtime = await openRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

const attention: Record<FormName, object> = {
  joint: { hidden: 7, scoreWidth: 4, contextFrames: 3 },
  pooled: { hidden: 3, maskChannels: [4, 5] },
  'recurrent-additive': { hidden: 3, maskChannels: [4, 5], startChannels: 4 },
  'recurrent-tanh': { hidden: 3, maskChannels: [4, 5], startChannels: 4, scoreWidth: 4 },
  mean: {},
  convlstm: { hidden: 3 },
  'soft-lstm': { hidden: 5 },
  actor: { motion: 41 },
};

function configOf(form: FormName, change: object = {}): ModelConfig {
  return parseModelConfig({
    version: 1,
    classes: Array.from({ length: K }, (_, k) => `class ${k}`),
    frames: n,
    transform: { size: { width: 8, height: 8 } },
    backbone: { kind: 'features' },
    attention: { form, ...attention[form], ...change },
    grid: { channels: C, height: h, width: w },
  });
}

function optionsOf(form: FormName, change: object = {}): TrainingOptions {
  const losses = LossSettings.parse({ totalVariation: 0.01, ...formOf(form).losses });
  const optimiser = { name: 'adam', weightDecay: 1e-3 } as const;
  return { config: configOf(form, change), clips: N, losses, optimiser };
}

const random = Random.from(11);
const features = float32(
  Float32Array.from({ length: N * n * C * h * w }, () => Math.abs(random.normal())),
  [N, n, C, h, w],
);
const labels = int64([1, 3]);
/** Where the actor is, a place or two a frame, and how it moves: 41 numbers, and a 1 that says they are known. */
const besideFeatures: Tensors = {
  actor: float32(
    Float32Array.from({ length: N * n * h * w }, (_, i) => (i % 3 === 0 ? 1 / (2 * n) : 0)),
    [N, n, h, w],
  ),
  motion: float32(
    Float32Array.from({ length: N * 42 }, (_, i) => (i % 42 === 41 ? 1 : Math.sin(i))),
    [N, 42],
  ),
};

/** What a form takes of the last `clips` clips. */
function inputsOf(form: FormName, clips = N): Tensors {
  const all = { features, ...(form === 'actor' && besideFeatures) };
  return Object.fromEntries(
    Object.entries(all).map(([name, { data, shape }]) => {
      const length = data.length / N;
      return [name, float32(data.slice((N - clips) * length) as Float32Array, [clips, ...shape.slice(1)])];
    }),
  );
}

/** Larger than the default start, so that attention is far from even. */
function strong(tensors: Tensors): Tensors {
  const grown = ({ shape, data }: Tensor): Tensor =>
    float32(
      Array.from(data, Number).map((x) => 3 * x),
      shape,
    );
  return Object.fromEntries(
    Object.entries(tensors).map(([name, one]) => [name, name.includes('bn') ? one : grown(one)]),
  );
}

async function answer(
  options: TrainingOptions,
  extra: Tensors = {},
  feeds: Tensors = inputsOf(options.config.attention.form),
) {
  const { graph, parameters } = inferenceGraph(options);
  await runtime.write({ ...strong(initialise(parameters, Random.from(2))), ...extra });
  return (await runtime.compile(graph)).run(feeds);
}

/** One training step from strong weights: outputs, and the parameters before and after. */
async function step(options: TrainingOptions, feeds: Tensors = {}) {
  const { graph, parameters, state } = trainingGraph({ ...options, withGradients: true });
  const before = strong(initialise(parameters, Random.from(2)));
  const zeros = state.map(({ name, shape }) => [name, float32(new Float32Array(sizeOf(shape)), shape)]);
  await runtime.write({ ...before, ...(Object.fromEntries(zeros) as Tensors) });
  const program = await runtime.compile(graph);
  const outputs = await program.run({ features, labels, learningRate: float32([0.01], []), ...feeds });
  return { outputs, before, after: await runtime.read() };
}

const list = (tensor: Tensor): number[] => Array.from(tensor.data, Number);
const largest = (tensor: Tensor): number => Math.max(...list(tensor).map(Math.abs));
const rowsOf = (tensor: Tensor, length: number): number[][] => {
  const all = list(tensor);
  return Array.from({ length: all.length / length }, (_, i) => all.slice(i * length, (i + 1) * length));
};
const total = (row: readonly number[]): number => row.reduce((sum, x) => sum + x, 0);

describe.each(formNames)('%s', (form) => {
  it('answers what, where and when in the agreed shapes', async () => {
    const { logits, probabilities, weights, masks, norm } = await answer(optionsOf(form));
    expect(logits!.shape).toEqual([N, K]);
    expect(masks!.shape).toEqual([N, n, h, w]);
    expect(weights!.shape).toEqual([N, form.startsWith('recurrent') ? n : 1, n]);
    for (const row of rowsOf(weights!, n)) expect(total(row)).toBeCloseTo(1, 5);
    for (const row of rowsOf(probabilities!, K)) expect(total(row)).toBeCloseTo(1, 5);
    for (const value of list(masks!)) expect(value >= 0 && value <= 1).toBe(true);
    expect(norm!.shape).toEqual([N, n, h, w]);
    expect(list(norm!)[0]).toBeCloseTo(
      Math.hypot(...Array.from({ length: C }, (_, c) => Number(features.data[c * h * w]))),
      5,
    );
  });

  it('answers for a clip alone as beside others', async () => {
    const both = await answer(optionsOf(form));
    const alone = await answer({ ...optionsOf(form), clips: 1 }, {}, inputsOf(form, 1));
    list(alone.logits!).forEach((value, k) => expect(value).toBeCloseTo(list(both.logits!)[K + k]!, 4));
  });

  it('learns two clips in thirty steps', async () => {
    const training = trainingGraph(optionsOf(form));
    const zeros = training.state.map(({ name, shape }) => [
      name,
      float32(new Float32Array(sizeOf(shape)), shape),
    ]);
    await runtime.write({
      ...initialise(training.parameters, Random.from(5)),
      ...(Object.fromEntries(zeros) as Tensors),
    });
    const program = await runtime.compile(training.graph);
    const crossEntropies: number[] = [];
    const rate = form === 'mean' ? 0.4 : 0.05; // the means of the two clips lie close together
    for (let i = 0; i < 30; i++) {
      const outputs = await program.run({ ...inputsOf(form), labels, learningRate: float32([rate], []) });
      crossEntropies.push(Number(outputs['loss.crossEntropy']!.data[0]));
    }
    expect(crossEntropies.at(-1)!).toBeLessThan(crossEntropies[0]! / 4);
  });

  it('reports the same loss from its answers and from evaluation', async () => {
    const { graph, parameters } = evaluationGraph(optionsOf(form));
    await runtime.write(strong(initialise(parameters, Random.from(2))));
    const outputs = await (await runtime.compile(graph)).run({ ...inputsOf(form), labels });
    const probabilities = rowsOf(outputs.probabilities!, K);
    const expected = -(Math.log(probabilities[0]![1]!) + Math.log(probabilities[1]![3]!)) / 2;
    expect(Number(outputs['loss.crossEntropy']!.data[0])).toBeCloseTo(expected, 4);
  });
});

describe('the additive score', () => {
  it('has the same weights at every step: its state part cancels in the softmax', async () => {
    const { weights } = await answer(optionsOf('recurrent-additive'));
    const rows = rowsOf(weights!, n);
    for (let t = 1; t < n; t++)
      rows[t]!.forEach((x, i) => expect(Math.abs(x - rows[0]![i]!)).toBeLessThan(1e-6));
    expect(Math.max(...rows[0]!) - Math.min(...rows[0]!)).toBeGreaterThan(0.01); // and is not even
  });

  it('gives the frame a gradient and the state none', async () => {
    const { outputs } = await step(optionsOf('recurrent-additive'));
    expect(largest(outputs['grad:score.frame.weight']!)).toBeGreaterThan(1e-5);
    expect(largest(outputs['grad:score.state.weight']!)).toBeLessThan(1e-7);
  });
});

describe('the tanh score', () => {
  it('has weights that differ from step to step, and a gradient for the state', async () => {
    const { outputs } = await step(optionsOf('recurrent-tanh'));
    const rows = rowsOf(outputs.weights!, n);
    const difference = Math.max(...rows[1]!.map((x, i) => Math.abs(x - rows[0]![i]!)));
    expect(difference).toBeGreaterThan(1e-4);
    expect(largest(outputs['grad:score.state.weight']!)).toBeGreaterThan(1e-7);
    expect(largest(outputs['grad:score.frame.weight']!)).toBeGreaterThan(1e-5);
  });
});

describe.each(['recurrent-additive', 'recurrent-tanh'] as const)('%s with detached energies', (form) => {
  it('never moves its score, not even by weight decay, while the rest learns', async () => {
    const { outputs, before, after } = await step(optionsOf(form, { detached: true }));
    const scores = Object.keys(before).filter((name) => name.startsWith('score.'));
    expect(scores.length).toBeGreaterThanOrEqual(2);
    for (const name of scores) {
      expect(largest(outputs[`grad:${name}`]!)).toBe(0);
      expect(after[name]!.data).toEqual(before[name]!.data);
    }
    expect(after['lstm.input.weight']!.data).not.toEqual(before['lstm.input.weight']!.data);
  });

  it('with the factor 1/n shows the state a smaller input, so another answer', async () => {
    const [plain, scaled] = [
      await answer(optionsOf(form)),
      await answer(optionsOf(form, { inverseFrames: true })),
    ];
    expect(list(scaled.logits!)).not.toEqual(list(plain.logits!));
    expect(list(scaled.masks!)).toEqual(list(plain.masks!));
  });
});

describe.each(['pooled', 'recurrent-additive', 'recurrent-tanh'] as const)('%s in parts', (form) => {
  it('without spatial attention has masks of 1 and no mask network, and still learns', async () => {
    const { outputs, before, after } = await step(optionsOf(form, { isMasked: false }));
    expect(Object.keys(before).filter((name) => name.startsWith('spatial.'))).toEqual([]);
    expect(new Set(list(outputs.masks!))).toEqual(new Set([1]));
    expect(after['lstm.input.weight']!.data).not.toEqual(before['lstm.input.weight']!.data);
  });

  it('without temporal attention has uniform weights and no score', async () => {
    const { outputs, before } = await step(optionsOf(form, { isWeighted: false }));
    expect(Object.keys(before).filter((name) => name.startsWith('score.'))).toEqual([]);
    for (const weight of list(outputs.weights!)) expect(weight).toBeCloseTo(1 / n, 6);
  });

  it.each([
    [[], 1],
    [[4], 2],
    [[4, 5], 3],
    [[4, 5, 4], 4],
  ])('with hidden mask channels %j has %d layers', async (maskChannels, layers) => {
    const { before, outputs } = await step(optionsOf(form, { maskChannels }));
    const convolutions = Object.keys(before).filter((name) => /^spatial\.conv\d\.weight$/.test(name));
    expect(convolutions).toHaveLength(layers);
    expect(before[`spatial.conv${layers}.weight`]!.shape).toEqual([1, maskChannels.at(-1) ?? C, 3, 3]);
    expect(largest(outputs['grad:spatial.conv1.weight']!)).toBeGreaterThan(1e-8);
  });

  it('with kernels of 1 a mask hangs on its own cell alone', async () => {
    const change = async (maskKernel: number): Promise<number> => {
      const other = { ...features, data: features.data.slice() };
      for (let c = 0; c < C; c++) other.data[c * h * w] = 9; // the first cell of the first frame
      const options = optionsOf(form, { maskKernel });
      const [one, two] = [await answer(options), await answer(options, {}, { features: other })];
      return Math.abs(list(one.masks!)[1]! - list(two.masks!)[1]!); // its neighbour
    };
    expect(await change(1)).toBeLessThan(1e-6);
    expect(await change(3)).toBeGreaterThan(1e-4);
  });
});

describe('the order of frames', () => {
  /** Features with the frames turned round. */
  const turned = ((): Tensor => {
    const length = C * h * w;
    const clips = rowsOf(features, n * length).map((clip) =>
      Array.from({ length: n }, (_, i) => clip.slice((n - 1 - i) * length, (n - i) * length)).flat(),
    );
    return float32(clips.flat(), features.shape);
  })();

  async function change(form: FormName, settings: object = {}): Promise<number> {
    const options = optionsOf(form, settings);
    const [one, other] = [await answer(options), await answer(options, {}, { features: turned })];
    return Math.max(...list(one.logits!).map((x, i) => Math.abs(x - list(other.logits!)[i]!)));
  }

  it('is seen by forms that read frames in turn and by the joint form from three frames of context', async () => {
    for (const form of ['pooled', 'convlstm', 'soft-lstm'] as const)
      expect(await change(form)).toBeGreaterThan(1e-3);
    expect(await change('joint')).toBeGreaterThan(1e-3);
  });

  it('is not seen by the recurrent forms and the mean, nor by the joint form with one frame or no context', async () => {
    for (const form of ['recurrent-additive', 'recurrent-tanh', 'mean'] as const)
      expect(await change(form)).toBeLessThan(1e-4);
    expect(await change('joint', { contextFrames: 1 })).toBeLessThan(1e-4);
    expect(await change('joint', { contextFrames: 0 })).toBeLessThan(1e-4);
  });
});

describe('the joint form', () => {
  it('has one distribution whose marginals are the weights and the masks', async () => {
    const { logAttention, weights, masks, evidence, logits } = await answer(optionsOf('joint'));
    const alpha = list(logAttention!).map(Math.exp);
    const [cells, P] = [n * h * w, h * w];
    for (let clip = 0; clip < N; clip++) {
      const mine = alpha.slice(clip * cells, (clip + 1) * cells);
      expect(total(mine)).toBeCloseTo(1, 5);
      for (let i = 0; i < n; i++) {
        const frame = mine.slice(i * P, (i + 1) * P);
        const weight = list(weights!)[clip * n + i]!;
        expect(total(frame)).toBeCloseTo(weight, 5);
        frame.forEach((a, p) => expect(list(masks!)[(clip * n + i) * P + p]).toBeCloseTo(a / weight, 4));
      }
      const s = rowsOf(evidence!, K).slice(clip * cells, (clip + 1) * cells);
      for (let k = 0; k < K; k++) {
        const sum = total(mine.map((a, cell) => a * s[cell]![k]!));
        expect(list(logits!)[clip * K + k]).toBeCloseTo(sum, 4);
      }
    }
  });

  it('is the mean pool when `u` is 0', async () => {
    const { logits, meanLogits, weights } = await answer(optionsOf('joint'), {
      'joint.out.weight': float32([0, 0, 0, 0], [1, 4]),
    });
    list(logits!).forEach((x, i) => expect(x).toBeCloseTo(list(meanLogits!)[i]!, 5));
    for (const weight of list(weights!)) expect(weight).toBeCloseTo(1 / n, 6);
  });

  it('spends nothing on places that a step does not see, with finite gradients', async () => {
    const seen = Float32Array.from({ length: N * n * h * w }, (_, i) => (i % 4 === 0 ? 1 : 0));
    const feeds = { placesMask: float32(seen, [N, n, h, w]) };
    const { outputs } = await step({ ...optionsOf('joint'), placesMask: true }, feeds);
    for (const [name, tensor] of Object.entries(outputs)) {
      expect([name, list(tensor).every(Number.isFinite)]).toEqual([name, true]);
    }
    for (const row of rowsOf(outputs.weights!, n)) expect(total(row)).toBeCloseTo(1, 5);
  });
});

describe('the actor form', () => {
  it('has evidence whose mean over the places of the actor is its answer', async () => {
    const { logits, evidence, weights } = await answer(optionsOf('actor'));
    const shares = list(besideFeatures.actor!);
    const rows = rowsOf(evidence!, K);
    const cells = n * h * w;
    for (let clip = 0; clip < N; clip++)
      for (let k = 0; k < K; k++) {
        const mean = total(
          Array.from({ length: cells }, (_, i) => shares[clip * cells + i]! * rows[clip * cells + i]![k]!),
        );
        expect(list(logits!)[clip * K + k]).toBeCloseTo(mean, 4);
      }
    for (const weight of list(weights!)) expect(weight).toBeCloseTo(1 / n, 6);
  });

  it('says nothing of a motion that was not looked at, whatever its numbers', async () => {
    const [unknown, other] = [9, 0].map((x) =>
      float32(
        Float32Array.from({ length: N * 42 }, (_, i) => (i % 42 === 41 ? 0 : x)),
        [N, 42],
      ),
    );
    const inputs = inputsOf('actor');
    const one = await answer(optionsOf('actor'), {}, { ...inputs, motion: unknown! });
    const two = await answer(optionsOf('actor'), {}, { ...inputs, motion: other! });
    expect(list(one.logits!)).toEqual(list(two.logits!));
    const still = await answer(optionsOf('actor', { motion: 0 }), {}, { features, actor: inputs.actor! });
    list(one.logits!).forEach((x, i) => expect(x).toBeCloseTo(list(still.logits!)[i]!, 4));
  });
});

describe('the training step', () => {
  it('keeps moving averages that are the parameters after a first step of decay 0', async () => {
    const options = { ...optionsOf('joint'), averaged: true };
    const { after } = await step(options, { averageDecay: float32([0], []) });
    expect(after['average:classifier.weight']!.data).toEqual(after['classifier.weight']!.data);
    expect(after['average:joint.tanh.weight']!.data).toEqual(after['joint.tanh.weight']!.data);
  });

  it('leaves a parameter where its learning-rate factor is 0, and clips by the norm over all', async () => {
    const { outputs, before, after } = await step({
      ...optionsOf('joint'),
      factors: (name) => (name.startsWith('joint.') ? { learningRateFactor: 0 } : undefined),
      clipNorm: 0.1,
    });
    expect(after['joint.tanh.weight']!.data).toEqual(before['joint.tanh.weight']!.data);
    expect(after['classifier.weight']!.data).not.toEqual(before['classifier.weight']!.data);
    const gradients = Object.keys(outputs).filter((name) => name.startsWith('grad:'));
    const norm = Math.hypot(...gradients.map((name) => Math.hypot(...list(outputs[name]!))));
    expect(Number(outputs.gradientNorm!.data[0])).toBeCloseTo(norm, 4);
  });

  it('drops whole channels of a clip by the mask that is fed', async () => {
    const options = { ...optionsOf('joint'), channelDropout: true };
    const none = { channelMask: float32(new Float32Array(N * C), [N, C]) };
    const { outputs } = await step(options, none);
    const rows = rowsOf(outputs.logits!, K); // with every channel gone both clips look the same
    rows[0]!.forEach((x, k) => expect(x).toBeCloseTo(rows[1]![k]!, 5));
  });
});
