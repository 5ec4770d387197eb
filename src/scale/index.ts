// Work divided among processes: parts with no server, what they have made, what they do in turn.
export { inTurn } from './inTurn.js';
export { type Divided, gatherParts, leftOf, makePart, missingOf, type PartDone } from './makePart.js';
export { dealt, hashOf, parsePart, type Part, tellPart, wholePart } from './part.js';
export { PartLog, type Piece, Pieces, piecesFolder } from './pieces.js';
export { PASSWORD_VARIABLE, type QueueAddress, queueAddress } from './queue/address.js';
export { type QueuedClip, type QueuedWork } from './queue/form.js';
export { openQueue, type QueueLink } from './queue/link.js';
export { type Made, type ProduceOptions, throughQueue } from './queue/produce.js';
export { type AskOptions, QueueAsker } from './queue/ask.js';
export { drainQueue, queueStatus, type QueueStatus, retryQueue } from './queue/watch.js';
export { Delivery, type WorkPlace } from './queue/delivery.js';
export { type Handler, type OpenHandler } from './queue/handler.js';
export { runWorker, type TriedClip, type WorkerOptions } from './queue/work.js';
export { type Family, METRICS_TYPE, metricsText, single } from './metrics.js';
export { processFamilies } from './processMetrics.js';
export { queueFamilies, WorkerCounts } from './queue/queueMetrics.js';
