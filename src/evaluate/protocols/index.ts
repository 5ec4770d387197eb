// Protocols from files: what a set ships against what a model or a file of detections answers.
export { runProtocol, type ProtocolReport, type ProtocolRun } from './runProtocol.js';
export { readTemporalTruth, type TemporalTruth } from './temporalTruth.js';
export { answerCutClips, cutClips } from './videos.js';
