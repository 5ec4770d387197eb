import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ModelConfig } from '../../src/model/index.js';
import { backboneIn, keepBackbone, ownBackboneFile } from '../../src/savedModel/ownBackbone.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-own-backbone-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const configOf = (file: string) =>
  ({ backbone: { kind: 'onnx', precision: 'int8', file } }) as unknown as ModelConfig;

it('keeps the very file, also where that of another calibration lies there, as long as it', async () => {
  const [first, second] = [join(folder, 'first.onnx'), join(folder, 'second.onnx')];
  await writeFile(first, 'calibrated on monday');
  await writeFile(second, 'calibrated on sunday');
  for (const file of [first, second]) {
    const kept = await keepBackbone(folder, configOf(file));
    expect(kept.backbone.file).toBe(ownBackboneFile);
    expect(await readFile(join(folder, ownBackboneFile), 'utf8')).toBe(await readFile(file, 'utf8'));
    expect(backboneIn(folder, kept).backbone.file).toBe(join(folder, ownBackboneFile));
  }
});
