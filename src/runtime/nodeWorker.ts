// The thread that owns ONNX Runtime: sessions, state and the engine that answers the client's calls.
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { createEngine, type OnnxRuntime } from './engine.js';
import type { EngineSettings } from './node.js';
import { runInto, withFence } from './nodeSession.js';
import { serve } from './serve.js';

const { threads, spin } = workerData as EngineSettings;

// An arena keeps freed memory for the next run, in regions that grow by doubling: quicker (a fifth, for the
// largest step) and larger (by 100 MB). Beside this much state the memory counts more.
const largeState = 256 * 2 ** 20;

const options: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  // planned memory is one more block beside the arena that the first run has filled: 1.2 GB for the largest step
  enableMemPattern: false,
  logSeverityLevel: 3,
  extra: {
    session: { intra_op: { allow_spinning: spin ? '1' : '0' } },
    // graphs share what is worth keeping by themselves; what they compute twice or in parts saves memory
    optimization: { disable_specified_optimizers: 'CommonSubexpressionElimination;GatherSliceToSplitFusion' },
  },
};

const ort: OnnxRuntime = {
  createSession: (model) =>
    typeof model === 'string'
      ? InferenceSession.create(model, options)
      : InferenceSession.create(model, options),
  createFixedSession: (model, stateBytes) => {
    const enableCpuMemArena = stateBytes < largeState;
    return InferenceSession.create(withFence(model), { ...options, enableCpuMemArena });
  },
  runInto,
  createTensor: (dtype, data, shape) => new Tensor(dtype as 'float32', data as Float32Array, shape),
};

const port = parentPort!;
serve(
  {
    post: (message, transfer) => port.postMessage(message, transfer),
    onMessage: (listener) => void port.on('message', listener),
  },
  createEngine(ort),
  () => port.close(),
);
