// Honest figures: a model or a file of detections against the truth, by protocol, and the image-blind baselines beside it.
export { type ClipRecord } from './record.js';
export { detectionReport, DetectionReport } from './reports/detectionReport.js';
export { pairedReport } from './reports/pairedReport.js';
export { evaluationReport } from './reports/report.js';
export { EvaluationReport, TruthRule } from './reports/reportForm.js';
export { readTruth, type Scored, scoreModel, type ScoreOptions } from './scoreModel.js';
