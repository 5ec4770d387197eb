// The page's end of a training in a worker.
import { internalError, WhereWhenError } from '../errors.js';
import { threadsHere } from '../runtime/web/openWebRuntime.js';
import type { TeachJob, TeachReply } from './messages.js';
import type { Taught, TeachProgress } from './options.js';

/** A training in a worker. */
export interface WorkerJob extends Omit<TeachJob, 'threads'> {
  /** A module worker that runs `worker.js` of this folder, made by the page's bundler. It is ended with the training. */
  worker: Worker;
  /** Default: the cores where the page is isolated from other origins, else 1. */
  threads?: number;
  signal?: AbortSignal;
}

/** Learns in `worker`, as `teach` does. Throws what `teach` throws, `internal` for a worker that fails, and the signal's reason. */
export async function teachInWorker(
  { worker, signal, threads = threadsHere(), ...job }: WorkerJob,
  onProgress: (progress: TeachProgress) => void = () => {},
): Promise<Taught> {
  try {
    signal?.throwIfAborted();
    return await new Promise<Taught>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      worker.addEventListener('error', ({ message }) =>
        reject(internalError('teach', 'a worker that runs', message || 'its script could not be loaded')),
      );
      worker.addEventListener('message', ({ data }: MessageEvent<TeachReply>) => {
        if (data.kind === 'taught') resolve(data.taught);
        else if (data.kind === 'failed') reject(new WhereWhenError(data.error));
        else onProgress(data);
      });
      worker.postMessage({ ...job, threads } satisfies TeachJob);
    });
  } finally {
    worker.terminate();
  }
}
