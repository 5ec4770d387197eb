// The web worker that learns: it takes one job, computes it in its own thread and says how it ended. The page ends the worker,
// which gives all memory of the training back.
import { WhereWhenError, type ErrorFacts } from '../errors.js';
import { runtimeInThread } from '../runtime/inThread.js';
import { createWebEngine } from '../runtime/web/wasmEngine.js';
import type { TeachJob, TeachReply } from './messages.js';
import { teach } from './teach.js';

/** What a worker's global scope has, of which the types of a page know nothing. */
const scope = globalThis as unknown as Pick<Worker, 'postMessage' | 'addEventListener'>;
const say = (reply: TeachReply): void => scope.postMessage(reply);

scope.addEventListener('message', ({ data }: MessageEvent<TeachJob>) => void learn(data), { once: true });

async function learn({ takes, backbone, files, threads, ...options }: TeachJob): Promise<void> {
  try {
    await using runtime = runtimeInThread(createWebEngine({ files, threads }), threads);
    say({ kind: 'taught', taught: await teach(takes, backbone, { ...options, runtime }, say) });
  } catch (error) {
    say({ kind: 'failed', error: factsOf(error) });
  }
}

function factsOf(error: unknown): ErrorFacts {
  if (error instanceof WhereWhenError) return error.toJSON();
  const received = error instanceof Error ? error.message : String(error);
  return { code: 'internal', path: 'teach', expected: 'a training that ends', received };
}
