// What a page needs to run programs; `webWorker.ts` beside it is the worker's script.
export type { Runtime } from '../program.js';
export {
  openWebRuntime,
  threadsHere,
  type OnnxRuntimeFiles,
  type WebEngineSettings,
  type WebRuntimeOptions,
} from './openWebRuntime.js';
