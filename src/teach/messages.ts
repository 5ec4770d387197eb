// What a page and the worker that learns say to each other.
import type { ErrorFacts } from '../errors.js';
import type { OnnxRuntimeFiles } from '../runtime/web/index.js';
import type { TeachBackbone } from './backbone.js';
import type { Taught, TeachOptions, TeachProgress } from './options.js';
import type { TeachTake } from './take.js';

/** One training, as the page asks for it. */
export interface TeachJob extends Omit<TeachOptions, 'runtime' | 'signal'> {
  takes: readonly TeachTake[];
  backbone: TeachBackbone;
  /** Of onnxruntime-web: absolute addresses, or bytes. */
  files: OnnxRuntimeFiles;
  /** Computing threads; more than 1 only where the page is isolated from other origins. */
  threads: number;
}

/** To the worker: its one job, then perhaps that it may stop. */
export type TeachRequest = { kind: 'teach'; job: TeachJob } | { kind: 'stop' };

/** From the worker: what happens, and one end. */
export type TeachReply =
  | TeachProgress
  | { kind: 'taught'; taught: Taught }
  | { kind: 'stopped' }
  | { kind: 'failed'; error: ErrorFacts };
