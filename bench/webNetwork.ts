// A backbone as a page runs it, in float32 and in eight bits: ONNX Runtime's WebAssembly in Node, one thread, a clip of frames in
// turn, `--clips DIR --backbone FILE --frames 16 --rounds 5`. What stands around the network in a page is the same for both.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import * as ort from 'onnxruntime-web';
import { parseBackboneSpec } from '../src/backbone/index.js';
import { inEightBits } from '../src/savedModel/eightBits.js';
import type { Benchmark } from './benchmark.js';
import { clipsBelow } from './extract.js';
import { median } from './figures.js';

/** Processor milliseconds a frame of both, their ratio round by round in the middle, and the bytes of their files. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clips: { type: 'string' },
      backbone: { type: 'string' },
      preprocessing: { type: 'string', default: 'caffe' },
      frames: { type: 'string', default: '16' },
      rounds: { type: 'string', default: '5' },
    },
  });
  if (!values.clips || !values.backbone)
    throw new Error('web-network: --clips DIR --backbone FILE are needed');
  const folder = await mkdtemp(join(tmpdir(), 'bench-web-'));
  try {
    const exact = { ...parseBackboneSpec(`onnx:${values.backbone}`), preprocessing: values.preprocessing };
    const clips = await clipsBelow(values.clips);
    const { settings } = await inEightBits(exact, { precision: 'int8', clips, folder, threads: 2 });
    setUp();
    const float = await openFile(values.backbone);
    const eight = await openFile(settings.file as string);
    const [frames, rounds] = [Number(values.frames), Number(values.rounds)];
    for (const network of [float, eight]) await network.run(1); // what is done once
    const times: [float: number, eight: number][] = [];
    for (let round = 0; round < rounds; round++)
      times.push([await processorTime(float, frames), await processorTime(eight, frames)]);
    return {
      frames,
      floatMilliseconds: median(times.map(([one]) => one)) / frames,
      int8Milliseconds: median(times.map(([, one]) => one)) / frames,
      ratio: median(times.map(([one, other]) => other / one)),
      floatBytes: float.bytes,
      int8Bytes: eight.bytes,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

interface Network {
  bytes: number;
  /** So many frames, one after another. */
  run: (frames: number) => Promise<void>;
}

function setUp(): void {
  const { resolve } = createRequire(import.meta.url);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { mjs: pathToFileURL(resolve('onnxruntime-web/ort-wasm-simd-threaded.mjs')).href };
}

/** The network in a file, fed with numbers of its input's kind and shape for one frame. */
async function openFile(file: string): Promise<Network> {
  const bytes = await readFile(file);
  const session = await ort.InferenceSession.create(bytes);
  const [input] = session.inputMetadata;
  if (!input?.isTensor) throw new Error(`web-network: ${file} must take a tensor`);
  const shape = input.shape.map((length) => (typeof length === 'number' ? length : 1));
  const size = shape.reduce((a, b) => a * b, 1);
  const numbers = Uint8Array.from({ length: size }, (_, i) => (i * 7919) % 256);
  const feed =
    input.type === 'uint8'
      ? new ort.Tensor('uint8', numbers, shape)
      : new ort.Tensor(
          'float32',
          Float32Array.from(numbers, (one) => one - 118),
          shape,
        );
  return {
    bytes: bytes.length,
    async run(frames) {
      for (let i = 0; i < frames; i++) await session.run({ [input.name]: feed });
    },
  };
}

async function processorTime(network: Network, frames: number): Promise<number> {
  const before = process.cpuUsage();
  await network.run(frames);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
