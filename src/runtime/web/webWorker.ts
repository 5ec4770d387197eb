// The web worker that owns onnxruntime-web. Its first message is its settings; all later ones are the client's calls.
import { serve, type Port } from '../serve.js';
import type { WebEngineSettings } from './openWebRuntime.js';
import { createWebEngine } from './wasmEngine.js';

/** What a worker's global scope has, of which the types of a page know nothing. */
const scope = globalThis as unknown as Pick<Worker, 'postMessage' | 'addEventListener'> & { close(): void };

const calls: Port = {
  post: (message, transfer) => scope.postMessage(message, transfer),
  onMessage: (listener) => scope.addEventListener('message', ({ data }) => listener(data)),
};

scope.addEventListener(
  'message',
  ({ data }) => serve(calls, createWebEngine(data as WebEngineSettings), () => scope.close()),
  { once: true },
);
