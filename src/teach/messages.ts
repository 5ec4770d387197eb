// What a page and the worker that learns say to each other.
import type { ErrorFacts } from '../errors.js';
import type { OnnxRuntimeFiles } from '../runtime/web/index.js';
import type { TeachBackbone } from './backbone.js';
import type { Taught, TeachOptions, TeachProgress } from './options.js';
import type { TeachTake } from './take.js';

/** One training, as the page asks for it: to stop it, the worker is ended. */
export interface TeachJob extends Omit<TeachOptions, 'runtime' | 'signal'> {
  takes: readonly TeachTake[];
  backbone: TeachBackbone;
  /** Of onnxruntime-web: absolute addresses, or bytes. */
  files: OnnxRuntimeFiles;
  /** Computing threads; more than 1 only where the page is isolated from other origins. */
  threads: number;
}

/** From the worker, whose one message is its job: what happens, and one end. */
export type TeachReply =
  TeachProgress | { kind: 'taught'; taught: Taught } | { kind: 'failed'; error: ErrorFacts };
