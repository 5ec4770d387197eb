// A head on a stream: the newest frame alone is computed, and the answer is that of the whole window.
import { expect, it } from 'vitest';
import { toOnnx } from '../../src/graph/index.js';
import { answerOf, identityOf } from '../../src/infer/answer.js';
import { rollingHead, wholeHead, type StreamHead } from '../../src/infer/streamHead.js';
import type { SampledClip } from '../../src/infer/index.js';
import { inferenceGraph, parseModelConfig, type ModelConfig } from '../../src/model/index.js';
import { canRoll, rollingGraph } from '../../src/model/rollingGraph.js';
import { Random } from '../../src/random.js';
import { fenceBytes } from '../../src/runtime/fence.js';
import { runtimeInThread } from '../../src/runtime/inThread.js';
import { createNodeEngine } from '../../src/runtime/nodeEngine.js';
import type { Runtime } from '../../src/runtime/index.js';
import { float32, type Tensor, type Tensors } from '../../src/tensor.js';

interface Made {
  frames: number;
  grid: { channels: number; height: number; width: number };
  [more: string]: unknown;
}

const configOf = ({ backbone = {}, attention = {}, ...more }: Made): ModelConfig =>
  parseModelConfig({
    ...{ version: 1, classes: ['bend', 'wave'] },
    attention: { form: 'joint', hidden: 0, scoreWidth: 2, contextFrames: 0, ...(attention as object) },
    backbone: { kind: 'onnx', ...(backbone as object) },
    transform: { size: { width: 20, height: 10 } },
    ...more,
  });

/** As a lesson leaves it: two scales, a foreground direction, the mean pool beside the head. */
const taught = configOf({
  ...{ frames: 4, grid: { channels: 5, height: 3, width: 4 }, answer: 'averaged', meanPool: true },
  backbone: { scaleChannels: [2, 3] },
  actors: { start: 2, end: 5, hasClasses: false },
  localize: { where: { maps: { foreground: 1, change: 0.2 }, smoothTime: 1 }, when: { rule: 'path' } },
});

const clipOf = (times: readonly number[]): SampledClip => ({
  frames: new Uint8Array(),
  ...{ times: Float64Array.from(times), indices: times.map((_, i) => i) },
  info: {
    ...{ path: 'camera', width: 80, height: 60, frames: times.length, frameRate: 8, durationSeconds: 2 },
    ...{ isVariableRate: false, rotation: 0, codec: 'none', container: 'none' },
  },
  ...{ damagedFrames: 0, missingFrames: 0, warnings: [] },
});

/** Both heads of a model whose weights are these, and how often the program of the second has run. */
async function headsOf(config: ModelConfig, weights: Tensors, runtime: Runtime) {
  if (!canRoll(config)) throw new Error('a head for streams is expected');
  const whole = await runtime.openModel(toOnnx(inferenceGraph({ config, clips: 1 }).graph, { weights }));
  const program = await runtime.openModel(toOnnx(rollingGraph(config).graph, { weights }));
  const fed: Tensors[] = [];
  const run: typeof program.run = (feeds, options) => {
    fed.push(feeds);
    return program.run(feeds, options);
  };
  const identity = identityOf(config, 'made');
  const answer: StreamHead['answer'] = async ({ data, shape }, clip, path) => {
    const outputs = await whole.run({ features: float32(data as Float32Array, [1, ...shape]) });
    return answerOf(outputs, { config, identity, clip, path });
  };
  return {
    whole: wholeHead(answer, config),
    rolling: rollingHead({ ...program, run }, { config, identity }),
    fed,
  };
}

