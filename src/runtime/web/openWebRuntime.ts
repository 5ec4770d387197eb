// The web half of the runtime: the same programs in a page, run by onnxruntime-web in a web worker, so that the page
// stays alive while they run.
import { usageError } from '../../errors.js';
import { clientOf, type Channel } from '../client.js';
import type { Runtime } from '../program.js';

/**
 * `ort-wasm-simd-threaded.wasm` and `.mjs` of the package onnxruntime-web: addresses, which are loaded when needed, or the
 * bytes themselves, where a page was opened from a disk: its worker may load nothing that belongs to the page.
 */
export interface OnnxRuntimeFiles {
  wasm: string | Blob;
  mjs: string | Blob;
}

/** What the engine's worker is told at its start. */
export interface WebEngineSettings {
  files: OnnxRuntimeFiles;
  /** Computing threads; more than 1 only where the page is isolated from other origins. */
  threads: number;
}

/** How a runtime is opened in a page. */
export interface WebRuntimeOptions {
  /** A module worker that runs `webWorker.js` of this folder, made by the page's bundler. The runtime ends it. */
  worker: Worker;
  files: OnnxRuntimeFiles;
  /** By default as many as the machine has cores where `crossOriginIsolated`, else 1. */
  threads?: number;
}

/** Opens a runtime on the CPU (WebAssembly). A worker that cannot start fails the first call. Throws `usage`. */
export function openWebRuntime({ worker, files, threads = threadsHere() }: WebRuntimeOptions): Runtime {
  if (!Number.isInteger(threads) || threads < 1) {
    const expected = 'must be a whole number of at least 1';
    throw usageError('threads', expected, `${threads}`);
  }
  worker.postMessage({ files, threads } satisfies WebEngineSettings);
  return clientOf(channelTo(worker), 'cpu', threads);
}

/** Threads that a page may compute on: they share memory, which a browser allows an isolated page only. */
export function threadsHere(): number {
  return globalThis.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, 8) : 1;
}

function channelTo(worker: Worker): Channel {
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    onMessage: (listener) => worker.addEventListener('message', ({ data }) => listener(data)),
    onFailure: (listener) => {
      worker.addEventListener('error', ({ message }) =>
        listener(`its worker failed: ${message || 'its script could not be loaded'}`),
      );
      worker.addEventListener('messageerror', () => listener('its worker sent what cannot be read'));
    },
    stop: async () => worker.terminate(),
  };
}
