// Extraction of a folder of clips, beside the time that ONNX Runtime alone needs for as many frames, in turn:
// `--clips DIR --backbone FILE --frames 16 --batch 8 --rounds 3 --threads 2 --preprocessing caffe`. The peer is a process
// of its own with nothing to do but run, and with the engine's defaults: its idle threads spin, which is quicker when
// nothing else runs; `--peer-spin 0` lets them sleep, so that processor times compare. Sessions and decoding threads are
// warm. Then every stored file is opened, and read as plain bytes, in turn. The peak is that of this process.
import { fork } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openExtractor, parseBackboneSpec, type FeatureExtractor } from '../src/backbone/index.js';
import { extractClips, featureStore, shapeFor, type ExtractOptions } from '../src/store/index.js';
import { isClipPath, type ClipEntry } from '../src/dataset/index.js';
import { openRuntime } from '../src/runtime/index.js';
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
      'peer-spin': { type: 'string', default: '1' },
    },
  });
  if (!values.clips || !values.backbone) throw new Error('extract: --clips DIR --backbone FILE are needed');
  const [threads, batch, count] = [Number(values.threads), Number(values.batch), Number(values.frames)];
  const entries = await clipsBelow(values.clips);
  const settings = { ...parseBackboneSpec(onnx(values.backbone)), preprocessing: values.preprocessing };
  await using runtime = await openRuntime({ threads, spin: false });
  await using extractor = await openExtractor(settings, { runtime, batch });
  const outputs = extractor.scales.map(({ name }) => name);
  await using peer = await openPeer([
    values.backbone,
    ...[batch, threads, values['peer-spin']].map(String),
    ...outputs,
  ]);
  const pool = new DecodePool();
  const folder = await mkdtemp(join(tmpdir(), 'bench-extract-'));
  try {
    await warm(extractor, batch);
    const shape = shapeFor(extractor, { frames: count, sampling: 'centred' });
    await Promise.all(entries.slice(0, 2).map(({ path }) => pool.readClip(path, shape)));
    const rounds: Round[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      const store = join(folder, `${round}`);
      const own = await extractionInto(store, entries, { extractor, pool, shape });
      rounds.push({ ...own, peer: await peer.run(own.frames) });
      if (round > 0) await rm(store, { recursive: true });
    }
    const { frames } = rounds[0]!;
    const milliseconds = median(rounds.map((round) => round.wall));
    return {
      clips: entries.length,
      frames,
      framesPerSecond: (1000 * frames) / milliseconds,
      milliseconds,
      peerMilliseconds: median(rounds.map(({ peer }) => peer.wall)),
      ratio: median(rounds.map(({ wall, peer }) => wall / peer.wall)),
      processorMilliseconds: median(rounds.map(({ processor }) => processor)),
      peerProcessorMilliseconds: median(rounds.map(({ peer }) => peer.processor)),
      processorRatio: median(rounds.map(({ processor, peer }) => processor / peer.processor)),
      ...(await openingTimes(join(folder, '0'))),
    };
  } finally {
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  }
};

interface Time {
  wall: number;
  processor: number;
}

interface Round extends Time {
  frames: number;
  peer: Time;
}

async function extractionInto(
  folder: string,
  entries: readonly ClipEntry[],
  parts: Required<Pick<ExtractOptions, 'extractor' | 'pool' | 'shape'>>,
): Promise<Omit<Round, 'peer'>> {
  const store = featureStore(folder, parts.shape, parts.extractor);
  const [started, before] = [performance.now(), process.cpuUsage()];
  let seen = 0;
  const onProgress = (now: { frames: number }): void => void (seen = now.frames);
  await extractClips(entries, { store, ...parts, strict: true, onProgress });
  const { user, system } = process.cpuUsage(before);
  return { frames: seen, wall: performance.now() - started, processor: (user + system) / 1000 };
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
async function clipsBelow(folder: string): Promise<ClipEntry[]> {
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
