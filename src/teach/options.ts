// What `teach` is told, what it tells while it learns, and what it leaves.
import type { EpochRow } from '../epoch.js';
import type { ModelConfig } from '../model/index.js';
import type { Runtime } from '../runtime/program.js';
import type { Tensors } from '../tensor.js';
import type { RecipeInput } from '../train/recipe/recipe.js';
import type { HeldFigures } from '../train/run/heldFigures.js';
import type { ProgramCache } from '../train/run/programCache.js';
import type { TakeMemory } from './takeMemory.js';

/** How takes are learnt from. */
export interface TeachOptions {
  /** Computes the steps. Programs of the training stay on it until the caller closes it. */
  runtime: Runtime;
  /** Parts of the recipe, as `train` takes it: `seed`, `frames` (default 16), `epochs`, `validation`. */
  recipe?: Omit<RecipeInput, 'backbone'>;
  /** A model on the same backbone to go on from, instead of from the mean pool. */
  start?: { config: ModelConfig; tensors: Tensors };
  /** What is remembered of takes from earlier; default: nothing. */
  memory?: TakeMemory;
  /** Programs on `runtime` that are compiled already; default: none. */
  programs?: ProgramCache;
  /** Ends the training: it throws the signal's reason. */
  signal?: AbortSignal;
}

/** What is told while it learns. */
export type TeachProgress =
  | { kind: 'note'; text: string }
  /** A step's loss; epochs and steps count from 1. */
  | { kind: 'step'; epoch: number; epochs: number; step: number; steps: number; loss: number }
  | TeachEpoch
  /** What was learnt, told before takes that were kept out altogether are asked. */
  | { kind: 'model'; model: Pick<Taught, 'id' | 'config' | 'tensors'> };

/** An epoch: its losses, and what it reaches on held-out takes beside guessing and the mean pool. */
export interface TeachEpoch {
  kind: 'epoch';
  row: EpochRow;
  epochs: number;
  /** What guessing reaches. */
  chance: number;
  /** What the mean pool, the start, reaches on the held-out takes; absent without any. */
  meanPool?: number;
}

/** What the takes that were not learnt from say. */
export interface TeachFigures {
  /** Of the takes that chose the epoch, once more before all were learnt from. */
  heldOut?: HeldFigures;
  /** Of the takes that were kept out altogether. */
  leftOut?: HeldFigures;
  /** All epochs, those of the second part on all takes too. */
  rows: EpochRow[];
  takes: { learnt: number; heldOut: number; leftOut: number };
}

/** A model that was taught: what a model folder has, and figures. */
export interface Taught {
  /** Twelve hexadecimal digits of the hash of its weights, as `train` names its model. */
  id: string;
  config: ModelConfig;
  tensors: Tensors;
  figures: TeachFigures;
}
