// What a worker does with a clip: the same as the command that queued it.
import { internalError, usageError } from '../errors.js';
import type { BackboneSettings } from '../backbone/index.js';
import type { OpenModelOptions } from '../savedModel/index.js';
import type { Handler, OpenHandler } from '../scale/index.js';
import type { ClipShape } from '../store/index.js';
import type { StorePrecision } from '../store/features/precision.js';
import { computeOf, type ComputeOptions } from './computeOptions.js';

/** Settings of a queued `predict`; paths are absolute. */
export interface QueuedPrediction {
  model: string;
  open: Pick<OpenModelOptions, 'backboneFile' | 'localize' | 'precision'>;
  ask: string[];
  looks?: 1 | 2;
  windows?: number;
  cache?: string;
}

/** Settings of a queued `extract`. */
export interface QueuedExtraction {
  backbone: BackboneSettings;
  /** Of the network's weights, which every worker must have. */
  identity: string;
  out: string;
  frames: number;
  sampling: ClipShape['sampling'];
  batch?: number;
  /** How features are stored. */
  precision?: StorePrecision;
}

/** The handlers of a worker that computes with these options. */
export function queueHandlers(compute: ComputeOptions): Record<string, OpenHandler> {
  return {
    predict: (settings) => openPrediction(settings as QueuedPrediction, compute),
    extract: (settings) => openExtraction(settings as QueuedExtraction, compute),
  };
}

async function openPrediction(
  { model, open, ask: names, looks, windows, cache }: QueuedPrediction,
  compute: ComputeOptions,
): Promise<Handler> {
  const { answerClips, openModel, pieceOf, predictVideo } = await import('../savedModel/index.js');
  const { DecodePool } = await import('../video/index.js');
  const { askedClasses } = await import('./lookOptions.js');
  const predictor = await openModel(model, { ...open, ...computeOf(compute) });
  const pool = new DecodePool();
  const ask = askedClasses(names, predictor.config.classes);
  const predict = { ask, looks };
  return {
    handle: async ({ path, name }) => {
      if (windows !== undefined) {
        const result = await predictVideo(predictor, path, { windowSeconds: windows, predict });
        return { result: { ...result, clip: name } };
      }
      for await (const outcome of answerClips(predictor, [path], { cache, predict, pool })) {
        const piece = pieceOf(outcome);
        if ('error' in piece) throw piece.error;
        return { ...piece.value, result: { ...piece.value.result, clip: name } };
      }
      throw internalError(name, 'an answer');
    },
    [Symbol.asyncDispose]: async () => {
      await pool.close();
      await predictor.close();
    },
  };
}

async function openExtraction(
  { backbone, identity, out, batch, precision, ...sampled }: QueuedExtraction,
  compute: ComputeOptions,
): Promise<Handler> {
  const { openExtractor } = await import('../backbone/index.js');
  const { openRuntime } = await import('../runtime/index.js');
  const { featureStore } = await import('../store/index.js');
  const { extractOne } = await import('../store/features/extractOne.js');
  const { shapeFor } = await import('../store/features/file.js');
  const { DecodePool } = await import('../video/index.js');
  const runtime = await openRuntime({ ...computeOf(compute), spin: false });
  const extractor = await openExtractor(backbone, { runtime, batch });
  if (extractor.identity !== identity)
    throw usageError(
      backbone.kind,
      'the weights that the work was queued with',
      'other ones',
      'give every machine the same file',
    );
  const shape = shapeFor(extractor, sampled);
  const store = featureStore(out, shape, extractor, precision);
  await store.requireWritable();
  const pool = new DecodePool();
  return {
    handle: async ({ path }) => ({
      key: await extractOne(path, { store, shape, extractor, pool, precision }),
    }),
    [Symbol.asyncDispose]: async () => {
      await pool.close();
      await extractor.close();
      await runtime.close();
    },
  };
}
