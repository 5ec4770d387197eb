// A protocol as one object: what it measures, what it can be given, and how it reads its set, counts and reports.
import type { DetectionReport } from '../reports/detectionReport.js';
import type { ScriptReport } from '../reports/scriptReports.js';
import type { SplitsReport } from '../reports/splitsReport.js';
import type { TubeReport } from '../reports/tubeReport.js';
import type { ProtocolFacts } from './facts.js';
import type { ProtocolRun } from './run.js';

/** Any report of a named protocol; `protocol` tells which. */
export type ProtocolReport = DetectionReport | ScriptReport | TubeReport | SplitsReport;

/** One protocol, as the list in `protocols.ts` has it. */
export interface Protocol extends ProtocolFacts {
  /** Scores segments of long videos: takes `--detections` of others, and a model in `--windows`. */
  isTemporal?: true;
  /** Reads what its set ships, gets answers from a model or a file, and counts; without either the image-blind baselines alone. */
  run: (run: ProtocolRun) => Promise<ProtocolReport>;
}
