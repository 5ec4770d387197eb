// The thread that owns ONNX Runtime: sessions, state and the engine that answers the client's calls.
import { parentPort, workerData } from 'node:worker_threads';
import { createThreadEngine } from './threadEngine.js';
import type { EngineSettings } from './nodeEngine.js';
import { serve } from './serve.js';

const port = parentPort!;
serve(
  {
    post: (message, transfer) => port.postMessage(message, transfer),
    onMessage: (listener) => void port.on('message', listener),
  },
  await createThreadEngine(workerData as EngineSettings, (notice) => port.postMessage(notice)),
  () => port.close(),
);
