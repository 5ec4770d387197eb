// The web worker that owns onnxruntime-web. Its first message is its settings; all later ones are the client's calls.
import * as build from 'onnxruntime-web/wasm';
import { createEngine } from '../engine.js';
import { HostMemory } from '../hostMemory.js';
import { serve, type Port } from '../serve.js';
import type { WebEngineSettings } from './openWebRuntime.js';
import { wasmRuntime } from './wasmRuntime.js';

/** What a worker's global scope has, of which the types of a page know nothing. */
const scope = globalThis as unknown as Pick<Worker, 'postMessage' | 'addEventListener'> & { close(): void };

const calls: Port = {
  post: (message, transfer) => scope.postMessage(message, transfer),
  onMessage: (listener) => scope.addEventListener('message', ({ data }) => listener(data)),
};

/** Bytes that the page hands over become an address of this worker's own. */
function addressOf(file: string | Blob): string {
  return typeof file === 'string' ? file : URL.createObjectURL(file);
}

scope.addEventListener(
  'message',
  ({ data }) => {
    const { files, threads } = data as WebEngineSettings;
    build.env.wasm.wasmPaths = { mjs: addressOf(files.mjs), wasm: addressOf(files.wasm) };
    build.env.wasm.numThreads = threads;
    const ort = wasmRuntime(build);
    serve(calls, createEngine(ort, new HostMemory(ort)), () => scope.close());
  },
  { once: true },
);
