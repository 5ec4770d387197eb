// A runtime whose engine lives in the thread that calls it: for a worker that has nothing else to do, and for tests. Messages
// are copied or moved just as between threads, so that nobody writes into what another still reads.
import { clientOf, type Channel } from './client.js';
import type { Engine } from './engine.js';
import type { Runtime } from './program.js';
import { serve } from './serve.js';

type Listener = (message: unknown) => void;

/** A runtime on the CPU over an engine of this thread. A run blocks the thread. */
export function runtimeInThread(engine: Engine, threads: number): Runtime {
  let [toEngine, toCaller]: [Listener, Listener] = [() => {}, () => {}];
  const channel: Channel = {
    post: (message, transfer) => toEngine(structuredClone(message, { transfer })),
    onMessage: (listener) => (toCaller = listener),
    onFailure: () => {}, // a thread that fails takes its caller along
    stop: async () => {},
  };
  const port = {
    post: (message: unknown, transfer: ArrayBuffer[]) => toCaller(structuredClone(message, { transfer })),
    onMessage: (listener: Listener) => (toEngine = listener),
  };
  serve(port, engine, () => {});
  return clientOf(channel, 'cpu', threads);
}
