// Many trainings of one data set, each with other settings, and a table of them by what they reach on held-out clips. The test
// side plays no part. Alone or in parts: each trial is trained by one process into a folder of its own.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../../atomicFile.js';
import { inputError, WhereWhenError } from '../../errors.js';
import { inHeldFolder } from '../../lock.js';
import {
  gatherParts,
  hashOf,
  inTurn,
  makePart,
  piecesFolder,
  wholePart,
  type Divided,
  type Part,
  type PartDone,
} from '../../scale/index.js';
import { train, type TrainOptions } from '../../train/index.js';
import { prepareTraining } from '../../train/prepareTraining.js';
import { trialsOf, type SweepFile, type Trial } from './plan.js';

/** What {@link sweep} adds to the options of a training. */
export interface SweepOptions extends TrainOptions {
  sweep: SweepFile;
  onTrial?: (trial: {
    name: string;
    settings: Trial['settings'];
    index: number;
    total: number;
    folder: string;
  }) => void;
}

/** What one trial reached on the held-out clips. */
export interface TrialResult {
  name: string;
  settings: Trial['settings'];
  folder: string;
  /** Why there are no figures: a loss that was not finite. */
  failure: string | null;
  accuracy: number | null;
  crossEntropy: number | null;
  /** The epoch that was chosen, from 1. */
  epoch: number | null;
  validationClips: number;
  parameters: number;
  seconds: number;
}

/** All trials, the best first in `ranking`. */
export interface SweepSummary {
  version: 1;
  sweep: SweepFile;
  trials: TrialResult[];
  /** Names: by accuracy on held-out clips, then by cross-entropy, then in the order of the file; failed ones last. */
  ranking: string[];
}

/** Where the table lies in OUT. */
export const sweepFile = 'sweep.json';

/** Trains every trial that is not there yet and ranks them. Undefined where the signal came first. */
export function sweep(options: SweepOptions): Promise<SweepSummary | undefined> {
  return inHeldFolder(options.out, async () => {
    if (options.overwrite) await rm(join(options.out, 'parts'), { recursive: true, force: true });
    const { missing } = await sweepPart(options, wholePart);
    return missing === 0 ? gatherSweep(options) : undefined;
  });
}

/**
 * Trains the trials of a part. Throws `usage` for settings that no training takes, before any of them begins, and for a part
 * that another process does; and `input` where no clips are held out.
 */
export async function sweepPart(options: SweepOptions, part: Part): Promise<PartDone> {
  const { out, cache = join(out, 'cache'), signal, onTrial } = options;
  const trials = trialsOf(options.sweep, options.recipe ?? {});
  const tell: TrainOptions['onEvent'] = (event) => event.kind === 'prepare' && options.onEvent?.(event);
  const [{ recipe }] = trials as [Trial];
  await inTurn(out, () => prepareTraining({ ...options, recipe, cache, onEvent: tell }));
  return makePart<TrialResult>(dividedTrials(options, trials), part, async function* (places) {
    for (const place of places) {
      if (signal?.aborted) return;
      const trial = trials[place]!;
      const folder = join(out, trial.name);
      onTrial?.({ ...trial, index: place, total: trials.length, folder });
      const value = await runTrial(trial, { ...options, out: folder, cache });
      if (!value) return;
      yield { place, piece: { value } };
    }
  });
}

/** Ranks the trials of all parts in `OUT/sweep.json`. Throws `missing` unless all are there. */
export async function gatherSweep(options: SweepOptions): Promise<SweepSummary> {
  const divided = dividedTrials(options, trialsOf(options.sweep, options.recipe ?? {}));
  const trials: TrialResult[] = [];
  for await (const piece of gatherParts<TrialResult>(divided, options.out))
    if ('value' in piece) trials.push(piece.value);
  const ranking = trials.toSorted(byValidation).map(({ name }) => name);
  const summary: SweepSummary = { version: 1, sweep: options.sweep, trials, ranking };
  await writeAtomically(join(options.out, sweepFile), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

/** The better one first; trials that are level stay in their order. */
function byValidation(a: TrialResult, b: TrialResult): number {
  const accuracy = (b.accuracy ?? -1) - (a.accuracy ?? -1);
  return accuracy !== 0 ? accuracy : (a.crossEntropy ?? Infinity) - (b.crossEntropy ?? Infinity) || 0;
}

function dividedTrials({ out, data, annotations }: SweepOptions, trials: readonly Trial[]): Divided {
  return {
    folder: piecesFolder(join(out, 'parts'), { version: 1, data, annotations }),
    keys: trials.map(({ name, recipe }) => hashOf(name, JSON.stringify(recipe))),
  };
}

/** Undefined where the signal came first. */
async function runTrial(
  { name, settings, recipe }: Trial,
  options: TrainOptions,
): Promise<TrialResult | undefined> {
  const common = { name, settings, folder: options.out };
  try {
    const summary = await train({ ...options, recipe, resume: !options.overwrite });
    if (summary.status === 'interrupted') return undefined;
    const { best, clips, parameters, seconds } = summary;
    if (clips.validation === 0) throw nothingHeldOut(options.data);
    const { accuracy = null, crossEntropy = null, epoch = null } = best ?? {};
    return {
      ...{ ...common, failure: null, accuracy, crossEntropy, epoch },
      ...{ validationClips: clips.validation, parameters, seconds },
    };
  } catch (error) {
    if (!(error instanceof WhereWhenError) || error.expected !== 'a finite loss') throw error;
    const failure = `no finite loss: ${error.received ?? ''}`;
    const none = {
      accuracy: null,
      crossEntropy: null,
      epoch: null,
      validationClips: 0,
      parameters: 0,
      seconds: 0,
    };
    return { ...common, failure, ...none };
  }
}

function nothingHeldOut(data: string): WhereWhenError {
  return inputError(
    data,
    'held-out clips to choose by',
    'none',
    'give --validation a share above 0, or more clips',
  );
}
