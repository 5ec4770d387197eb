// Compiled graph to numbers. This entry is for Node.
export type {
  Device,
  DeviceChoice,
  Program,
  RunOptions,
  Runtime,
  RuntimeOptions,
  ValueSpec,
} from './program.js';
export { openRuntime } from './node.js';
