// The process that decodes: native code that crashes ends it and nothing else. It ends with the one that started it,
// by whose word alone it stops: an interrupt at the terminal reaches both.
import { videoWorker } from './work.js';
import type { Order } from './messages.js';

const hear = videoWorker((answer) => process.send!(answer));

process.on('message', (order: Order) => hear(order));
process.on('disconnect', () => process.exit());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
