// The page that test/teach/worker.test.ts opens: it learns from takes that were made by hand, in a worker.
import { teachInWorker } from '../../src/teach/teachInWorker.js';
import { made, madeBackbone, madeTakes } from './madeTakes.js';

/** What the page says of a training. */
export interface Learnt {
  /** Weights by name. */
  tensors: Record<string, number[]>;
  told: string[];
  threads: number;
}

const files = { mjs: `${location.origin}/ort.mjs`, wasm: `${location.origin}/ort.wasm` };
const job = {
  takes: madeTakes(3),
  backbone: madeBackbone,
  files,
  recipe: { frames: made.frames, epochs: 2, batch: 4 },
};
const worker = (): Worker => new Worker('/worker.js', { type: 'module' });

async function learn(): Promise<Learnt> {
  const told: string[] = [];
  const { tensors } = await teachInWorker({ ...job, worker: worker(), threads: 2 }, ({ kind }) =>
    told.push(kind),
  );
  const numbers = Object.entries(tensors).map(
    ([name, { data }]) => [name, Array.from(data as Float32Array)] as const,
  );
  return { tensors: Object.fromEntries(numbers), told, threads: crossOriginIsolated ? 2 : 1 };
}

/** How a training ends that is stopped after its first step. */
async function stopped(): Promise<string> {
  const stop = new AbortController();
  const all = { ...job, worker: worker(), threads: 1, signal: stop.signal };
  return teachInWorker(all, ({ kind }) => kind === 'step' && stop.abort(new Error('enough'))).then(
    () => 'it went on',
    (error: Error) => error.message,
  );
}

/** How a training ends without anything to tell apart. */
function refused(): Promise<string> {
  return teachInWorker({ ...job, takes: job.takes.slice(0, 3), worker: worker(), threads: 1 }).then(
    () => 'it went on',
    (error: Error) => error.message,
  );
}

Object.assign(globalThis, { teaching: { learn, stopped, refused } });
