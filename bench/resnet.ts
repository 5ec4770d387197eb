// Frozen ResNet-50 features of 224 x 224 frames, beside the same network exported from PyTorch and run by the same
// engine, in turn (`--batch 8 --repeats 9 --threads 2 --device cpu|webgpu|cuda`). Needs Debian's python3-torch for the export.
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createBackbone, type FeatureExtractor } from '../src/backbone/index.js';
import { freeze } from '../src/backbone/graphExtractor.js';
import { knownPreprocessing } from '../src/backbone/preprocessing.js';
import { openOnnx } from '../src/backbone/onnxFile.js';
import { parametersOf } from '../src/backbone/weights/read.js';
import { initialise } from '../src/model/index.js';
import { Random } from '../src/random.js';
import { openRuntime, type DeviceChoice } from '../src/runtime/index.js';
import type { Tensor } from '../src/tensor.js';
import { median } from './figures.js';
import type { Benchmark } from './benchmark.js';

const size = { width: 224, height: 224 };

/** Milliseconds a batch (median), processor time of both (it holds on a busy machine), and their ratios. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      batch: { type: 'string', default: '8' },
      repeats: { type: 'string', default: '9' },
      threads: { type: 'string', default: '2' },
      device: { type: 'string', default: 'cpu' },
    },
  });
  const batch = Number(values.batch);
  const file = join(mkdtempSync(join(tmpdir(), 'bench-')), 'resnet50.onnx');
  const script = fileURLToPath(new URL('./peers/resnet.py', import.meta.url));
  execFileSync('/usr/bin/python3', [script, file, values.batch], { stdio: ['ignore', 'ignore', 'inherit'] });
  await using runtime = await openRuntime({
    device: values.device as DeviceChoice,
    threads: Number(values.threads),
    spin: false,
  });
  const settings = { kind: 'resnet50' };
  const ours = await freeze(createBackbone(settings), {
    tensors: initialise(parametersOf(settings), Random.from(1)),
    preprocessing: { ...knownPreprocessing.imagenet, size, resize: 'stretch' },
    runtime,
    batch,
  });
  const peer = await openOnnx({ file, preprocessing: 'imagenet' }, { runtime, batch });
  const [own, other] = await inTurn([ours, peer], framesOf(batch), Number(values.repeats));
  return {
    framesPerSecond: (1000 * batch) / own!.wall,
    milliseconds: own!.wall,
    peerMilliseconds: other!.wall,
    ratio: own!.wall / other!.wall,
    processorMilliseconds: own!.processor,
    peerProcessorMilliseconds: other!.processor,
    processorRatio: own!.processor / other!.processor,
  };
};

interface Time {
  wall: number;
  processor: number;
}

/** Medians of each, run one after the other in every round, so that both meet the same machine. */
async function inTurn(all: readonly FeatureExtractor[], frames: Tensor, repeats: number): Promise<Time[]> {
  const times = all.map((): Time[] => []);
  for (let round = -1; round < repeats; round++) {
    for (const [i, extractor] of all.entries()) {
      const [start, before] = [performance.now(), process.cpuUsage()];
      await extractor.extract(frames);
      const { user, system } = process.cpuUsage(before);
      const time = { wall: performance.now() - start, processor: (user + system) / 1000 };
      if (round >= 0) times[i]!.push(time); // the first round warms
    }
  }
  return times.map((list) => ({
    wall: median(list.map(({ wall }) => wall)),
    processor: median(list.map(({ processor }) => processor)),
  }));
}

function framesOf(batch: number): Tensor {
  const random = Random.from(1, 'frames');
  const shape = [batch, size.height, size.width, 3];
  const data = Uint8Array.from({ length: batch * 224 * 224 * 3 }, () => random.integer(0, 256));
  return { dtype: 'uint8', shape, data };
}
