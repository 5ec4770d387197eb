// Learning from many clips: `--clips 1000,10000,100000 --attention joint`. Features are drawn, small, a file a clip; what learns is
// `train` as it is. For every number of clips a process of its own fills a store and another one trains: processor time a clip of
// looking the clips up, of the start and of each epoch, the peak of the process, and what it holds in its last epoch. The clips
// are files that are no videos, which nobody decodes.
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openExtractor, type BackboneSettings, type FeatureExtractor } from '../src/backbone/index.js';
import { openDataset } from '../src/dataset/index.js';
import { constant, conv, input, toOnnx } from '../src/graph/index.js';
import { encodeSafetensors, formSizes, type FormName } from '../src/model/index.js';
import { Random } from '../src/random.js';
import { openRuntime } from '../src/runtime/index.js';
import { featureStore } from '../src/store/index.js';
import { withChecksums } from '../src/store/checksums.js';
import { featuresToFile, shapeFor, storedAs } from '../src/store/features/file.js';
import type { Tensor } from '../src/tensor.js';
import { train, type RecipeInput } from '../src/train/index.js';
import type { Benchmark } from './benchmark.js';
import { drawnFacts, drawnFeatures } from './drawnFeatures.js';
import { megabytesNow, peakMegabytes } from './figures.js';

const CLASSES = 10;
const sampling = 'even';

const OPTIONS = {
  clips: { type: 'string', default: '1000,10000' },
  attention: { type: 'string', default: 'mean' },
  epochs: { type: 'string', default: '2' },
  channels: { type: 'string', default: '8' },
  /** Cells a side. */
  grid: { type: 'string', default: '4' },
  frames: { type: 'string', default: '8' },
  validation: { type: 'string', default: '0.1' },
  refit: { type: 'boolean', default: false },
  /** The folder of one number of clips, and what a process of its own does there: the parent gives both. */
  folder: { type: 'string' },
  what: { type: 'string' },
} as const;

interface Asked {
  clips: number;
  folder: string;
  attention: FormName;
  epochs: number;
  channels: number;
  grid: number;
  frames: number;
  validation: number;
  refit: boolean;
}

/** A row for every number of clips; milliseconds are processor time a clip. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.folder !== undefined) return stage({ ...values, folder: values.folder });
  const rows: Record<string, number>[] = [];
  for (const clips of values.clips.split(',')) {
    const folder = await mkdtemp(join(tmpdir(), 'bench-many-'));
    try {
      const own = [...args, '--clips', clips, '--folder', folder];
      inProcess([...own, '--what', 'fill']);
      rows.push(inProcess([...own, '--what', 'train']));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    process.stderr.write(`${JSON.stringify(rows.at(-1))}\n`);
  }
  return { figures: { counts: rows.length }, rows };
};

/** The figures of a process of its own. */
function inProcess(args: readonly string[]): Record<string, number> {
  const words = [...process.execArgv, '--expose-gc', process.argv[1]!, 'many-clips', ...args, '--json'];
  const { status, stdout } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`many-clips: a process ended with ${status}`);
  return JSON.parse(stdout) as Record<string, number>;
}

async function stage({
  what,
  folder,
  ...values
}: Record<string, string | boolean> & { folder: string }): Promise<Record<string, number>> {
  const { attention, refit, ...numbers } = values;
  const sizes = Object.fromEntries(Object.entries(numbers).map(([name, text]) => [name, Number(text)]));
  const asked = { ...sizes, folder, attention, refit } as unknown as Asked;
  return what === 'fill' ? fill(asked) : learn(asked);
}

/** The network that features are said to come from: nobody runs it, and training asks it for its grid. */
async function backboneIn({ folder, channels, grid }: Asked): Promise<BackboneSettings> {
  const file = join(folder, 'network.onnx');
  const size = 2 * grid;
  const random = Random.from(channels, 'many clips');
  const weight = Float32Array.from({ length: channels * 3 * 4 }, () => random.uniform(-1, 1));
  const features = conv(input('pixels', [1, 3, size, size]), constant(weight, [channels, 3, 2, 2]), {
    stride: 2,
  });
  await writeFile(file, toOnnx({ outputs: { features }, updates: [] }));
  const preprocessing = {
    channels: 'BGR',
    scale: 1,
    mean: [104, 117, 123],
    size: { width: size, height: size },
  };
  return { kind: 'onnx', file, preprocessing, outputs: ['features'] };
}

