// Extraction of a folder of clips, beside the time that ONNX Runtime alone needs for as many frames, in turn:
// `--clips DIR --backbone FILE --frames 16 --batch 8 --rounds 3 --threads 2 --preprocessing caffe`. The peer is a process
// of its own with nothing to do but run, and with the engine's defaults: its idle threads spin, which is quicker when
// nothing else runs; `--peer-spin 0` lets them sleep, so that processor times compare. Sessions and decoding threads are
// warm. `--precision int8` extracts in eight bits, calibrated on the clips, and `lean` in float32 with response norms
// rewritten; the peer stays the float32 file. `--backbone resnet18` draws weights. Then every stored file is opened, and read as plain bytes, in turn. The peak is that of this process.
import { fork } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { floatModelOf } from '../src/backbone/quantise/floatModel.js';
import { leanFloat } from '../src/backbone/quantise/leanFloat.js';
import {
  openExtractor,
  parseBackboneSpec,
  type BackboneSettings,
  type FeatureExtractor,
} from '../src/backbone/index.js';
import { pooledCosine } from '../src/backbone/quantise/agreement.js';
import { readWhole } from '../src/backbone/onnx/external.js';
import { extractClips, featureStore, type ExtractOptions } from '../src/store/index.js';
import { shapeFor } from '../src/store/features/file.js';
import { inEightBits } from '../src/savedModel/eightBits.js';
import { isClipPath } from '../src/dataset/clips.js';
import type { ClipEntry } from '../src/dataset/index.js';
import { openRuntime, type Runtime } from '../src/runtime/index.js';
import type { Tensor } from '../src/tensor.js';
import { DecodePool } from '../src/video/index.js';
import { median } from './figures.js';
import { openingTimes } from './openFeatures.js';
import type { Benchmark } from './benchmark.js';

/** Milliseconds of both (medians), the median ratio of a round, processor time of ours, and what opening a file takes. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clips: { type: 'string' },
      backbone: { type: 'string' },
      preprocessing: { type: 'string', default: 'caffe' },
      frames: { type: 'string', default: '16' },
      batch: { type: 'string', default: '8' },
      rounds: { type: 'string', default: '3' },
      threads: { type: 'string', default: '2' },
      precision: { type: 'string', default: 'float32' },
      'peer-spin': { type: 'string', default: '1' },
    },
  });
  if (!values.clips || !values.backbone) throw new Error('extract: --clips DIR --backbone FILE are needed');
  const [threads, batch, count] = [Number(values.threads), Number(values.batch), Number(values.frames)];
  const entries = await clipsBelow(values.clips);
  const folder = await mkdtemp(join(tmpdir(), 'bench-extract-'));
  await using runtime = await openRuntime({ threads, spin: false });
  const { settings, file } = await floatFile(values.backbone, values.preprocessing, { runtime, folder });
  const chosen = await inPrecision(settings, values.precision, { entries, folder, threads, file });
  await using extractor = await openExtractor(chosen, { runtime, batch });
  const outputs = extractor.scales.map(({ name }) => name);
  await using peer = await openPeer([file, ...[batch, threads, values['peer-spin']].map(String), ...outputs]);
  const pool = new DecodePool();
  try {
    await warm(extractor, batch);
    const shape = shapeFor(extractor, { frames: count, sampling: 'centred' });
    await Promise.all(entries.slice(0, 2).map(({ path }) => pool.readClip(path, shape)));
    const rounds: Round[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      const store = join(folder, `${round}`);
      const own = await extractionInto(store, entries, { extractor, pool, shape });
      const network = await networkAlone(extractor, own.frames);
      rounds.push({ ...own, network, peer: await peer.run(own.frames) });
      if (round > 0) await rm(store, { recursive: true });
    }
    const { frames } = rounds[0]!;
    const milliseconds = median(rounds.map((round) => round.wall));
    return {
      clips: entries.length,
      frames,
      framesPerSecond: (1000 * frames) / milliseconds,
      framesASecond: (1000 * frames) / milliseconds,
      milliseconds,
      peerMilliseconds: median(rounds.map(({ peer }) => peer.wall)),
      cosine: await cosineOf(extractor, settings, { runtime, entries, pool }),
      wallRatio: median(rounds.map(({ wall, peer }) => wall / peer.wall)),
      ratio: median(rounds.map(({ wall, peer }) => wall / peer.wall)),
      processorMilliseconds: median(rounds.map(({ processor }) => processor)),
      peerProcessorMilliseconds: median(rounds.map(({ peer }) => peer.processor)),
      networkProcessorRatio: median(rounds.map(({ network, peer }) => network.processor / peer.processor)),
      processorRatio: median(rounds.map(({ processor, peer }) => processor / peer.processor)),
      ...(await openingTimes(join(folder, '0'))),
    };
  } finally {
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  }
};

/** The network in float32 as settings, and as the file that the peer runs. */
async function floatFile(
  backbone: string,
  preprocessing: string,
  { runtime, folder }: { runtime: Runtime; folder: string },
): Promise<{ settings: BackboneSettings; file: string }> {
  const named = parseBackboneSpec(onnx(backbone));
  if (typeof named.file === 'string') return { settings: { ...named, preprocessing }, file: named.file };
  const settings = { weights: 'random', ...named };
  await using extractor = await openExtractor(settings, { runtime });
  const file = join(folder, 'float32.onnx');
  await writeFile(file, await floatModelOf(settings, extractor));
  return { settings, file };
}

