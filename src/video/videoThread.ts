// The thread that encodes: pictures of any size go to it without being copied.
import { parentPort } from 'node:worker_threads';
import type { Order } from './messages.js';
import { videoWorker } from './work.js';

const port = parentPort!;
const hear = videoWorker((answer, transfer) => port.postMessage(answer, transfer));

port.on('message', (order: Order) => hear(order));
