// What must come out alike on every device: the training steps of three forms and of a backbone that is trained too,
// what the trained models answer, and every operation with its gradients.
import { createBackbone } from '../../../src/backbone/index.js';
import { constant, gradients, input, mul, sum, type Expr } from '../../../src/graph/index.js';
import {
  inferenceGraph,
  initialise,
  LossSettings,
  parseModelConfig,
  trainingGraph,
  type FormName,
} from '../../../src/model/index.js';
import { formOf } from '../../../src/model/attention/forms.js';
import { Random } from '../../../src/random.js';
import type { Runtime } from '../../../src/runtime/index.js';
import { float32, int64, sizeOf, type Shape, type Tensor, type Tensors } from '../../../src/tensor.js';
import { cases as operationCases } from '../../graph/cases/index.js';
import type { Feed } from '../../graph/evaluate.js';

export type CaseName = 'joint' | 'pooled' | 'recurrent-tanh' | 'frames' | 'operations';

/** Each computes its numbers on the runtime that it is given. */
export const cases: Record<CaseName, (runtime: Runtime) => Promise<Tensors>> = {
  joint: (runtime) => trainedOnFeatures(runtime, 'joint'),
  pooled: (runtime) => trainedOnFeatures(runtime, 'pooled'),
  'recurrent-tanh': (runtime) => trainedOnFeatures(runtime, 'recurrent-tanh'),
  frames: trainedOnFrames,
  operations,
};

const [clips, frames, classes] = [2, 4, 3];
const grid = { channels: 6, height: 2, width: 3 }; // 6 channels: see webGpu in src/runtime/nodeEngine.ts
const attention: Partial<Record<FormName, object>> = {
  joint: { hidden: 7, scoreWidth: 4, contextFrames: 3 },
  pooled: { hidden: 3, maskChannels: [4, 5] },
  'recurrent-tanh': { hidden: 3, maskChannels: [4, 5], startChannels: 4, scoreWidth: 4 },
};

async function trainedOnFeatures(runtime: Runtime, form: FormName): Promise<Tensors> {
  const features = drawn([clips, frames, grid.channels, grid.height, grid.width]);
  return trained(runtime, configOf(form, { kind: 'features' }, grid), { features });
}

async function trainedOnFrames(runtime: Runtime): Promise<Tensors> {
  const backbone = { kind: 'small', widths: [6, 8], strides: [4, 2] };
  const size = { width: 16, height: 16 };
  const random = Random.from(7);
  const shape = [clips, frames, 16, 16, 3];
  const data = Uint8Array.from({ length: sizeOf(shape) }, () => random.integer(0, 256));
  const config = configOf('joint', backbone, createBackbone(backbone).grid(size));
  return trained(runtime, config, { frames: { dtype: 'uint8', shape, data } });
}

/** Three steps of Adam, the state kept where the runtime keeps it, then the answer of the trained model. */
async function trained(
  runtime: Runtime,
  config: ReturnType<typeof configOf>,
  feeds: Tensors,
): Promise<Tensors> {
  const encoder = config.backbone.kind === 'features' ? undefined : createBackbone(config.backbone);
  const form = config.attention.form;
  const losses = LossSettings.parse({ totalVariation: 0.01, ...formOf(form).losses });
  const optimiser = { name: 'adam', weightDecay: 1e-3 } as const;
  const { graph, parameters, state } = trainingGraph({ config, clips, encoder, losses, optimiser });
  const zeros = state.map(({ name, shape }) => [name, float32(new Float32Array(sizeOf(shape)), shape)]);
  await runtime.write({
    ...initialise(parameters, Random.from(2)),
    ...(Object.fromEntries(zeros) as Tensors),
  });
  await using step = await runtime.compile(graph);
  const labels = int64([0, 2]);
  let outputs: Tensors = {};
  for (const rate of [0.01, 0.005, 0.01])
    outputs = await step.run({ ...feeds, labels, learningRate: float32([rate], []) });
  await using look = await runtime.compile(inferenceGraph({ config, clips, encoder }).graph);
  const answer = await look.run(feeds, { outputs: ['probabilities', 'weights', 'masks'] });
  return { ...outputs, ...(await runtime.read()), ...answer };
}

function configOf(form: FormName, backbone: object, features: typeof grid) {
  return parseModelConfig({
    version: 1,
    classes: Array.from({ length: classes }, (_, k) => `class ${k}`),
    frames,
    transform: { size: { width: 16, height: 16 } },
    backbone,
    attention: { form, ...attention[form] },
    grid: features,
  });
}

/** The values of every operation's cases, and their gradients against fixed numbers. */
async function operations(runtime: Runtime): Promise<Tensors> {
  const all: Record<string, Tensor> = {};
  for (const { operation, title, feeds, build } of operationCases) {
    const inputs = feeds.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
    const y = build(...inputs);
    await using program = await runtime.compile({ outputs: withGradients(y, inputs), updates: [] });
    const known = new Set(program.feeds.map(({ name }) => name));
    const named = feeds.map((feed, i): [string, Tensor] => [`x${i}`, tensorOf(feed)]);
    const results = await program.run(Object.fromEntries(named.filter(([name]) => known.has(name))));
    for (const [name, value] of Object.entries(results)) all[`${operation}: ${title}: ${name}`] = value;
  }
  return all;
}

function withGradients(y: Expr, inputs: readonly Expr[]): Record<string, Expr> {
  const floats = inputs.filter(({ dtype }) => dtype === 'float32');
  if (y.dtype !== 'float32' || floats.length === 0 || y.op.derivative === undefined) return { y };
  const slopes = gradients(sum(mul(y, constant([...drawn(y.shape).data] as number[], y.shape))), floats);
  return { y, ...Object.fromEntries(slopes.map((slope, i) => [`gradient ${i}`, slope])) };
}

function tensorOf({ shape, data, dtype = 'float32' }: Feed): Tensor {
  const numbers = Array.from(data as readonly number[], Number);
  if (dtype === 'int64') return int64(numbers, shape);
  if (dtype === 'float32') return float32(numbers, shape);
  return { dtype, shape, data: dtype === 'int32' ? Int32Array.from(numbers) : Uint8Array.from(numbers) };
}

function drawn(shape: Shape): Tensor {
  const random = Random.from(11, shape.join());
  return float32(
    Float32Array.from({ length: sizeOf(shape) }, () => Math.abs(random.normal())),
    shape,
  );
}