async function inPrecision(
  settings: BackboneSettings,
  precision: string,
  { entries, folder, threads, file }: { entries: ClipEntry[]; folder: string; threads: number; file: string },
): Promise<BackboneSettings> {
  if (precision === 'lean') {
    const lean = join(folder, 'lean.onnx');
    await writeFile(lean, leanFloat(await readWhole(file), file));
    return { ...settings, file: lean };
  }
  if (precision !== 'int8') return settings;
  const made = await inEightBits(settings, { precision, clips: entries, folder, threads });
  return made.settings;
}

/** Mean cosine of pooled features with float32, over frames of a few clips. */
async function cosineOf(
  extractor: FeatureExtractor,
  settings: BackboneSettings,
  { runtime, entries, pool }: { runtime: Runtime; entries: ClipEntry[]; pool: DecodePool },
): Promise<number> {
  await using exact = await openExtractor(settings, { runtime });
  const shape = shapeFor(exact, { frames: 5, sampling: 'uniform' });
  const cosines: number[] = [];
  for (const { path } of entries.slice(0, 6)) {
    const { frames: data } = await pool.readClip(path, shape);
    const { width, height } = shape.size;
    const frames: Tensor = { dtype: 'uint8', shape: [5, height, width, 3], data };
    cosines.push(pooledCosine(await exact.extract(frames), await extractor.extract(frames)));
  }
  return cosines.reduce((sum, x) => sum + x, 0) / cosines.length;
}

interface Time {
  wall: number;
  processor: number;
}

interface Round extends Time {
  frames: number;
  /** On frames that are decoded already. */
  network: Time;
  peer: Time;
}

async function extractionInto(
  folder: string,
  entries: readonly ClipEntry[],
  parts: Required<Pick<ExtractOptions, 'extractor' | 'pool' | 'shape'>>,
): Promise<Omit<Round, 'peer' | 'network'>> {
  const store = featureStore(folder, parts.shape, parts.extractor);
  const [started, before] = [performance.now(), process.cpuUsage()];
  let seen = 0;
  const onProgress = (now: { frames: number }): void => void (seen = now.frames);
  await extractClips(entries, { store, ...parts, strict: true, onProgress });
  const { user, system } = process.cpuUsage(before);
  return { frames: seen, wall: performance.now() - started, processor: (user + system) / 1000 };
}

/** The extractor on as many frames that are decoded already: what the peer does, and bytes to numbers. */
async function networkAlone(extractor: FeatureExtractor, count: number): Promise<Time> {
  const { width, height } = extractor.preprocessing.size;
  const shape = [count, height, width, 3];
  const data = Uint8Array.from({ length: count * height * width * 3 }, (_, i) => (i * 7919) % 256);
  const [started, before] = [performance.now(), process.cpuUsage()];
  await extractor.extract({ dtype: 'uint8', shape, data });
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - started, processor: (user + system) / 1000 };
}

/** The peer's process, warm, idle until it is asked. */
async function openPeer(args: readonly string[]) {
  const child = fork(fileURLToPath(new URL('./peers/onnxRuntime.ts', import.meta.url)), args);
  const answer = (): Promise<Time> =>
    new Promise((resolve, reject) => {
      child.once('message', (time) => resolve(time as Time));
      child.once('exit', (code) => reject(new Error(`the peer ended with code ${code}`)));
    });
  await answer();
  return {
    run(frames: number): Promise<Time> {
      child.send(frames);
      return answer();
    },
    [Symbol.asyncDispose]: async () => void child.kill(),
  };
}

async function warm(extractor: FeatureExtractor, batch: number): Promise<void> {
  const { width, height } = extractor.preprocessing.size;
  const shape = [batch, height, width, 3];
  const data = new Uint8Array(batch * height * width * 3);
  for (let i = 0; i < 2; i++) await extractor.extract({ dtype: 'uint8', shape, data });
}

function onnx(file: string): string {
  return /\.onnx$/.test(file) ? `onnx:${file}` : file;
}

/** Every clip below `folder`, in the order of their names. */
export async function clipsBelow(folder: string): Promise<ClipEntry[]> {
  const found: ClipEntry[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (await isClipPath(path, entry.isDirectory())) {
      found.push({ path, name: entry.name, label: '', classIndex: 0, group: basename(path) });
    } else if (entry.isDirectory()) found.push(...(await clipsBelow(path)));
  }
  return found;
}
