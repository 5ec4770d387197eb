// What was computed from a clip once: decoded frames, features, flow, batches of them.
export { extractClips, type ExtractOptions } from './features/extract.js';
export { featureStore } from './features/file.js';
export { type ActorMotion, type FlowOptions, FlowPool, motionOf, readMotion } from './motion/flowPool.js';
export type { ClipShape, PreparedClips, PrepareProgress, StoredClip } from './prepare.js';
export { type ClipContent, ClipStore } from './store.js';
