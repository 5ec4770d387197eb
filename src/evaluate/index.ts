// Honest figures: a model or a file of detections against the truth, by protocol, and the trivial answers beside it.
export { actorClips } from './actorClips.js';
export { type ProtocolName, protocolNamed, PROTOCOLS } from './protocols/protocols.js';
export { type ProtocolReport, runProtocol } from './protocols/runProtocol.js';
export { readTemporalTruth } from './protocols/temporalTruth.js';
export { withModel } from './protocols/run.js';
export { answeredCuts } from './protocols/thumosScript.js';
export { ucf24ScriptOf, ucf24TubeReport } from './protocols/ucf24.js';
export { type ClipRecord } from './record.js';
export { detectionReport, DetectionReport } from './reports/detectionReport.js';
export { judge, meanOf, ratioOf } from './reports/figure.js';
export { pairedReport } from './reports/pairedReport.js';
export { evaluationReport } from './reports/report.js';
export {
  EvaluationReport,
  Figure,
  IntervalForm,
  TruthRule,
  Verdict,
  WhatReport,
  AgreementReport,
} from './reports/reportForm.js';
export { ScriptReport, thumosScriptReport, ucf24ScriptReport } from './reports/scriptReports.js';
export { seedsReport, SeedsReport } from './reports/seedsReport.js';
export { splitsReport, SplitsReport } from './reports/splitsReport.js';
export { tubeReport, TubeReport } from './reports/tubeReport.js';
export { answersOf } from './reports/whatReport.js';
export { actionScores, instancesOf } from './reports/whenReport.js';
export { whereByClass } from './reports/whereByClass.js';
export { actingFrames, boxesBy } from './reports/whereReport.js';
export { sampledFrameMap, sampledTubeIou, sampledVideoMap } from './sampledMaps.js';
export {
  annotatedTruth,
  inOrderOf,
  readTruth,
  recordOf,
  type Scored,
  scoreModel,
  type ScoreOptions,
  truthFinder,
} from './scoreModel.js';
export { parseTruth, soundTruth, soundTruthClip } from './soundTruth.js';
