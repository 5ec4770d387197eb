import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCases, referenceFolder } from './cases.js';
import { runCase } from './runCase.js';

const folders = findCases();

describe('PyTorch reference numbers', () => {
  if (folders.length === 0) {
    it.skip(`skipped: no case.json under ${referenceFolder} (set WHEREWHEN_REFERENCE)`, () => undefined);
  }
  it.each(folders.map((folder) => [basename(folder), folder]))(
    '%s agrees in every number',
    async (_, folder) => {
      const { faults, compared } = await runCase(folder);
      expect(faults).toEqual([]);
      expect(compared).toBeGreaterThan(0);
    },
  );
});
