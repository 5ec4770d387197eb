// The models that the figures are of: joint attention by the shipped recipe on stored features of a frozen network, one a
// seed, three persons left out. What is trained and stored already is not computed again.
import { formSizes } from '../../src/model/index.js';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openExtractor, type BackboneSettings, type ChannelRange } from '../../src/backbone/index.js';
import { listDataset, type ClipEntry } from '../../src/dataset/index.js';
import { fromFloat16, toFloat16 } from '../../src/store/features/float16.js';
import { inEightBits } from '../../src/savedModel/eightBits.js';
import { readFamiliar, readModelFolder } from '../../src/savedModel/index.js';
import { Predictor, type FrameFeatures } from '../../src/infer/index.js';
import type { LocalizeChoices } from '../../src/localize/index.js';
import { openRuntime } from '../../src/runtime/index.js';
import { float32, type Tensor } from '../../src/tensor.js';
import { train } from '../../src/train/index.js';

/** Persons whose clips no model is trained on. */
export const LEFT_OUT = ['daria', 'ido', 'shahar'];

/** What a run of the bench is asked for. */
export interface Settings {
  media: string;
  weights: string;
  outputs: string[];
  seeds: number;
  /** The first of them. */
  firstSeed: number;
  attention: 'joint' | 'mean';
  precision: 'float32' | 'int8';
  work: string;
  /** A folder with `boxes.json` (or `FOLDER-boxes.json` beside it) to measure on instead, and the rules of its table; by default all. */
  boxes?: string;
  /** Of that folder every so manyth clip, by name, from the one at this place on. */
  every: number;
  from: number;
  rules?: string[];
  /** Measure there too what models say that learnt from other clips of that folder (ownClips.ts). */
  isOwn: boolean;
  /** Layouts of `bench -- who`, by default all, and how often it looks. */
  layouts?: string[];
  looks: 1 | 2;
  /** Learn from pictures of two with both names instead of clips of one (`who/pairsOnly.ts`). */
  isOfPairs: boolean;
  /** Only how well the scales agree under each threshold. */
  isAgreement: boolean;
}

/** The frozen network, in eight bits where that is asked for: calibrated on clips that are learnt from. */
export async function backboneOf({
  media,
  weights,
  outputs,
  work,
  precision,
}: Pick<Settings, 'media' | 'weights' | 'outputs' | 'work' | 'precision'>): Promise<BackboneSettings> {
  const exact = { kind: 'onnx', file: resolve(weights), outputs, preprocessing: 'caffe' };
  if (precision === 'float32') return exact;
  const clips = await learntClips(media);
  return (await inEightBits(exact, { precision, clips, folder: join(work, 'int8') })).settings;
}

/** The clips of the persons that models learn from. */
export async function learntClips(media: string): Promise<ClipEntry[]> {
  const { clips } = await listDataset(join(media, 'weizmann'), { group: /^([a-z]+)_/ });
  return clips.filter(({ group }) => !LEFT_OUT.includes(group));
}

/** Trains the model of `seed`, or finds it trained, and says where it lies. */
export async function trainedModel(settings: Settings, seed: number): Promise<string> {
  const { media, outputs, attention: form, work, precision } = settings;
  const name = precision === 'int8' ? `${form}-int8` : form;
  const out = join(work, `${name}-${outputs.join('+')}-seed${seed}`);
  const backbone = await backboneOf(settings);
  const { leftOut } = await train({
    ...{ data: join(media, 'weizmann'), out, cache: join(work, 'cache'), group: /^([a-z]+)_/ },
    recipe: { seed, sampling: 'uniform', backbone, attention: formSizes(form, { onFeatures: true }) },
    leaveOut: LEFT_OUT,
    resume: true,
  });
  console.error(`${out}: top-1 on ${leftOut?.clips} left-out clips ${leftOut?.accuracy.toFixed(3)}`);
  return out;
}

/** The model in `folder`, on features that `frozen` knows; `localize` goes over what its config says. */
export async function openOn(
  folder: string,
  frozen: FrameFeatures,
  localize?: LocalizeChoices,
): Promise<Predictor> {
  const { config: kept, tensors, id } = await readModelFolder(folder);
  const config = localize ? { ...kept, localize: { ...localize } } : kept;
  const familiarity = await readFamiliar(folder);
  const runtime = await openRuntime({ spin: false });
  const extractor = { ...frozen, close: async () => {} };
  return Predictor.open({ config, tensors, id, runtime, extractor, familiarity });
}

