// The thread that owns ONNX Runtime: sessions, state and the engine that answers the client's calls.
import { parentPort, workerData } from 'node:worker_threads';
import { createNodeEngine, type EngineSettings } from './nodeEngine.js';
import { serve } from './serve.js';

const port = parentPort!;
serve(
  {
    post: (message, transfer) => port.postMessage(message, transfer),
    onMessage: (listener) => void port.on('message', listener),
  },
  createNodeEngine(workerData as EngineSettings),
  () => port.close(),
);
