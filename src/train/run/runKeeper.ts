// Where a run leaves what it makes: the model of the best epoch, a row an epoch, the place to go on from. A folder in Node
// (folder/runFolder.ts), memory in a page.
import type { EpochRow } from '../../epoch.js';
import type { Batches } from '../../store/batches.js';
import type { Runtime } from '../../runtime/index.js';
import type { Tensors } from '../../tensor.js';
import type { LearntActors } from '../actors/learnt.js';
import type { RunState } from '../folder/checkpoint.js';
import type { Recipe } from '../recipe/recipe.js';
import type { HeldAnswers } from './heldAnswers.js';
import type { Programs } from './programs.js';
import type { RunData } from './runData.js';
import type { HeldOutScore, Steering } from './steering.js';

/** The parts of a run that what it makes depends on. */
export interface KeptParts {
  /** The folder that it is told as; empty where there is none. */
  out: string;
  recipe: Recipe;
  data: RunData;
  runtime: Runtime;
  /** What was learnt of who acts, before the first step. */
  actors?: LearntActors;
}

/** Where a run stands: what its checkpoint says beyond the parts of the run. */
export type Standing = Pick<RunState, 'position' | 'course' | 'sums' | 'seconds' | 'model' | 'isDone'>;

/** The model of an epoch: which, and what it reached on held-out clips. */
export interface BestEpoch {
  epoch: number;
  validation: HeldOutScore | null;
}

/** Takes what a run makes. */
export interface RunKeeper {
  /** Drops what was written after epoch `last`, and with -1 everything of an earlier run. */
  begin(last: number): Promise<void>;
  /** The row of an epoch, and for those who watch what the model now says of a few clips of `batches`. */
  endEpoch(row: EpochRow, batches: Batches): Promise<void>;
  /** How far the run is, for those who watch it. */
  tellPlace(epoch: number, isDone: boolean): Promise<void>;
  /** Keeps the model of `epoch` with what it reached on held-out clips; its identity. */
  keepBest(state: Tensors, best: BestEpoch): Promise<string>;
  /** What the model of `epoch`, the best so far, answered for the held-out clips. */
  keepAnswers(epoch: number, answers: HeldAnswers): Promise<void>;
  /** What the mean pool answered for them. */
  keepMeanAnswers(means: HeldAnswers): Promise<void>;
  /** The place to go on from. */
  save(state: Tensors, standing: Standing): Promise<void>;
}

/** Opens where a run leaves what it makes. */
export type KeeperOf = (parts: KeptParts, programs: Programs, steering: Steering) => RunKeeper;
