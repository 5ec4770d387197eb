// Metrics as pure functions of numbers: formulas and their sources, no reports.
export { activitynetMap } from './activitynet.js';
export { frameAgreement, timeBudget, type ScoredStretch, type TimeBudget } from './agreement.js';
export {
  bootstrapInterval,
  type ConfidenceInterval,
  pairedBootstrap,
  type PairedDifference,
  type Statistic,
} from './bootstrap.js';
export { calibration } from './calibration.js';
export {
  classAccuracies,
  type ClassAnswer,
  confusionMatrix,
  meanClassAccuracy,
  topK,
} from './classification.js';
export type { DetectionSummary, TemporalDetection, TrueSegment } from './detection.js';
export { boxIou, type Interval, temporalIou } from './overlap.js';
export { thumos14Map } from './thumos14.js';
export {
  type FrameBox,
  type FrameDetection,
  frameMap,
  type Tube,
  type TubeDetection,
  tubeIou,
  videoMap,
} from './tubes.js';
