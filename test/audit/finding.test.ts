// Findings as they lie in `audit.json`, earlier ones too.
import { expect, it } from 'vitest';
import { AuditFinding } from '../../src/audit/finding.js';

it('an earlier file calls the evidence clips `behind`, and is read all the same', () => {
  const rest = { check: 'shortcut', level: 'fault', words: 'home hangs on one corner', figures: [] };
  const evidenceClips = { measure: 'share of the place', clips: [{ name: 'home/1.mp4', value: 0.8 }] };
  expect(AuditFinding.parse({ ...rest, behind: evidenceClips })).toEqual({ ...rest, evidenceClips });
  expect(AuditFinding.parse({ ...rest, evidenceClips })).toEqual({ ...rest, evidenceClips });
  expect(AuditFinding.parse(rest)).toEqual(rest);
});
