// From a clip to a Result. Nothing here is of Node: the same code answers in a page.
export { Predictor, type Answer, type FrameFeatures, type PredictorParts } from './predictor.js';
export { medianDifference } from './medianDifference.js';
export type { ModelIdentity, SampledClip } from './toResult.js';
