// The form of `doctor --json`: what is wrong with a data set, where, and what to do about it.
import { z } from 'zod';

/** Kinds of findings about clips, pairs of clips, and the set. */
export const FindingKind = z.enum([
  'corrupt',
  'truncated',
  'damaged',
  'short',
  'black',
  'duplicate',
  'near-duplicate',
  'two-classes',
  'leak',
  'variable-rate',
  'odd-rate',
  'rotated',
  'imbalance',
  'empty-class',
]);
export type FindingKind = z.infer<typeof FindingKind>;

/** One finding. `error`: training or figures would be wrong; `warning`: look at it. Clips by `class/file`. */
export const DoctorFinding = z.object({
  kind: FindingKind,
  severity: z.enum(['error', 'warning']),
  clips: z.array(z.string()),
  says: z.string(),
  advice: z.string(),
  /** Those of `clips` that a clean list leaves out. */
  leaveOut: z.array(z.string()),
});
export type DoctorFinding = z.infer<typeof DoctorFinding>;

/** What `doctor` found. `clean` clips would stand in the list of `--fix`; `otherFiles` are no clips by their looks. */
export const DoctorReport = z.object({
  version: z.literal(1),
  folder: z.string(),
  clips: z.number().int(),
  classes: z.record(z.string(), z.number().int()),
  findings: z.array(DoctorFinding),
  clean: z.number().int(),
  otherFiles: z.array(z.string()),
});
export type DoctorReport = z.infer<typeof DoctorReport>;

/** A finding about one clip that a clean list leaves out. */
export function unusable(kind: FindingKind, clip: string, says: string, advice: string): DoctorFinding {
  return { kind, severity: 'error', clips: [clip], says, advice, leaveOut: [clip] };
}

/** A finding about one clip that stays. */
export function remark(kind: FindingKind, clip: string, says: string, advice: string): DoctorFinding {
  return { kind, severity: 'warning', clips: [clip], says, advice, leaveOut: [] };
}
