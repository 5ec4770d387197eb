// Frames a run: `--backbone 'onnx:googlenet.onnx#features_14+features' --preprocessing caffe --batches 1,2,4,8 --rounds 5 --threads 1`.
// Drawn frames through the frozen network by runs of each size, one size after the other in every round; processor time, which a
// busy machine blurs less than the clock. An eight-bit file goes by its own name.
import { parseArgs } from 'node:util';
import { openExtractor, parseBackboneSpec } from '../src/backbone/index.js';
import { Random } from '../src/random.js';
import { openRuntime } from '../src/runtime/index.js';
import { median } from './figures.js';
import type { Benchmark } from './benchmark.js';

/** Processor milliseconds a frame for each batch, medians of the rounds. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      backbone: { type: 'string' },
      preprocessing: { type: 'string' },
      batches: { type: 'string', default: '1,2,4,8' },
      frames: { type: 'string', default: '8' },
      rounds: { type: 'string', default: '5' },
      threads: { type: 'string', default: '1' },
    },
  });
  if (!values.backbone) throw new Error('batches: --backbone is needed');
  const { preprocessing } = values;
  const settings = { ...parseBackboneSpec(values.backbone), ...(preprocessing && { preprocessing }) };
  await using runtime = await openRuntime({ threads: Number(values.threads), spin: false });
  const sizes = values.batches.split(',').map(Number);
  const opened = await Promise.all(sizes.map((batch) => openExtractor(settings, { runtime, batch })));
  const { width, height } = opened[0]!.preprocessing.size;
  const shape = [Number(values.frames), height, width, 3];
  const random = Random.from(1, 'batches');
  const data = Uint8Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.integer(0, 256));
  const times = sizes.map((): number[] => []);
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const [i, extractor] of opened.entries()) {
      const before = process.cpuUsage();
      await extractor.extractScales({ dtype: 'uint8', shape, data });
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times[i]!.push((user + system) / 1000 / shape[0]!); // the first round warms
    }
  }
  for (const extractor of opened) await extractor.close();
  return Object.fromEntries(sizes.map((batch, i) => [`batch${batch}`, Number(median(times[i]!).toFixed(2))]));
};
