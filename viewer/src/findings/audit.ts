// What the audit of a model found, read loosely: the file is the audit's own, and another version may say more.
import { computed, signal } from '@preact/signals';
import { z } from 'zod';
import { ask } from '../source.js';

/** One finding: what, how bad, in words, and the clips that show it. */
export const Finding = z.looseObject({
  kind: z.string(),
  severity: z.string().optional(),
  text: z.string(),
  clips: z.array(z.string()).optional(),
});
export type Finding = z.infer<typeof Finding>;

/** The audit's file as far as the page needs it. */
export const AuditFile = z.looseObject({ findings: z.array(Finding) });
export type AuditFile = z.infer<typeof AuditFile>;

/** The findings on the chosen model; empty where it was not audited. */
export const findings = signal<Finding[]>([]);

/** Names of clips that some finding shows. */
export const faultyClips = computed(() => new Set(findings.value.flatMap(({ clips = [] }) => clips)));

/** Asks for the findings of a model. */
export async function loadFindings(key: string): Promise<void> {
  findings.value = (await ask(`models/${key}/audit.json`, AuditFile)).findings;
}
