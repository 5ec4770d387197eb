// What was learnt, and how learning goes: what the panels show.
import { computed, signal } from '@preact/signals';
import type { WebModel } from '../../../src/infer/webModel.js';
import type { Result } from '../../../src/result.js';
import type { TeachFigures } from '../../../src/teach/options.js';

/** Figures of takes that were not learnt from. */
export type Figures = NonNullable<TeachFigures['heldOut']>;

/** What was learnt, open to answer. */
export interface TaughtModel {
  model: WebModel;
  /** Of the takes that the reader held back, else of those that chose the epoch; null where there is neither, absent while they are asked. */
  figures?: Figures | null;
  /** What it says of each take, by the take's id. */
  answers: ReadonlyMap<string, Result>;
  /** The lesson's revision that it learnt from. */
  revision: number;
}

/** One pass over the takes. */
export interface Pass {
  loss: number;
  /** Share of held-out takes that were right; null where none are held back. */
  accuracy: number | null;
}

/** How learning goes. */
export type Learning =
  | { state: 'idle' }
  | { state: 'looking'; done: number; total: number }
  | { state: 'learning'; epoch: number; epochs: number; passes: readonly Pass[] }
  | { state: 'opening'; passes: readonly Pass[] }
  | { state: 'done'; seconds: number; passes: readonly Pass[] }
  | { state: 'failed'; reason: string };

/** The model that was learnt last; null while there is none. */
export const taught = signal<TaughtModel | null>(null);
/** How learning goes now. */
export const learning = signal<Learning>({ state: 'idle' });
/** Is the machine looking at takes or learning from them? The camera is then not followed. */
export const isLearning = computed(() => ['looking', 'learning', 'opening'].includes(learning.value.state));