/** Clips in class folders, and the features of each in the store. */
async function fill(asked: Asked): Promise<Record<string, number>> {
  const { folder, clips: count, frames } = asked;
  const [data, cache] = [join(folder, 'data'), join(folder, 'store')];
  await mkdir(cache);
  for (let k = 0; k < CLASSES; k++) await mkdir(join(data, `class${k}`), { recursive: true });
  for (let i = 0; i < count; i++)
    await writeFile(join(data, `class${i % CLASSES}`, `clip${i}.avi`), `clip ${i}`);
  await using runtime = await openRuntime({ threads: 1 });
  await using extractor = await openExtractor(await backboneIn(asked), { runtime });
  const store = featureStore(cache, shapeFor(extractor, { frames, sampling }), extractor);
  const { clips } = await openDataset(data);
  let bytes = 0;
  for (const { path, name, classIndex } of clips) {
    const random = Random.from(0, name);
    const scales = drawn(extractor, { frames, classIndex, random });
    const file = withChecksums(featuresToFile(drawnFacts(path, frames), scales, storedAs(extractor)));
    const encoded = encodeSafetensors(file.tensors, file.metadata);
    bytes += encoded.length;
    await writeFile(store.fileOf(await store.keyOf(path)), encoded);
  }
  return { clips: count, bytes };
}

/** Two thirds zeros, else exponentially distributed; a third of the channels, others for each class, a little larger. */
function drawn(
  { scales }: FeatureExtractor,
  { frames, classIndex, random }: { frames: number; classIndex: number; random: Random },
): Tensor[] {
  return scales.map((scale) => {
    const ofClass = Random.from(classIndex, 'class');
    const gains = Array.from({ length: scale.channels }, () => (ofClass.uniform() < 1 / 3 ? 1.3 : 1));
    return drawnFeatures(scale, { frames, random, gainOf: (channel) => gains[channel]! });
  });
}

/** Trains, and takes the time at what the training tells. */
async function learn(asked: Asked): Promise<Record<string, number>> {
  const { folder, clips, frames, attention, epochs, validation, refit } = asked;
  const laps = new Laps(clips);
  const recipe = {
    ...{ backbone: await backboneIn(asked), sampling, frames, epochs, validation, refit, patience: 0 },
    ...{ actors: { isOn: false }, attention: formSizes(attention, { onFeatures: true }) },
  } as RecipeInput;
  let held: Record<string, number> = {};
  const { best } = await train({
    ...{ data: join(folder, 'data'), cache: join(folder, 'store'), out: join(folder, 'model'), recipe },
    onEvent: (event) => {
      if (event.kind === 'start') laps.take(event.isRefit ? 'choosing' : 'lookingUp');
      if (event.kind === 'step' && event.step === 1 && event.epoch === 1) laps.take('starting');
      if (event.kind !== 'epoch' || event.row.epoch === 0) return;
      laps.take(`epoch${event.row.epoch}`);
      if (event.row.epoch === epochs) held = heldNow();
    },
  });
  laps.take('ending');
  return { clips, ...laps.times, ...held, accuracy: best?.accuracy ?? NaN };
}

/** What the process cannot give back now, in MB. */
function heldNow(): Record<string, number> {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;
  return {
    heapMB: megabytes(heapUsed),
    arraysMB: megabytes(arrayBuffers),
    residentMB: megabytesNow(),
    peakMB: peakMegabytes(),
  };
}

/** Processor time between moments, all threads together. */
class Laps {
  readonly times: Record<string, number> = {};
  readonly #clips: number;
  #before = process.cpuUsage();

  constructor(clips: number) {
    this.#clips = clips;
  }

  /** Milliseconds a clip since the last moment. */
  take(name: string): void {
    const { user, system } = process.cpuUsage(this.#before);
    this.#before = process.cpuUsage();
    this.times[name] = Math.round(user + system) / 1000 / this.#clips;
  }
}
