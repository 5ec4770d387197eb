// HTTP for the viewer: predictions, files with byte ranges, labels, live progress. What goes over the wire: `api.ts`.
export { ServerState } from './api.js';
export { listen, type Listening, type ListenOptions } from './listen.js';
export { openServed, type Served, type ServedOptions } from './served.js';
