// Learning in a page's engine, on this machine: seconds from takes to a model that answers, with onnxruntime-web on `--threads`;
// what is done while takes are recorded (features, and what is made ready ahead) apart from what is waited for after the last.
// `--data DIR` of class folders, `--classes a+b`, `--takes 5` of each by people who come first, all others kept out and asked;
// `--backbone onnx+caffe:FILE` in eight bits (default), or `--float32`.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  openExtractor,
  parseBackboneSpec,
  type BackboneSettings,
  type FeatureExtractor,
} from '../src/backbone/index.js';
import { Rolling } from '../src/infer/rolling.js';
import { openWebBackbone, type WebModel } from '../src/infer/webModel.js';
import { openRuntime } from '../src/runtime/index.js';
import { runtimeInThread } from '../src/runtime/inThread.js';
import { createWasmEngine } from '../src/runtime/threadEngine.js';
import { inEightBits } from '../src/savedModel/eightBits.js';
import { describeBackbone } from '../src/savedModel/export/describeBackbone.js';
import {
  openTaught,
  takeFeatures,
  takeShape,
  teach,
  type TeachBackbone,
  type TeachTake,
} from '../src/teach/index.js';
import { allFeatures } from '../src/store/features/read.js';
import { frozenOf } from '../src/teach/backbone.js';
import { compileAhead } from '../src/teach/recipe.js';
import { TakeMemory } from '../src/teach/takeMemory.js';
import { takeClips } from '../src/teach/takeStore.js';
import { ProgramCache } from '../src/train/run/programCache.js';
import { sizeOf } from '../src/tensor.js';
import { readClip, type Clip } from '../src/video/index.js';
import type { ClipEntry } from '../src/dataset/index.js';
import type { Benchmark } from './benchmark.js';

interface Listed {
  path: string;
  id: string;
  label: string;
  group: string;
  isHeldOut: boolean;
}

/** Seconds of wall and of this process for each phase, and how many takes of others were named rightly. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      classes: { type: 'string', default: 'bend+wave2' },
      backbone: { type: 'string' },
      takes: { type: 'string', default: '5' },
      threads: { type: 'string', default: '2' },
      float32: { type: 'boolean', default: false },
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'bench-learn-'));
  try {
    const listed = await list(values.data!, values.classes.split('+'), Number(values.takes));
    const settings = parseBackboneSpec(values.backbone!);
    const { backbone, file } = await backboneOf(settings, listed, { folder, isFloat: values.float32 });
    return await measured(listed, backbone, { file, threads: Number(values.threads) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function list(data: string, classes: readonly string[], takes: number): Promise<Listed[]> {
  const each = await Promise.all(
    classes.map(async (label) => {
      const names = (await readdir(join(data, label))).sort();
      return names.map((name, i) => ({
        ...{ path: join(data, label, name), id: `${label}-${name}`, label, group: name.split(/[_.]/)[0]! },
        isHeldOut: i >= takes,
      }));
    }),
  );
  return each.flat();
}

async function backboneOf(
  settings: BackboneSettings,
  listed: readonly Listed[],
  { folder, isFloat }: { folder: string; isFloat: boolean },
): Promise<{ backbone: TeachBackbone; file: Uint8Array }> {
  const clips = listed.filter(({ isHeldOut }) => !isHeldOut) as unknown as ClipEntry[];
  const own = isFloat
    ? settings
    : (await inEightBits(settings, { precision: 'int8', clips, folder })).settings;
  await using runtime = await openRuntime({ spin: false });
  await using extractor = await openExtractor(own, { runtime });
  const backbone = describeBackbone(extractor.kind, extractor);
  return { backbone: { version: 1, settings: own, backbone }, file: await extractor.file!.model() };
}

async function measured(
  listed: readonly Listed[],
  backbone: TeachBackbone,
  { file, threads }: { file: Uint8Array; threads: number },
): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const [wall, cpu] = [performance.now(), process.cpuUsage()];
    const made = await work();
    const { user, system } = process.cpuUsage(cpu);
    figures[`${name}Seconds`] = (performance.now() - wall) / 1000;
    figures[`${name}ProcessorSeconds`] = (user + system) / 1e6;
    return made;
  };
  const { size, resize } = backbone.backbone.preprocessing;
  const shape = { ...takeShape, size, resize };
  const clips = await Promise.all(listed.map(({ path }) => readClip(path, shape)));
  await using seeing = runtimeInThread(await createWasmEngine(threads), threads);
  const extractor = await openWebBackbone(backbone.backbone, Uint8Array.from(file), seeing);
  const takes: TeachTake[] = [];
  const take = async (i: number): Promise<void> =>
    void takes.push(await takeOf(listed[i]!, clips[i]!, extractor));
  await take(0); // warms
  takes.pop();
  const learnt = listed.flatMap(({ isHeldOut }, i) => (isHeldOut ? [] : [i]));
  await timed('features', async () => {
    for (const i of learnt) await take(i);
  });
  figures.takes = takes.length;
  for (const [i, { isHeldOut }] of listed.entries()) if (isHeldOut) await take(i);
  await using runtime = runtimeInThread(await createWasmEngine(threads), threads);
  const frozen = frozenOf(backbone);
  const [memory, programs] = [new TakeMemory(frozen), new ProgramCache(runtime)];
  const lesson = takes.slice(0, learnt.length);
  await timed('ahead', async () => {
    for (const { features } of lesson) memory.look(features);
    await compileAhead(new Set(lesson.map(({ label }) => label)).size, { frozen, runtime, programs });
  });
  const taught = await timed('learning', () => teach(lesson, backbone, { runtime, memory, programs }));
  const model = await timed('opening', () => openTaught(taught, { extractor, runtime: seeing }));
  figures.liveProcessorMilliseconds = await liveMilliseconds(model, clips);
  const { store } = takeClips(takes, frozen);
  let right = 0;
  for (const [i, one] of takes.entries()) {
    if (!one.isHeldOut) continue;
    const features = allFeatures(await store.read(one.id), one.id);
    const { result } = await model.answer(
      features,
      clips[listed.findIndex(({ id }) => id === one.id)]!,
      `${i}`,
    );
    if (result.classes[0]!.label === one.label) right++;
  }
  const others = takes.length - learnt.length;
  return { ...figures, others, othersRight: right, weightsKilobytes: weightBytes(taught) / 1000 };
}

/** Processor milliseconds of one live answer: the frames of all clips as a camera's, the first window of them not counted. */
async function liveMilliseconds(model: WebModel, clips: readonly Clip[]): Promise<number> {
  const rolling = new Rolling(model);
  const all = clips.flatMap(({ frames, shape: [n, ...rest], info: { width, height } }) => {
    const each = sizeOf(rest);
    return Array.from({ length: n! }, (_, i) => ({
      ...{ pixels: frames.subarray(i * each, (i + 1) * each), width, height },
    }));
  });
  let start = process.cpuUsage();
  for (const [i, frame] of all.entries()) {
    if (i === model.config.frames) start = process.cpuUsage();
    await rolling.offer({ ...frame, timeSeconds: i / 8 });
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / (all.length - model.config.frames);
}

async function takeOf(
  { path: _, ...facts }: Listed,
  { frames: data, shape, times, info }: Clip,
  extractor: FeatureExtractor,
): Promise<TeachTake> {
  const features = await takeFeatures(extractor, { dtype: 'uint8', shape, data });
  const { width, height } = info;
  return { ...facts, features, times: [...times], picture: { width, height } };
}

function weightBytes({ tensors }: { tensors: Record<string, { data: ArrayBufferView }> }): number {
  return Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
}
