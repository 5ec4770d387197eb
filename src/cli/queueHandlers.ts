// What a worker does with a clip: the same as the command that queued it.
import { basename, join } from 'node:path';
import { internalError, usageError } from '../errors.js';
import type { BackboneSettings } from '../backbone/index.js';
import type { QueuedPrediction } from '../savedModel/index.js';
import type { Handler, OpenHandler } from '../scale/index.js';
import type { ClipShape } from '../store/index.js';
import type { StorePrecision } from '../store/features/precision.js';
import { computeOf, type ComputeOptions } from './computeOptions.js';
import { byProcess, openCommand, type QueuedCommand, type Working } from './queuedCommand.js';

/** Settings of a queued `extract`. */
export interface QueuedExtraction {
  backbone: BackboneSettings;
  /** Of the network's weights, which every worker must have. */
  identity: string;
  frames: number;
  sampling: ClipShape['sampling'];
  batch?: number;
  /** How features are stored. */
  precision?: StorePrecision;
}

/** The handlers of a worker that computes with these options; trainings are processes, by default of this program. */
export function queueHandlers(
  compute: ComputeOptions,
  runCommand = byProcess([...process.execArgv, process.argv[1]!]),
): Record<string, OpenHandler> {
  return {
    predict: (settings, place) => openPrediction(settings as QueuedPrediction, { compute, place }),
    extract: (settings, place) => openExtraction(settings as QueuedExtraction, { compute, place }),
    command: (settings, place) => openCommand(settings as QueuedCommand, { compute, place, runCommand }),
  };
}

async function openPrediction(
  { model, open, ask: names, looks, windows, cache: asked, isBeside }: QueuedPrediction,
  { compute, place }: Working,
): Promise<Handler> {
  const { answerClips, answerRange, openModel, pieceOf, predictVideo } =
    await import('../savedModel/index.js');
  const { cacheBeside } = await import('../savedModel/storedBeside.js');
  const { DecodePool } = await import('../video/index.js');
  const { askedClasses } = await import('./lookOptions.js');
  const predictor = await openModel(model, { ...open, ...computeOf(compute) });
  const pool = new DecodePool();
  const ask = askedClasses(names, predictor.config.classes);
  const predict = { ask, looks };
  const cache = asked === undefined || place.isShared ? asked : join(place.folder, 'cache');
  const beside = isBeside ? await cacheBeside(model) : undefined;
  return {
    handle: async ({ path, name, range }) => {
      if (range) return { result: await answerRange(predictor, { path, name }, { range, pool }) };
      if (windows !== undefined) {
        const result = await predictVideo(predictor, path, { windowSeconds: windows, predict });
        return { result: { ...result, clip: name } };
      }
      for await (const outcome of answerClips(predictor, [path], { cache, beside, predict, pool })) {
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
  { backbone, identity, batch, precision, ...sampled }: QueuedExtraction,
  { compute, place }: Working,
): Promise<Handler> {
  const { Delivery } = await import('../scale/index.js');
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
  const store = featureStore(place.folder, shape, extractor, precision);
  await store.requireWritable();
  const pool = new DecodePool();
  return {
    handle: async ({ path }) => {
      const key = await extractOne(path, { store, shape, extractor, pool, precision });
      return place.isShared ? { key } : new Delivery({ key }, place.folder, [basename(store.fileOf(key))]);
    },
    [Symbol.asyncDispose]: async () => {
      await pool.close();
      await extractor.close();
      await runtime.close();
    },
  };
}
