// From a clip to a Result. Nothing here is of Node: the same code answers in a page.
export { Predictor, type Answer, type PredictorParts, type SampledClip } from './predictor.js';
export { medianDifference } from './medianDifference.js';
export type { ModelIdentity } from './toResult.js';
