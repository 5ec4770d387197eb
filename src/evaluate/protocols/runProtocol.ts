// `evaluate --protocol NAME`: each protocol reads what its set ships, gets answers from a model or from a file of detections, and
// hands both to its own rules. Without either, the trivial answers stand alone where they can.
import type { DetectionReport } from '../reports/detectionReport.js';
import type { ScriptReport } from '../reports/scriptReports.js';
import type { SplitsReport } from '../reports/splitsReport.js';
import type { TubeReport } from '../reports/tubeReport.js';
import { usage, type ProtocolRun } from './run.js';
import { splits } from './splits.js';
import { temporal } from './temporal.js';
import { thumosScripts } from './thumosScript.js';
import { ucf24Boxes, ucf24Tubes } from './ucf24.js';

/** Any report of a named protocol; `protocol` tells which. */
export type ProtocolReport = DetectionReport | ScriptReport | TubeReport | SplitsReport;

const runs: { readonly [Name in ProtocolRun['protocol']]: (run: ProtocolRun) => Promise<ProtocolReport> } = {
  thumos14: (run) => temporal(run, 'thumos14'),
  activitynet: (run) => temporal(run, 'activitynet'),
  'thumos14-script': thumosScripts,
  'ucf101-24-script': ucf24Boxes,
  'ucf101-24': ucf24Tubes,
  ucf101: (run) => splits(run, 'ucf101'),
  hmdb51: (run) => splits(run, 'hmdb51'),
};

/** Scores by one protocol. Throws `usage` for what a protocol cannot do with what it was given. */
export async function runProtocol(run: ProtocolRun): Promise<ProtocolReport> {
  if (run.model !== undefined && run.data === undefined)
    throw usage('evaluate DATA', 'the clips that the model is to answer', 'a model alone');
  const isTemporal = run.protocol === 'thumos14' || run.protocol === 'activitynet';
  if (run.windowSeconds !== undefined && !isTemporal)
    throw usage('--windows', 'the protocol thumos14 or activitynet', run.protocol);
  if (run.detections !== undefined && !isTemporal)
    throw usage('--detections', 'the protocol thumos14 or activitynet', run.protocol);
  return runs[run.protocol](run);
}
