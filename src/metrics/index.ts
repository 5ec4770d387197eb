// Metrics as pure functions of numbers: formulas and their sources, no reports.
export { ACTIVITYNET_THRESHOLDS, activitynetMap } from './activitynet.js';
export {
  cohensKappa,
  frameAgreement,
  timeBudget,
  agreementOf,
  frameCounts,
  weightedKappa,
  type FrameCounts,
  type ScoredStretch,
  type TimeBudget,
} from './agreement.js';
export { multiLabelMap, trapezoidAp } from './averagePrecision.js';
export {
  bootstrapInterval,
  type ConfidenceInterval,
  meanAndDeviation,
  pairedBootstrap,
  type PairedDifference,
  percentileInterval,
  resamples,
  type Statistic,
} from './bootstrap.js';
export { calibration, fitTemperature, scaledProbabilities } from './calibration.js';
export {
  classAccuracies,
  type ClassAnswer,
  confusionMatrix,
  isInTop,
  meanClassAccuracy,
  topK,
  predictedClass,
} from './classification.js';
export { type BoxSample, fitConstantBox } from './constantBox.js';
export { type DetectionSummary, groupBy, type TemporalDetection, type TrueSegment } from './detection.js';
export { greedyTubes } from './linking.js';
export { boxHolds, boxIou, type Interval, pixelIou, temporalIou } from './overlap.js';
export { judgeDetections, pooledMap } from './pooledMap.js';
export { boxAtFrame, tubesOfResult } from './resultTubes.js';
export { replaced, type SegmentClip, segmentMap } from './segmentMap.js';
export {
  type ClassFrame,
  classFrameScore,
  type ClassFrameScore,
  summariseWhere,
  type WhereFrame,
  type WhereScore,
  whereScores,
} from './spatial.js';
export { bestFit, whenScore } from './temporal.js';
export { AMBIGUOUS, THUMOS14_THRESHOLDS, thumos14Map } from './thumos14.js';
export {
  THUMOS_SCRIPT_THRESHOLDS,
  thumosOverlap,
  thumosScript,
  type ThumosScriptClip,
  thumosScriptTimes,
} from './thumosScript.js';
export {
  boxCentre,
  centreBox,
  chance,
  majorityScores,
  middleHalf,
  type PictureSize,
  scaledBox,
  wholeClip,
  wholeFrame,
  MEAN_POOLING,
} from './trivial.js';
export {
  averageVideoMap,
  type FrameBox,
  type FrameDetection,
  frameMap,
  type Tube,
  type TubeDetection,
  tubeIou,
  videoMap,
} from './tubes.js';
export {
  type ScriptFrame,
  type ScriptSummary,
  scriptFrames,
  scriptIndices,
  UCF24_SCRIPT_THRESHOLDS,
  UCF24_SCRIPT_TRIVIAL,
  ucf24Script,
} from './ucf24Script.js';
export { mean } from './mean.js';
