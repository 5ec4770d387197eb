// What was computed from a clip once: decoded frames, features, flow, batches of them.
export { type Batch, Batches, type BatchOptions, middlePlaces } from './batches.js';
export { hasChecksum, hasQuickChecksum, isMarked, withChecksums } from './checksums.js';
export { comingClips } from './features/coming.js';
export { extractClips, type ExtractOptions } from './features/extract.js';
export { extractOne } from './features/extractOne.js';
export {
  factsFromFile,
  featuresToFile,
  featureStore,
  shapeFor,
  storedAs,
  type StoredAs,
} from './features/file.js';
export { storePrecisions, usualStorePrecision, type StorePrecision } from './features/precision.js';
export { fromFloat16, toFloat16 } from './features/float16.js';
export { meanOfPlaces, pooledFeatures } from './features/pooled.js';
export { allFeatures, pickFeatures, type PlacesOptions, placesSeen } from './features/read.js';
export { requireVerified, verifyFeatures } from './features/verify.js';
export { kept } from './kept.js';
export { lookPictures } from './lookPictures.js';
export { motionOf, readMotion } from './motion/flowPool.js';
export { FlowStore } from './motion/storedFlow.js';
export {
  type ClipShape,
  frameStore,
  isOfClip,
  prepareClips,
  type PreparedClips,
  type PrepareOptions,
  type PrepareProgress,
  type StoredClip,
} from './prepare.js';
export { type ClipContent, ClipStore } from './store.js';