/** The frozen network, which looks at every frame once however often it is asked (features kept in half precision). */
export async function rememberingExtractor(settings: Settings): Promise<FrameFeatures> {
  const runtime = await openRuntime({ spin: false });
  const extractor = await openExtractor(await backboneOf(settings), { runtime });
  const known = new Map<string, Uint16Array>();
  return {
    async extract(frames: Tensor, channels?: ChannelRange): Promise<Tensor> {
      if (channels) return extractor.extract(frames, channels); // squares are seldom asked for twice
      const { shape, data } = frames;
      const [count, ...frame] = shape as [number, number, number, number];
      const size = data.length / count;
      const keys = Array.from({ length: count }, (_, i) =>
        createHash('sha1')
          .update(data.subarray(i * size, (i + 1) * size) as Uint8Array)
          .digest('base64'),
      );
      const places = [...keys.keys()].filter((i) => !known.has(keys[i]!) && keys.indexOf(keys[i]!) === i);
      if (places.length > 0) {
        const fresh = new Uint8Array(places.length * size);
        places.forEach((i, at) =>
          fresh.set(data.subarray(i * size, (i + 1) * size) as Uint8Array, at * size),
        );
        const seen = await extractor.extract({
          dtype: 'uint8',
          shape: [places.length, ...frame],
          data: fresh,
        });
        const length = seen.data.length / places.length;
        places.forEach((i, at) => {
          const features = seen.data.subarray(at * length, (at + 1) * length) as Float32Array;
          known.set(keys[i]!, toFloat16(features));
        });
      }
      const { channels: C, height, width } = extractor.grid;
      const all = new Float32Array(count * C * height * width);
      keys.forEach((key, i) => fromFloat16(known.get(key)!, all, i * C * height * width));
      return float32(all, [count, C, height, width]);
    },
    async close(): Promise<void> {
      await extractor.close();
      await runtime.close();
    },
  };
}

/** The frozen network as it is. */
export async function plainExtractor(settings: Settings): Promise<FrameFeatures> {
  const runtime = await openRuntime({ spin: false });
  const extractor = await openExtractor(await backboneOf(settings), { runtime });
  return {
    extract: (frames, channels) => extractor.extract(frames, channels),
    async close(): Promise<void> {
      await extractor.close();
      await runtime.close();
    },
  };
}

/** What the arguments of a bench on these models say. */
export function settingsOf(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      media: { type: 'string', default: process.env.WHEREWHEN_MEDIA ?? '../shared/media' },
      weights: { type: 'string', default: '../shared/weights/googlenet.onnx' },
      outputs: { type: 'string', default: 'features_14+features' },
      seeds: { type: 'string', default: '3' },
      'first-seed': { type: 'string', default: '0' },
      attention: { type: 'string', default: 'joint' },
      boxes: { type: 'string' },
      every: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      rules: { type: 'string' },
      layouts: { type: 'string' },
      looks: { type: 'string', default: '2' },
      agreement: { type: 'boolean', default: false },
      own: { type: 'boolean', default: false },
      pairs: { type: 'boolean', default: false },
      precision: { type: 'string', default: 'float32' },
      work: { type: 'string', default: join(tmpdir(), 'wherewhen-localisation') },
    },
  });
  const {
    media,
    weights,
    outputs,
    seeds,
    attention,
    work,
    agreement,
    boxes,
    every,
    rules,
    layouts,
    looks,
    own,
    pairs,
    precision,
  } = values;
  return {
    ...{
      media,
      weights,
      work,
      boxes,
      rules: rules?.split(','),
      layouts: layouts?.split(','),
      isAgreement: agreement,
      isOwn: own,
      isOfPairs: pairs,
      outputs: outputs.split('+'),
      seeds: Number(seeds),
      firstSeed: Number(values['first-seed']),
      every: Number(every),
      from: Number(values.from),
    },
    attention: attention === 'mean' ? 'mean' : 'joint',
    precision: precision === 'int8' ? 'int8' : 'float32',
    looks: looks === '1' ? 1 : 2,
  };
}
