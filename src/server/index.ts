// HTTP for the viewer: predictions, files with byte ranges, labels, live progress.
export * from './api.js';
export { createApp, type AppOptions } from './app.js';
export { listen, DEFAULT_PORT, type Listening, type ListenOptions } from './listen.js';
export { builtPage, readPage, type PageFile } from './pageFiles.js';
export { openServed, type Served, type ServedOptions } from './served.js';
export { writeStatic, type StaticCopy, type StaticCopyOptions } from './staticCopy.js';
export { writeOneFile, type OneFileOptions } from './oneFile.js';
