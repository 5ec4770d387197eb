// Features of a frozen backbone, computed once and stored.
export { extractClips, type ExtractOptions } from './extract.js';
export { factsFromFile, featureStore, shapeFor, storedAs, type StoredAs } from './file.js';
export { storePrecisions, usualStorePrecision, type StorePrecision } from './precision.js';
export { allFeatures, pickFeatures, placesSeen, type PlacesOptions } from './read.js';
export { float16Table, fromFloat16, toFloat16 } from './float16.js';
export {
  requireVerified,
  verifyFeatures,
  VERIFY_TOLERANCE,
  type Verified,
  type VerifyOptions,
} from './verify.js';
