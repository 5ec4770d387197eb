// What an audit says: one finding a check, each with a level, a sentence and the figures behind it.
import { z } from 'zod';
import { usageError } from '../errors.js';
import { IntervalForm } from '../evaluate/reports/reportForm.js';

/**
 * `fault`: shown to be wrong, do not trust; `warning`: not shown to be right; `note`: to be known; `pass`: shown to be right.
 */
export const FindingLevel = z.enum(['fault', 'warning', 'note', 'pass']);
/** How bad a finding is. */
export type FindingLevel = z.infer<typeof FindingLevel>;

/** The checks, by the name that `--fail-on` takes. */
export const CHECKS = {
  'not-learnt': 'are the answers better than answers that look at no picture?',
  'when-not-causal': 'do the highlighted frames change the answer more than as many others?',
  'where-not-causal': 'do the highlighted regions change the answer more than the same shapes elsewhere?',
  'actor-not-causal': 'does the answer hang on where the actor is, and on how that actor moves?',
  'when-order': 'do frames in the order of WHEN carry the answer sooner than in random order?',
  'where-order': 'do regions in the order of WHERE carry the answer sooner than in other orders?',
  'random-weights': 'do the maps change when the weights are drawn anew?',
  'uniform-weights': 'do the weights of the frames leave uniform?',
  'same-every-step': 'do the weights of a recurrent form change from step to step?',
  'saturated-masks': 'do the masks choose a part of the picture?',
  'dead-regulariser': 'does every regulariser do something?',
  shortcut: 'does a class hang on one fixed place, as on a logo?',
  'where-trivial': 'do boxes beat boxes that look at no picture?',
  'when-trivial': 'do segments beat segments that look at no picture?',
} as const;
/** The name of a check. */
export type CheckName = keyof typeof CHECKS;

/** One number behind a finding. */
export const AuditFigure = z.object({
  name: z.string(),
  value: z.number(),
  interval: IntervalForm.nullable().optional(),
});
/** One number behind a finding. */
export type AuditFigure = z.infer<typeof AuditFigure>;

/** The clips that speak most against the explanation, the worst first, and which number of them says so. */
export const EvidenceClips = z.object({
  measure: z.string(),
  clips: z.array(z.object({ name: z.string(), value: z.number() })),
});
/** The evidence clips of a finding. */
export type EvidenceClips = z.infer<typeof EvidenceClips>;

const FindingForm = z.object({
  check: z.enum(Object.keys(CHECKS) as [CheckName, ...CheckName[]]),
  level: FindingLevel,
  words: z.string(),
  figures: z.array(AuditFigure),
  /** Absent where the finding is about no single clip. */
  evidenceClips: EvidenceClips.optional(),
});

/** Earlier files call the evidence clips `behind`: read for one version more. */
function withNewName(finding: unknown): unknown {
  if (typeof finding !== 'object' || finding === null || !('behind' in finding)) return finding;
  const { behind, ...rest } = finding;
  return { evidenceClips: behind, ...rest };
}

/** One finding: which check, how it came out, in words, the figures, and the clips that speak most against it. */
export const AuditFinding = z.preprocess(withNewName, FindingForm);
/** One finding. */
export type AuditFinding = z.infer<typeof AuditFinding>;

const order: readonly FindingLevel[] = ['fault', 'warning', 'note', 'pass'];

/** The worst level among findings; `pass` where there are none. */
export function worstLevel(findings: readonly AuditFinding[]): FindingLevel {
  return order.find((level) => findings.some((one) => one.level === level)) ?? 'pass';
}

/** Findings from the worst to the best, in the order of the checks among equals. */
export function byLevel(findings: readonly AuditFinding[]): AuditFinding[] {
  return [...findings].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}

/** What `--fail-on` asks for: the mildest level that fails, and checks that must not be worse than a note. */
export interface FailOn {
  level?: 'fault' | 'warning';
  checks: CheckName[];
}

/** Reads `fault`, `warning` or names of checks with commas between. Throws `usage`. */
export function parseFailOn(text: string): FailOn {
  const wanted: FailOn = { checks: [] };
  for (const word of text.split(',').map((one) => one.trim())) {
    if (word === 'fault' || word === 'warning') wanted.level = wanted.level === 'warning' ? 'warning' : word;
    else if (word in CHECKS) wanted.checks.push(word as CheckName);
    else {
      throw usageError('--fail-on', `fault, warning or checks: ${Object.keys(CHECKS).join(', ')}`, word);
    }
  }
  return wanted;
}

/** The findings for which a run of `--fail-on` ends with exit code 1. */
export function failing(findings: readonly AuditFinding[], { level, checks }: FailOn): AuditFinding[] {
  return findings.filter(
    (one) =>
      (level !== undefined && order.indexOf(one.level) <= order.indexOf(level)) ||
      (checks.includes(one.check) && (one.level === 'fault' || one.level === 'warning')),
  );
}
