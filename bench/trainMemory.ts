// The memory of a training on stored features: `--clips 400 --backbone 'onnx:googlenet.onnx#features_14+features' --preprocessing
// caffe --frames 16 --attention joint --epochs 1`. Features are drawn, as sparse as a ReLU leaves
// them; a few clips' files stand for all, under as many names. Nothing is decoded: who acts is not learnt. The peak is that of
// this process, with the frozen network opened and closed in it as every training does.
import { link, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openExtractor, parseBackboneSpec, type FeatureExtractor } from '../src/backbone/index.js';
import { openDataset } from '../src/dataset/index.js';
import { formSizes, type FormName } from '../src/model/index.js';
import { Random } from '../src/random.js';
import { openRuntime } from '../src/runtime/index.js';
import { featureStore } from '../src/store/index.js';
import { featuresToFile, shapeFor, storedAs } from '../src/store/features/file.js';
import { type StorePrecision } from '../src/store/features/precision.js';
import type { Tensor } from '../src/tensor.js';
import { train, type RecipeInput } from '../src/train/index.js';
import type { Benchmark } from './benchmark.js';
import { drawnFacts, drawnFeatures } from './drawnFeatures.js';

const CLASSES = 10;
const DRAWN = 20;

/** Of the store that is filled, and of the training that finds it. */
const sampling = 'even';

/** Bytes of a stored clip, and seconds of the training; `bench/run.ts` adds the peak. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clips: { type: 'string', default: '400' },
      backbone: { type: 'string' },
      preprocessing: { type: 'string', default: 'caffe' },
      frames: { type: 'string', default: '16' },
      attention: { type: 'string', default: 'joint' },
      epochs: { type: 'string', default: '1' },
      'store-precision': { type: 'string', default: 'int8' },
    },
  });
  if (!values.backbone) throw new Error('train-memory: --backbone is needed');
  const folder = await mkdtemp(join(tmpdir(), 'bench-memory-'));
  const stored = values['store-precision'] as StorePrecision;
  const backbone = { ...parseBackboneSpec(values.backbone), preprocessing: values.preprocessing, stored };
  try {
    const data = join(folder, 'data');
    await writeClips(data, Number(values.clips));
    const cache = join(folder, 'store');
    const bytes = await fill(data, cache, { backbone, stored, frames: Number(values.frames) });
    const started = performance.now();
    await train({
      ...{ data, cache, out: join(folder, 'model') },
      recipe: {
        ...{ backbone, sampling, frames: Number(values.frames), epochs: Number(values.epochs), refit: false },
        ...{
          actors: { isOn: false },
          attention: formSizes(values.attention as FormName, { onFeatures: true }),
        },
      } as RecipeInput,
    });
    return { clips: Number(values.clips), bytesAClip: bytes, seconds: (performance.now() - started) / 1000 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Files that are no videos: what is stored of them is all that is read. */
async function writeClips(data: string, count: number): Promise<void> {
  for (let k = 0; k < CLASSES; k++) await mkdir(join(data, `class${k}`), { recursive: true });
  for (let i = 0; i < count; i++)
    await writeFile(join(data, `class${i % CLASSES}`, `clip${i}.avi`), `clip ${i}`);
}

/** The store of all clips; the bytes of one. */
async function fill(
  data: string,
  cache: string,
  { backbone, stored, frames }: { backbone: { kind: string }; stored: StorePrecision; frames: number },
): Promise<number> {
  await using runtime = await openRuntime({ threads: 1 });
  await using extractor = await openExtractor(backbone, { runtime });
  const shape = shapeFor(extractor, { frames, sampling });
  const store = featureStore(cache, shape, extractor, stored);
  const { clips } = await openDataset(data);
  const first: string[] = [];
  for (const [i, { path, classIndex }] of clips.entries()) {
    const key = await store.keyOf(path);
    const kind = (classIndex * DRAWN) / CLASSES + (i % (DRAWN / CLASSES));
    if (first[kind]) {
      await link(first[kind], store.fileOf(key));
      continue;
    }
    const scales = drawn(extractor, { frames, kind });
    const { tensors, metadata } = featuresToFile(
      drawnFacts(path, frames),
      scales,
      storedAs(extractor, stored),
    );
    await store.write(key, tensors, metadata);
    first[kind] = store.fileOf(key);
  }
  return (await stat(first[0]!)).size;
}

/** Two thirds zeros, else exponentially distributed; every class has channels of its own that are larger. */
function drawn({ scales }: FeatureExtractor, { frames, kind }: { frames: number; kind: number }): Tensor[] {
  const random = Random.from(kind, 'memory');
  const gainOf = (channel: number): number => (channel % DRAWN === kind ? 2 : 1);
  return scales.map((scale) => drawnFeatures(scale, { frames, random, gainOf }));
}
