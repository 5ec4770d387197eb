// From a clip to a Result. Nothing here is of Node: the same code answers in a page.
export {
  actorFeeds,
  actorMotion,
  labelFreeLooks,
  looksAtActor,
  looksAtFlow,
  looksAtMotion,
  outOfWindow,
  type LabelFreeMaps,
} from './actorFeeds.js';
export { answerByLooks, answerOf, identityOf, windowOf, type Answer, type AnswerOptions } from './answer.js';
export { Predictor, type FrameFeatures, type PredictOptions, type PredictorParts } from './predictor.js';
export { FrameMemory, type LookAtFrames } from './frameMemory.js';
export { distanceFrom, type Familiarity, pooledOf, unlike, unlikeWarning } from './familiarity.js';
export { runHead, type HeadClip, type HeadRun, type RunHead } from './runHead.js';
export { cutSquares, type LookAt, type Pictures } from './secondLook.js';
export { medianDifference } from './medianDifference.js';
export { occlude } from './occlude.js';
export { Rolling, type RollingAnswer, type RollingOptions, type StreamFrame } from './rolling.js';
export { predictWindows, type LongVideo, type WindowPredictor } from './windows.js';
export type { ClipFacts, ModelIdentity, SampledClip } from './toResult.js';
export {
  openWebModel,
  webFiles,
  WebModelDescription,
  type WebModel,
  type WebModelFiles,
} from './webModel.js';
