// Many clips to a model's answers, one after another. Features of a frozen backbone come from a store where one is given:
// what lies there whole is neither decoded nor computed again.
import type { Answer, ClipFacts, Predictor } from '../infer/index.js';
import type { SafetensorsFile } from '../model/index.js';
import { WhereWhenError } from '../errors.js';
import { float32, type Tensor } from '../tensor.js';
import { DecodePool } from '../video/index.js';
import { comingClips } from './features/coming.js';
import { factsFromFile, featureStore, featuresToFile } from './features/file.js';
import { pickFeatures } from './features/read.js';
import type { ClipStore } from './store.js';

/** How clips are answered. */
export interface AnswerClipsOptions {
  /** Folder of stored features, as `extract` and `train` fill it; without it everything is computed. */
  cache?: string;
  signal?: AbortSignal;
}

/** The answer for one clip, or why there is none. */
export type AnswerOutcome = { path: string; answer: Answer } | { path: string; error: unknown };

/**
 * Answers clips in the order asked for, decoding the next while the model looks at this one. A clip that cannot be read is
 * handed out as its error, and the rest go on. Through a store features have half precision, at the first run as at all
 * later ones. Throws `usage` for a store beside a model whose backbone is not frozen, `output` for one that cannot be
 * written, and the signal's reason.
 */
export function answerClips(
  predictor: Predictor,
  paths: readonly string[],
  { cache, signal }: AnswerClipsOptions = {},
): AsyncGenerator<AnswerOutcome> {
  if (cache === undefined) return answerDecoded(predictor, paths, signal);
  return answerStored(predictor, paths, storeOf(predictor, cache), signal);
}

async function* answerDecoded(
  predictor: Predictor,
  paths: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<AnswerOutcome> {
  const wanted = paths.map((path) => ({ path, options: predictor.shape }));
  for await (const outcome of new DecodePool().readClips(wanted, { signal })) {
    const { path } = outcome;
    if ('clip' in outcome) yield { path, answer: await predictor.predict(outcome.clip, path) };
    else yield outcome;
  }
}

async function* answerStored(
  predictor: Predictor,
  paths: readonly string[],
  store: ClipStore,
  signal?: AbortSignal,
): AsyncGenerator<AnswerOutcome> {
  await store.requireWritable();
  const entries = paths.map((path) => ({ path }));
  for await (const coming of comingClips(entries, { store, shape: predictor.shape, signal })) {
    signal?.throwIfAborted();
    const path = paths[coming.place]!;
    if ('error' in coming) {
      yield { path, error: coming.error };
      continue;
    }
    const { key } = coming;
    const file =
      'clip' in coming
        ? await put(await predictor.features(coming.clip), coming.clip, { store, key })
        : await store.read(key);
    yield { path, answer: await predictor.answer(featuresOf(file, path), factsFromFile(file, path), path) };
  }
}

/** Stores features `[n,C,h,w]` of a clip; resolves with what the file holds, so that it need not be read again. */
async function put(
  features: Tensor | undefined,
  clip: ClipFacts,
  { store, key }: { store: ClipStore; key: string },
): Promise<SafetensorsFile> {
  const [, channels, height, width] = features!.shape as [number, number, number, number];
  const file = featuresToFile(clip, features!.data as Float32Array, { channels, height, width });
  await store.write(key, file.tensors, file.metadata);
  return file;
}

/** The stored features `[n,C,h,w]` in single precision. */
function featuresOf({ tensors }: SafetensorsFile, path: string): Tensor {
  const stored = tensors.features;
  const frames = Array.from({ length: stored?.shape[0] ?? 0 }, (_, i) => i);
  const { data, shape } = pickFeatures(stored, { path, frames });
  return float32(data, shape);
}

/** The store of what the model's frozen backbone makes of clips. */
function storeOf({ config, shape }: Predictor, cache: string): ClipStore {
  const { weightsHash: identity, kind } = config.backbone;
  if (identity !== undefined) return featureStore(cache, shape, { identity });
  throw new WhereWhenError({
    code: 'usage',
    path: '--cache',
    expected: 'a model on a frozen backbone, whose features can be stored',
    received: `one whose backbone (${kind}) is a part of it`,
    hint: 'leave --cache out',
  });
}
