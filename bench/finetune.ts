// A fine-tuning step at full size: frames of 224 x 224 through the frozen front of a ResNet, then forward, backward and SGD
// of its last stage (`--backbone resnet50 --from layer4 --videos 4 --frames 5 --repeats 3 --threads N`).
import { parseArgs } from 'node:util';
import { createBackbone, openExtractor } from '../src/backbone/index.js';
import { frontOf, trainedFrom } from '../src/backbone/front.js';
import { readParameters } from '../src/backbone/parameters.js';
import { usualSize } from '../src/backbone/preprocessing.js';
import { parseModelConfig } from '../src/model/index.js';
import { Random } from '../src/random.js';
import { openRuntime } from '../src/runtime/index.js';
import { finetuneRecipe } from '../src/train/finetune.js';
import { parseRecipe } from '../src/train/index.js';
import { makeStep } from '../src/train/run/makeStep.js';
import { openPrograms, startState } from '../src/train/run/programs.js';
import { int64, type Tensor } from '../src/tensor.js';
import { median } from './figures.js';
import type { Benchmark } from './benchmark.js';

const classes = 51;

/** Milliseconds of both halves of a step (medians), by the clock and of the processor. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      backbone: { type: 'string', default: 'resnet50' },
      from: { type: 'string', default: 'layer4' },
      videos: { type: 'string', default: '4' },
      frames: { type: 'string', default: '5' },
      repeats: { type: 'string', default: '3' },
      threads: { type: 'string' },
    },
  });
  const [clips, frames, repeats] = [values.videos, values.frames, values.repeats].map(Number);
  const backbone = trainedFrom({ kind: values.backbone, weights: 'random' }, values.from);
  const recipe = parseRecipe({ ...finetuneRecipe, backbone, batch: clips, frames });
  await using runtime = await openRuntime({
    spin: false,
    ...(values.threads && { threads: Number(values.threads) }),
  });
  await using front = await openExtractor(frontOf(backbone), { runtime });
  const config = parseModelConfig({
    version: 1,
    classes: Array.from({ length: classes }, (_, k) => `class ${k}`),
    frames,
    transform: { size: usualSize },
    backbone,
    attention: recipe.attention,
    grid: createBackbone(backbone).grid(usualSize),
  });
  const programs = await openPrograms(runtime, recipe, config);
  await runtime.write(startState(programs, recipe, await readParameters(backbone)));
  const pictures = noise(clips! * frames!);
  let features!: Tensor;
  const before = await timed(repeats!, async () => void (features = await front.extract(pictures)));
  const position = { epoch: 0, step: 0, total: 0 };
  const shape = [clips!, frames!, ...features.shape.slice(1)];
  const steps = await timed(repeats!, () => {
    const inputs = { frontFeatures: { ...features, shape, data: features.data.slice() } };
    const labels = int64(Array.from({ length: clips! }, (_, i) => i % classes)); // feeds are moved
    return makeStep(programs, { inputs, labels, clips: [] }, { rate: 5e-4, recipe, position });
  });
  return {
    frozenMilliseconds: before.wall,
    trainedMilliseconds: steps.wall,
    frozenProcessorMilliseconds: before.processor,
    trainedProcessorMilliseconds: steps.processor,
    processorMillisecondsPerClip: Math.round((before.processor + steps.processor) / clips!),
  };
};

interface Time {
  wall: number;
  processor: number;
}

/** Medians of `repeats` calls after one that is not counted; processor time, of all threads, holds on a busy machine too. */
async function timed(repeats: number, call: () => Promise<unknown>): Promise<Time> {
  const times: Time[] = [];
  for (let round = 0; round <= repeats; round++) {
    const [start, before] = [performance.now(), process.cpuUsage()];
    await call();
    const { user, system } = process.cpuUsage(before);
    if (round > 0) times.push({ wall: performance.now() - start, processor: (user + system) / 1000 });
  }
  return {
    wall: Math.round(median(times.map(({ wall }) => wall))),
    processor: Math.round(median(times.map(({ processor }) => processor))),
  };
}

function noise(count: number): Tensor {
  const { width, height } = usualSize;
  const random = Random.from(1, 'frames');
  const data = Uint8Array.from({ length: count * height * width * 3 }, () => random.integer(0, 256));
  return { dtype: 'uint8', shape: [count, height, width, 3], data };
}
