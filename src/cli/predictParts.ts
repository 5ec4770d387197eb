// `predict` in parts: which answers belong together, and how they are asked of workers.
import { resolve } from 'node:path';
import type { OpenModelOptions, Precision, QueuedPrediction } from '../savedModel/index.js';
import type { Divided } from '../scale/index.js';
import { makeByQueue } from './queueOption.js';
import type { Shell } from './shell.js';

/** The options that a piece depends on, and the file that all are joined into. */
interface PieceChoices {
  class?: readonly string[];
  looks?: 1 | 2;
  windows?: number;
  precision: Precision;
  localize?: OpenModelOptions['localize'];
  backboneFile?: string;
  cache?: string;
  out?: string;
}

/** The work of a command line: what changes an answer tells its pieces apart; what only shows it does not. */
export async function dividedPredictions(
  model: string,
  clips: readonly string[],
  { class: ask = [], looks, windows, precision, localize, cache, out }: PieceChoices,
): Promise<Divided> {
  const { dividedAnswers } = await import('../savedModel/index.js');
  const choices = { ask, looks, windows, precision, localize, isStored: cache !== undefined };
  return dividedAnswers(sharedBeside(out!), { model, paths: clips, choices });
}

/** Where the pieces of results that are joined into `out` lie meanwhile. */
export function sharedBeside(out: string): string {
  return `${out}.parts`;
}

/** Has workers answer what is left; false where the signal came first. Paths go out absolute: workers stand elsewhere. */
export async function predictByQueue(
  shell: Shell,
  address: string,
  divided: Divided,
  work: { model: string; clips: readonly string[]; options: PieceChoices; signal: AbortSignal },
): Promise<boolean> {
  const { model, clips, options, signal } = work;
  const { class: ask = [], looks, windows, precision, localize, cache, backboneFile } = options;
  const settings: QueuedPrediction = {
    model: resolve(model),
    open: { localize, precision, ...(backboneFile !== undefined && { backboneFile: resolve(backboneFile) }) },
    ...{ ask: [...ask], looks, windows },
    ...(cache !== undefined && { cache: resolve(cache) }),
    isBeside: true,
  };
  const progress = shell.progress('predicting', 'clips');
  try {
    const { missing } = await makeByQueue(address, divided, {
      work: { kind: 'predict', settings, folder: cache },
      clipAt: (place) => ({ path: resolve(clips[place]!), name: clips[place]! }),
      onError: () => undefined, // told where the results are joined
      ...{ progress, signal },
    });
    return missing === 0;
  } finally {
    progress.stop();
  }
}
