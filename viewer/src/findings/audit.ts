// What the audit of a model found (`wherewhen audit` leaves it in the model's folder), as far as the page shows it.
import { signal } from '@preact/signals';
import { z } from 'zod';
import { ask } from '../source.js';

/** The clips that speak most against the explanation, by which number of theirs. */
export const ShownEvidence = z.object({
  measure: z.string(),
  clips: z.array(z.object({ name: z.string(), value: z.number() })),
});
export type ShownEvidence = z.infer<typeof ShownEvidence>;

/** One finding: which check, how it came out, in words, the figures, and its evidence clips where there are any. */
export const ShownFinding = z
  .object({
    check: z.string(),
    level: z.enum(['fault', 'warning', 'note', 'pass']),
    words: z.string(),
    figures: z.array(z.object({ name: z.string(), value: z.number() })),
    evidenceClips: ShownEvidence.optional(),
    /** What earlier files call them: read for one version more. */
    behind: ShownEvidence.optional(),
  })
  .transform(({ behind, ...finding }) => ({ evidenceClips: behind, ...finding }));
export type ShownFinding = z.infer<typeof ShownFinding>;

/** The audit's file; what more it holds is left alone. */
export const AuditFile = z.object({
  model: z.object({ id: z.string() }),
  verdict: z.object({ level: z.string(), words: z.string() }),
  clips: z.number().int(),
  findings: z.array(ShownFinding),
});
export type AuditFile = z.infer<typeof AuditFile>;

/** The audit of the chosen model; null where there is none. */
export const audit = signal<AuditFile | null>(null);

/** Asks for the audit of a model. */
export async function loadAudit(key: string): Promise<void> {
  audit.value = await ask(`models/${key}/audit.json`, AuditFile);
}