function randomWeights(config: ModelConfig, random: Random): Tensors {
  const { parameters } = inferenceGraph({ config, clips: 1 });
  return Object.fromEntries(
    parameters.map(({ name, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [
        name,
        float32(
          Float32Array.from({ length: size }, () => random.normal()),
          shape,
        ),
      ];
    }),
  );
}

function frameOf({ channels, height, width }: ModelConfig['grid'], random: Random): Tensor {
  const size = channels * height * width;
  const data = Float32Array.from({ length: size }, () => Math.max(0, random.normal()));
  return float32(data, [1, channels, height, width]);
}

async function inRuntime<T>(work: (runtime: Runtime) => Promise<T>): Promise<T> {
  const settings = { device: 'cpu', threads: 1, spin: false, fence: fenceBytes() } as const;
  await using runtime = runtimeInThread(await createNodeEngine(settings), 1);
  return await work(runtime);
}

/** Every number of a value, in order. */
const numbersOf = (value: unknown): number[] =>
  typeof value === 'number'
    ? [value]
    : value !== null && typeof value === 'object'
      ? Object.values(value).flatMap(numbersOf)
      : [];

it('one new frame at a time gives the answers of the whole window, from the first frame on', async () => {
  await inRuntime(async (runtime) => {
    const random = Random.from(5, 'stream');
    const { whole, rolling, fed } = await headsOf(taught, randomWeights(taught, random), runtime);
    for (let i = 0; i < 9; i++) {
      const frame = frameOf(taught.grid, random);
      const clip = clipOf([0, 1, 2, 3].map((t) => (i + t) / 8));
      const [theirs, ours] = [await whole.answer(frame, clip, 'a'), await rolling.answer(frame, clip, 'a')];
      const [a, b] = [numbersOf(theirs), numbersOf(ours)]; // the mask for pictures is text
      expect(b.length).toBe(a.length);
      expect(Math.max(...a.map((value, k) => Math.abs(value - b[k]!)))).toBeLessThan(1e-4);
      expect(ours.result.classes.map(({ label }) => label)).toEqual(
        theirs.result.classes.map(({ label }) => label),
      );
      expect(theirs.result.frames.some(({ box }) => box !== null)).toBe(true);
    }
    expect(fed).toHaveLength(10); // the first frame twice
    expect(fed.map(({ features }) => features!.shape)).toEqual(new Array(10).fill([1, 1, 5, 3, 4]));
  });
});

/** One channel on one cell, attention the same everywhere: the logits are the mean of `x` and of `-x` over two frames. */
const plain = configOf({ frames: 2, grid: { channels: 1, height: 1, width: 1 } });
const plainWeights: Tensors = {
  'joint.tanh.weight': float32([0, 0], [2, 1]),
  'joint.tanh.bias': float32([0, 0], [2]),
  'joint.gate.weight': float32([0, 0], [2, 1]),
  'joint.gate.bias': float32([0, 0], [2]),
  'joint.out.weight': float32([0, 0], [1, 2]),
  'classifier.weight': float32([1, -1], [2, 1]),
  'classifier.bias': float32([0, 0], [2]),
};
const one = (value: number): Tensor => float32([value], [1, 1, 1, 1]);
const even = (logit: number): number => 1 / (1 + Math.exp(-2 * logit)); // of `(z, -z)`

it('a first frame fills the window, and then each new one takes the place of the oldest', async () => {
  await inRuntime(async (runtime) => {
    const { rolling } = await headsOf(plain, plainWeights, runtime);
    const told: number[] = [];
    for (const x of [1, 0.5, -0.25])
      told.push((await rolling.answer(one(x), clipOf([0, 1]), 'a')).probabilities[0]!);
    // windows (1 1), (1 .5), (.5 -.25): means 1, .75, .125
    [1, 0.75, 0.125].forEach((logit, i) => expect(told[i]).toBeCloseTo(even(logit), 6));
  });
});

it('a frame whose answer fails is not kept', async () => {
  await inRuntime(async (runtime) => {
    const heads = await headsOf(plain, plainWeights, runtime);
    for (const head of [heads.rolling, heads.whole]) {
      await head.answer(one(1), clipOf([0, 1]), 'a');
      await expect(head.answer(one(NaN), clipOf([0, 1]), 'a')).rejects.toThrow('finite');
      const { probabilities } = await head.answer(one(0.5), clipOf([0, 1]), 'a');
      expect(probabilities[0]).toBeCloseTo(even(0.75), 6);
    }
  });
});

it('heads whose frames look at each other are asked whole', () => {
  const { frames, grid } = plain;
  expect(canRoll(configOf({ frames, grid }))).toBe(true);
  expect(canRoll(configOf({ frames, grid, attention: { hidden: 2, contextFrames: 3 } }))).toBe(false);
  expect(canRoll(configOf({ frames, grid, actors: { start: 0, end: 1, hasClasses: true } }))).toBe(false);
  expect(canRoll(configOf({ frames: 1, grid }))).toBe(false);
});
