// Work through a queue on Redis or Valkey: producers, workers, and who watches them.
export { PASSWORD_VARIABLE, type QueueAddress, queueAddress } from './address.js';
export { type QueuedClip, type QueuedWork } from './form.js';
export { openQueue, type QueueLink } from './link.js';
export { type ProduceOptions, throughQueue } from './produce.js';
export { drainQueue, queueStatus, type QueueStatus, retryQueue } from './watch.js';
export { type Handler, type OpenHandler, runWorker, type WorkerOptions } from './work.js';
