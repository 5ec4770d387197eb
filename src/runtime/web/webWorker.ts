// The web worker that owns onnxruntime-web. Its first message is its settings; all later ones are the client's calls.
import * as onnxruntime from 'onnxruntime-web/wasm';
import { createEngine } from '../engine.js';
import { HostMemory, type HostOnnxRuntime } from '../hostMemory.js';
import { serve, type Port } from '../serve.js';
import type { WebEngineSettings } from './openWebRuntime.js';

const { env, InferenceSession, Tensor } = onnxruntime;

const ort: HostOnnxRuntime = {
  createSession: (model) =>
    typeof model === 'string' ? InferenceSession.create(model) : InferenceSession.create(model),
  createFixedSession: (model) => InferenceSession.create(model),
  // WebAssembly has a memory of its own, and results are copied out of it: given arrays are filled here.
  async runInto(session, feeds, results) {
    const found = await session.run(feeds, Object.keys(results));
    for (const [name, { data }] of Object.entries(results)) {
      (data as Float32Array).set(found[name]!.data as Float32Array);
    }
  },
  createTensor: (dtype, data, shape) => new Tensor(dtype as 'float32', data as Float32Array, shape),
};

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
    env.wasm.wasmPaths = { mjs: addressOf(files.mjs), wasm: addressOf(files.wasm) };
    env.wasm.numThreads = threads;
    serve(calls, createEngine(ort, new HostMemory(ort)), () => scope.close());
  },
  { once: true },
);
