// The engine of onnxruntime-web in the thread that calls it.
import * as build from 'onnxruntime-web/wasm';
import { createEngine, type Engine } from '../engine.js';
import { HostMemory } from '../hostMemory.js';
import type { WebEngineSettings } from './openWebRuntime.js';
import { wasmRuntime } from './wasmRuntime.js';

/** Bytes that the page hands over become an address of this worker's own. */
function addressOf(file: string | Blob): string {
  return typeof file === 'string' ? file : URL.createObjectURL(file);
}

/** An engine of this thread, by the files and on the threads that the page says. */
export function createWebEngine({ files, threads }: WebEngineSettings): Engine {
  build.env.wasm.wasmPaths = { mjs: addressOf(files.mjs), wasm: addressOf(files.wasm) };
  build.env.wasm.numThreads = threads;
  const ort = wasmRuntime(build);
  return createEngine(ort, new HostMemory(ort));
}
