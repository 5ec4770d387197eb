// One full training step (forward, backward, Adam) of the full-size head on stored features, the figure
// that bench/peers/train_step.py measures in PyTorch.
import { parseArgs } from 'node:util';
import {
  AttentionSettings,
  initialise,
  LossSettings,
  parseModelConfig,
  trainingGraph,
  type FormName,
} from '../src/model/index.js';
import { formOf } from '../src/model/attention/forms.js';
import { Random } from '../src/random.js';
import { openRuntime, type DeviceChoice } from '../src/runtime/index.js';
import { float32, int64, sizeOf, type Shape, type Tensor } from '../src/tensor.js';
import { median, timed } from './figures.js';
import type { Benchmark } from './benchmark.js';

const grid = { channels: 2048, height: 7, width: 7 };
const classes = 51;
const forms: Partial<Record<FormName, object>> = {
  pooled: { maskChannels: [1024, 512], hidden: 512 },
  'recurrent-tanh': { maskChannels: [1024, 512], startChannels: 1024, hidden: 512, scoreWidth: 512 },
  joint: { hidden: 512, scoreWidth: 256, contextFrames: 3 },
};

/** `--videos 2 --frames 20 --attention pooled|recurrent-tanh|joint --repeats 5 --threads N --device cpu|webgpu|cuda`. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      videos: { type: 'string', default: '2' },
      frames: { type: 'string', default: '20' },
      attention: { type: 'string', default: 'pooled' },
      repeats: { type: 'string', default: '5' },
      threads: { type: 'string' },
      device: { type: 'string', default: 'cpu' },
    },
  });
  const [clips, frames, form] = [Number(values.videos), Number(values.frames), values.attention as FormName];
  const { graph, parameters, state } = trainingGraph({
    config: configOf(form, frames),
    clips,
    losses: LossSettings.parse(formOf(form).losses ?? {}),
    optimiser: { name: 'adam', weightDecay: 1e-4 },
  });
  await using runtime = await openRuntime({
    device: values.device as DeviceChoice,
    ...(values.threads && { threads: Number(values.threads) }),
  });
  await runtime.write(initialise(parameters, Random.from(1)), { transfer: true });
  await runtime.write(Object.fromEntries(state.map(({ name, shape }) => [name, zeros(shape)])), {
    transfer: true,
  });
  const program = await runtime.compile(graph);
  const feeds = {
    features: featuresOf([clips, frames, grid.channels, grid.height, grid.width]),
    labels: int64(Array.from({ length: clips }, (_, i) => i)),
    learningRate: float32([1e-4], []),
  };
  const times = await timed(Number(values.repeats), () => program.run(feeds, { outputs: ['loss.total'] }));
  const milliseconds = median(times);
  return {
    milliseconds: Math.round(milliseconds * 10) / 10,
    gflops: Math.round(operationsOf(form, clips, frames) / milliseconds / 1e5) / 10,
  };
};

function configOf(form: FormName, frames: number) {
  const names = Array.from({ length: classes }, (_, i) => `class${i}`);
  const attention = AttentionSettings.parse({ form, ...forms[form] });
  const transform = { size: { width: 224, height: 224 } };
  return parseModelConfig({
    version: 1,
    classes: names,
    frames,
    transform,
    backbone: { kind: 'features' },
    attention,
    grid,
  });
}

/**
 * Floating-point operations of the step as the equations have them, two for a multiplication with its addition:
 * every convolution and matrix product forward, for its weights, and for its input where a gradient goes there
 * (not to the stored features). Taps on the zero padding count, element-wise work does not.
 */
function operationsOf(form: FormName, clips: number, frames: number): number {
  const places = clips * frames * grid.height * grid.width;
  const conv3 = (from: number, to: number, on: number, passes: number) => 2 * 9 * from * to * on * passes;
  if (form === 'joint') {
    return 2 * places * (3 * grid.channels * 512 * 2 + (512 * 256 * 2 + 512 * classes) * 3);
  }
  const oneFrame = clips * grid.height * grid.width;
  const mask = conv3(grid.channels, 1024, places, 2) + conv3(1024, 512, places, 3) + conv3(512, 1, places, 3);
  const lstm = conv3(grid.channels, 2048, places, 3) + conv3(512, 2048, places, 3);
  const start = 2 * (conv3(grid.channels, 1024, oneFrame, 3) + conv3(1024, 512, oneFrame, 3));
  return mask + lstm + (form === 'recurrent-tanh' ? start : 0);
}

function zeros(shape: Shape): Tensor {
  return float32(new Float32Array(sizeOf(shape)), shape);
}

/** Non-negative, as features after a ReLU are; half of them zero. */
function featuresOf(shape: Shape): Tensor {
  const random = Random.from(2);
  return float32(
    Float32Array.from({ length: sizeOf(shape) }, () => Math.max(0, random.uniform(-1, 1))),
    shape,
  );
}
