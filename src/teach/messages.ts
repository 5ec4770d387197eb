// What a page and the worker that learns say to each other.
import type { ErrorFacts } from '../errors.js';
import type { OnnxRuntimeFiles } from '../runtime/web/index.js';
import type { Tensors } from '../tensor.js';
import type { TeachBackbone } from './backbone.js';
import type { Taught, TeachOptions, TeachProgress } from './options.js';
import type { TeachTake } from './take.js';

/** What a worker must know before its first take. */
export interface TeachSetting {
  backbone: TeachBackbone;
  /** Of onnxruntime-web: absolute addresses, or bytes. */
  files: OnnxRuntimeFiles;
  /** Computing threads; more than 1 only where the page is isolated from other origins. */
  threads: number;
}

/** One training, as a page asks for it. */
export interface TeachJob extends Pick<TeachOptions, 'recipe' | 'start'> {
  takes: readonly TeachTake[];
}

/** A take whose features the worker has, under this number. */
export type SentTake = Omit<TeachTake, 'features'> & { features: number };

/** To the worker. */
export type TeachRequest =
  | ({ kind: 'open' } & TeachSetting)
  /** Features of a take, to be looked at ahead. */
  | { kind: 'features'; key: number; features: Tensors }
  /** A lesson of so many actions is to be expected. */
  | ({ kind: 'expect'; actions: number } & Pick<TeachJob, 'recipe'>)
  /** Learn; features that no take names any more are forgotten. */
  | ({ kind: 'teach'; job: number; takes: readonly SentTake[] } & Omit<TeachJob, 'takes'>)
  /** Stop the training of this number, which is then answered by nobody. */
  | { kind: 'stop'; job: number };

/** From the worker, of the training of this number: what happens, and one end. */
export type TeachReply = { job: number } & (
  TeachProgress | { kind: 'taught'; taught: Taught } | { kind: 'failed'; error: ErrorFacts }
);
