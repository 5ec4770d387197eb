// From a clip to a Result. Nothing here is of Node: the same code answers in a page.
export type { Answer } from './answer.js';
export { Predictor, type FrameFeatures, type PredictOptions, type PredictorParts } from './predictor.js';
export type { Pictures } from './squares.js';
export { Rolling, type RollingAnswer, type RollingOptions, type StreamFrame } from './rolling.js';
export type { StreamHead } from './streamHead.js';
export type { ClipFacts, SampledClip } from './toResult.js';
export { openWebModel, type WebModel, type WebModelFiles } from './webModel.js';
