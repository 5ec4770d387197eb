// The web worker that learns: it takes one job, computes it in its own thread and says how it ended. The page ends the worker,
// which gives all memory of the training back.
import { WhereWhenError, type ErrorFacts } from '../errors.js';
import { runtimeInThread } from '../runtime/inThread.js';
import { createWebEngine } from '../runtime/web/wasmEngine.js';
import type { TeachJob, TeachReply, TeachRequest } from './messages.js';
import { teach } from './teach.js';

/** What a worker's global scope has, of which the types of a page know nothing. */
const scope = globalThis as unknown as Pick<Worker, 'postMessage' | 'addEventListener'>;
const say = (reply: TeachReply): void => scope.postMessage(reply);
const stop = new AbortController();

scope.addEventListener('message', ({ data }: MessageEvent<TeachRequest>) => {
  if (data.kind === 'stop') stop.abort();
  else void learn(data.job);
});

async function learn({ takes, backbone, files, threads, ...options }: TeachJob): Promise<void> {
  try {
    await using runtime = runtimeInThread(createWebEngine({ files, threads }), threads);
    const taught = await teach(takes, backbone, { ...options, runtime, signal: stop.signal }, (told) => {
      say(told);
    });
    say({ kind: 'taught', taught });
  } catch (error) {
    say(stop.signal.aborted ? { kind: 'stopped' } : { kind: 'failed', error: factsOf(error) });
  }
}

function factsOf(error: unknown): ErrorFacts {
  if (error instanceof WhereWhenError) return error.toJSON();
  const received = error instanceof Error ? error.message : String(error);
  return { code: 'internal', path: 'teach', expected: 'a training that ends', received };
}
