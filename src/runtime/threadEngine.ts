// The engine of Node's thread: the native ONNX Runtime, and where there is none the same engine as WebAssembly, which comes
// with the viewer. It computes on the CPU only, and slower.
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createEngine, type Engine } from './engine.js';
import { HostMemory, type HostOnnxRuntime } from './hostMemory.js';
import { wasmRuntime } from './web/wasmRuntime.js';
import { createNodeEngine, type EngineSettings } from './nodeEngine.js';

/** What the thread says before it serves. */
export interface EngineNotice {
  /** Why WebAssembly computes. */
  wasmBecause: string;
}

/** An engine of this thread; `tell` is called once where WebAssembly stands in. Throws `missing` for a GPU without it. */
export async function createThreadEngine(
  settings: EngineSettings,
  tell: (notice: EngineNotice) => void,
): Promise<Engine> {
  try {
    return await createNodeEngine(settings);
  } catch (error) {
    if (settings.device !== 'cpu') throw error;
    const engine = await createWasmEngine(settings.threads);
    tell({ wasmBecause: (error as Error).message });
    return engine;
  }
}

/** ONNX Runtime as WebAssembly on `threads` threads. */
export async function createWasmEngine(threads: number): Promise<Engine> {
  const build = await import('onnxruntime-web');
  const { wasm: settings } = build.env;
  const [wasm, mjs] = await wasmFiles();
  settings.wasmBinary = await readFile(wasm);
  settings.wasmPaths = { mjs: mjs.href };
  settings.numThreads = threads;
  const pure = wasmRuntime(build);
  // A file's name is an address there, not a path.
  const ort: HostOnnxRuntime = {
    ...pure,
    createSession: async (model) =>
      pure.createSession(typeof model === 'string' ? await readFile(model) : model),
  };
  return createEngine(ort, new HostMemory(ort));
}

/** The files of onnxruntime-web: beside the built viewer, and among the packages where nothing is built. */
async function wasmFiles(): Promise<[wasm: URL, mjs: URL]> {
  if (!import.meta.url.endsWith('.ts')) {
    const folder = new URL('../viewer/assets/', import.meta.url);
    const names = await readdir(folder).catch((): string[] => []);
    const found = ['.wasm', '.mjs'].map((end) =>
      names.find((name) => name.startsWith('ort-') && name.endsWith(end)),
    );
    if (found[0] && found[1]) return [new URL(found[0], folder), new URL(found[1], folder)];
  }
  const { resolve } = createRequire(import.meta.url);
  const fileOf = (end: string): URL =>
    pathToFileURL(resolve(`onnxruntime-web/ort-wasm-simd-threaded.${end}`));
  return [fileOf('wasm'), fileOf('mjs')];
}
