// Many clips to a model's answers, one after another. Features of a frozen backbone come from a store where one is given:
// what lies there whole is neither decoded nor computed again.
import type { Answer, ClipFacts, Predictor, PredictOptions } from '../infer/index.js';
import type { SafetensorsFile } from '../model/index.js';
import { usageError, WhereWhenError } from '../errors.js';
import { DecodePool, type Clip } from '../video/index.js';
import { comingClips } from '../store/features/coming.js';
import { factsFromFile, featuresToFile } from '../store/features/file.js';
import { type ClipStore } from '../store/index.js';
import { lookPictures } from '../store/lookPictures.js';
import { FlowStore } from '../store/motion/storedFlow.js';
import { allFeatures } from '../store/features/read.js';
import { modelStore, storedPrecision } from './storedBeside.js';

/** How clips are answered. */
export interface AnswerClipsOptions {
  /** Folder of stored features, as `extract` and `train` fill it; without it everything is computed. */
  cache?: string;
  /** Folder of stored features that are taken where they lie there, and nothing is put into; `cache` goes before it. */
  beside?: string;
  /** Classes whose actors are asked for, and how often the network looks. */
  predict?: Pick<PredictOptions, 'ask' | 'looks'>;
  signal?: AbortSignal;
  /** Decodes; by default a pool of its own, closed at the end. */
  pool?: DecodePool;
}

/** The answer for one clip, or why there is none. */
export type AnswerOutcome = { path: string; answer: Answer } | { path: string; error: unknown };

/**
 * Answers clips in the order asked for, decoding the next while the model looks at this one. A clip that cannot be read is
 * handed out as its error, and the rest go on. Through a store features are as exact as they are stored, at the first run as at all
 * later ones. Throws `usage` for a store beside a model whose backbone is not frozen, `output` for one that cannot be
 * written, and the signal's reason.
 */
export function answerClips(
  predictor: Predictor,
  paths: readonly string[],
  { cache, beside, predict = {}, signal, pool: shared }: AnswerClipsOptions = {},
): AsyncGenerator<AnswerOutcome> {
  const flows = new FlowStore(cache);
  const pool = shared ?? new DecodePool();
  const asking = { predictor, paths, predict, signal, pool, isShared: shared !== undefined, flows };
  if (cache !== undefined) return answerStored(asking, storeOf(predictor, cache), { isKept: true });
  const store = beside === undefined ? undefined : modelStore(beside, predictor);
  return store ? answerStored(asking, store, { isKept: false }) : answerDecoded(asking);
}

/** What is answered, and how. */
interface AnswerSettings {
  predictor: Predictor;
  paths: readonly string[];
  predict: Pick<PredictOptions, 'ask' | 'looks'>;
  signal?: AbortSignal;
  pool: DecodePool;
  /** Then whoever brought it closes it. */
  isShared: boolean;
  flows: FlowStore;
}

/** What one clip cannot be answered for is its own fault; a store that cannot be written, or a wrong option, is that of all. */
async function outcomeOf(path: string, work: () => Promise<Answer>): Promise<AnswerOutcome> {
  try {
    return { path, answer: await work() };
  } catch (error) {
    const isOfClip = error instanceof WhereWhenError && !['output', 'usage', 'internal'].includes(error.code);
    if (isOfClip) return { path, error };
    throw error;
  }
}

/** The options of one clip, with the pictures that a second look cuts from, and the flow of all its frames. */
function optionsFor(
  { predictor, predict, pool, flows, signal }: AnswerSettings,
  path: string,
  clip: ClipFacts & Partial<Pick<Clip, 'frames'>>,
): PredictOptions {
  const { config } = predictor;
  return {
    ...predict,
    pictures: () => lookPictures(pool, path, { config, clip, signal }),
    flow: () => flows.flowOf(path, { signal }),
  };
}

async function* answerDecoded(asking: AnswerSettings): AsyncGenerator<AnswerOutcome> {
  const { predictor, paths, signal, pool, isShared, flows } = asking;
  const wanted = paths.map((path) => ({ path, options: predictor.shape }));
  try {
    for await (const outcome of pool.readClips(wanted, { signal })) {
      const { path } = outcome;
      if ('clip' in outcome) {
        const { clip } = outcome;
        yield await outcomeOf(path, () => predictor.predict(clip, path, optionsFor(asking, path, clip)));
      } else yield outcome;
    }
  } finally {
    if (!isShared) await pool.close();
    await flows.close();
  }
}

/** With `isKept` what was not in the store is put there. */
async function* answerStored(
  asking: AnswerSettings,
  store: ClipStore,
  { isKept }: { isKept: boolean },
): AsyncGenerator<AnswerOutcome> {
  const { predictor, paths, signal, pool, isShared, flows } = asking;
  if (isKept) await store.requireWritable();
  const entries = paths.map((path) => ({ path }));
  try {
    for await (const coming of comingClips(entries, { store, shape: predictor.shape, signal, pool })) {
      signal?.throwIfAborted();
      const path = paths[coming.place]!;
      if ('error' in coming) {
        yield { path, error: coming.error };
        continue;
      }
      const { key } = coming;
      yield await outcomeOf(path, async () => {
        if ('clip' in coming && !isKept)
          return predictor.predict(coming.clip, path, optionsFor(asking, path, coming.clip));
        const file =
          'clip' in coming ? await put(predictor, coming.clip, { store, key }) : await store.read(key);
        const facts = factsFromFile(file, path);
        const frames = 'clip' in coming ? coming.clip.frames : undefined;
        const options = optionsFor(asking, path, { ...facts, frames });
        return predictor.answer(allFeatures(file, path), facts, path, options);
      });
    }
  } finally {
    if (!isShared) await pool.close();
    await flows.close();
  }
}

/** Stores the features of a clip; resolves with what the file holds, so that it need not be read again. */
async function put(
  predictor: Predictor,
  clip: Clip,
  { store, key }: { store: ClipStore; key: string },
): Promise<SafetensorsFile> {
  const { backbone } = predictor.config;
  const { alignment = 'tiles', geometry } = backbone;
  const as = { precision: storedPrecision(predictor.config), alignment, geometry };
  const file = featuresToFile(clip, (await predictor.scales(clip))!, as);
  await store.write(key, file.tensors, file.metadata);
  return file;
}

/** The store of what the model's frozen backbone makes of clips. */
function storeOf(predictor: Predictor, cache: string): ClipStore {
  const store = modelStore(cache, predictor);
  if (store) return store;
  throw usageError(
    '--cache',
    'a model on a frozen backbone, whose features can be stored',
    `one whose backbone (${predictor.config.backbone.kind}) is a part of it`,
    'leave --cache out',
  );
}
