// What the audit of a model found (`wherewhen audit MODEL DATA --json > MODEL/audit.json`), as far as the page shows it.
import { signal } from '@preact/signals';
import { z } from 'zod';
import type { Filter } from '../browse/rows.js';
import { ask } from '../source.js';

/** One finding: which check, how it came out, in words, and the figures. */
export const Finding = z.object({
  check: z.string(),
  level: z.enum(['fault', 'warning', 'note', 'pass']),
  words: z.string(),
  figures: z.array(z.object({ name: z.string(), value: z.number() })),
});
export type Finding = z.infer<typeof Finding>;

/** The audit's file; what more it holds is left alone. */
export const AuditFile = z.object({
  verdict: z.object({ level: z.string(), words: z.string() }),
  clips: z.number().int(),
  findings: z.array(Finding),
});
export type AuditFile = z.infer<typeof AuditFile>;

/** The audit of the chosen model; null where there is none. */
export const audit = signal<AuditFile | null>(null);

/** Asks for the audit of a model. */
export async function loadAudit(key: string): Promise<void> {
  audit.value = await ask(`models/${key}/audit.json`, AuditFile);
}

/** Which clips show best what a check is about: those that are worst at it, first. */
export function clipsFor(check: string): Partial<Filter> {
  if (/^(when|uniform|same-every)/.test(check)) return { order: 'when' };
  if (/^(where|saturated|shortcut)/.test(check)) return { order: 'where' };
  return { outcome: 'wrong', order: 'sure' };
}
