import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../src/model/index.js';
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

  it.skipIf(folders.length === 0)('fail where one expected number is changed', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'wherewhen-reference-'));
    try {
      cpSync(folders[0]!, copy, { recursive: true, dereference: true, mode: 0 });
      const path = join(copy, 'changed.safetensors');
      const { tensors } = decodeSafetensors(readFileSync(join(copy, 'expected.safetensors')), path);
      tensors['after.classifier.bias']!.data[0] = Number(tensors['after.classifier.bias']!.data[0]) + 0.01;
      rmSync(join(copy, 'expected.safetensors'), { force: true });
      writeFileSync(join(copy, 'expected.safetensors'), encodeSafetensors(tensors));
      const { faults } = await runCase(copy);
      expect(faults).toEqual([expect.stringMatching(/^after\.classifier\.bias\[0\] is /)]);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});
