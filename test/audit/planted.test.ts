// Each fault is planted in a model or in its data, and must be found; a model without one must pass.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit, AuditReport, writeAudit } from '../../src/audit/index.js';
import { auditHtml } from '../../src/audit/auditHtml.js';
import { auditWords } from '../../src/audit/auditWords.js';
import { failing, type CheckName } from '../../src/audit/finding.js';
import { readModelFolder, writeModelFolder } from '../../src/savedModel/index.js';
import { modelParameters } from '../../src/savedModel/modelFolder.js';
import { initialise } from '../../src/model/index.js';
import { Random } from '../../src/random.js';
import { train, type RecipeInput } from '../../src/train/index.js';
import { runCommand } from '../cli/runCommand.js';
import { worldClasses, writeWorld } from './worlds.js';

const recipe: RecipeInput = {
  frames: 8,
  transform: { size: { width: 48, height: 48 } },
  backbone: { kind: 'small', widths: [12, 24], strides: [4, 1] },
  attention: { form: 'joint', hidden: 16, scoreWidth: 16, contextFrames: 1 },
  batch: 6,
  epochs: 8,
  learningRate: 4e-3,
  patience: 0,
};

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);
const found = ({ findings }: AuditReport, check: CheckName) => findings.find((one) => one.check === check)!;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-audit-'));
  for (const world of ['discs', 'logo'] as const) {
    await writeWorld(at(world, 'train'), world, { clips: world === 'discs' ? 20 : 24, seed: 1 });
    await writeWorld(at(world, 'test'), world, { clips: 8, seed: 2 });
  }
}, 400_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a model that learnt the action', () => {
  let report: AuditReport;

  beforeAll(async () => {
    await train({ data: at('discs', 'train'), out: at('discs', 'model'), recipe, threads: 1 });
    report = await audit({ model: at('discs', 'model'), data: at('discs', 'test') });
  }, 400_000);

  test('has no fault and no warning', () => {
    const bad = report.findings.filter(({ level }) => level === 'fault' || level === 'warning');
    expect(bad.map(({ check, words }) => `${check}: ${words}`)).toEqual([]);
    expect(report.verdict.level).toBe('pass');
    expect(report.clips).toBe(8 * worldClasses.discs.length);
  });

  test('loses its answer without what is highlighted, and keeps it without the rest', () => {
    const [highlighted, others] = found(report, 'where-not-causal').figures;
    expect(highlighted!.value).toBeGreaterThan(0.3);
    expect(Math.abs(others!.value)).toBeLessThan(0.1);
  });

  test('is reported in one checked form, in words and as a page that can fetch nothing', async () => {
    expect(AuditReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(auditWords(report)).toMatch(/^Every check that applies was passed\. 24 clips/);
    await writeAudit(at('audit.html'), report);
    const page = await readFile(at('audit.html'), 'utf8');
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page.match(/class="level pass"/g)).toHaveLength(report.findings.length);
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    expect(auditHtml(report, '')).toContain('Frames, deletion');
  });

  test('is not learnt, says the audit, once its weights are random', async () => {
    const { config } = await readModelFolder(at('discs', 'model'));
    const tensors = initialise(modelParameters(config), Random.from(5, 'random weights'));
    await writeModelFolder(at('random'), { config, tensors });
    const random = await audit({ model: at('random'), data: at('discs', 'test') });
    expect(found(random, 'not-learnt').level).toBe('fault');
    expect(found(random, 'where-not-causal').level).not.toBe('pass');
    expect(random.verdict.words).toMatch(/^Do not trust this explanation yet/);
    expect(failing(random.findings, { level: 'fault', checks: [] }).length).toBeGreaterThan(0);
  }, 300_000);
});

describe('a corner logo that gives the class away', () => {
  let report: AuditReport;

  beforeAll(async () => {
    await train({
      data: at('logo', 'train'),
      out: at('logo', 'model'),
      threads: 1,
      recipe: { ...recipe, epochs: 12, learningRate: 5e-3, losses: { totalVariation: 0 } },
    });
    report = await audit({ model: at('logo', 'model'), data: at('logo', 'test') });
  }, 400_000);

  test('is found as a shortcut of its class, at its corner', () => {
    const { level, words } = found(report, 'shortcut');
    expect(level, words).toBe('fault');
    expect(words).toMatch(/home hangs on the upper left corner/);
    expect(words).not.toMatch(/away hangs/);
    const { clips } = found(report, 'shortcut').evidenceClips!;
    expect(clips.length).toBeGreaterThanOrEqual(4); // a class is looked at from four right clips on
    expect(clips.filter(({ name }) => !name.startsWith('home/'))).toEqual([]);
  });

  test('and the regulariser that was given weight 0 is called dead, alone', () => {
    const { level, words } = found(report, 'dead-regulariser');
    expect(level).toBe('warning');
    expect(words).toMatch(/^Dead: totalVariation has weight 0, which the run was asked for\. At work/);
  });

  test('fails a run of the command only where --fail-on asks for it', async () => {
    const args = ['audit', at('logo', 'model'), at('logo', 'test'), '--clips', '16'];
    const strict = await runCommand(...args, '--fail-on', 'shortcut', '--json', '--report', at('logo.html'));
    expect(strict.code, strict.stderr).toBe(1);
    expect(AuditReport.parse(JSON.parse(strict.stdout)).clips).toBe(16);
    const kept = AuditReport.parse(JSON.parse(await readFile(at('logo', 'model', 'audit.json'), 'utf8')));
    expect(kept).toEqual(JSON.parse(strict.stdout)); // where `serve` finds it
    expect(strict.stderr).toMatch(/failed by --fail-on: shortcut \(fault\)/);
    const lenient = await runCommand(...args, '--fail-on', 'saturated-masks', '--out', at('elsewhere.json'));
    expect(lenient.code, lenient.stderr).toBe(0);
    expect(lenient.stdout).toMatch(/FAULT +shortcut/);
    expect(AuditReport.parse(JSON.parse(await readFile(at('elsewhere.json'), 'utf8'))).clips).toBe(16);
    const wrong = await runCommand(...args, '--fail-on', 'everything');
    expect(wrong.code).toBe(2);
  }, 400_000);
});

test('a head whose weights stay uniform is found', async () => {
  await train({
    data: at('discs', 'train'),
    out: at('uniform'),
    threads: 1,
    recipe: {
      ...recipe,
      attention: { form: 'pooled', hidden: 12, maskChannels: [12, 12] },
      zeros: ['score.weight', 'score.bias'],
      factors: { score: { rate: 0, decay: 0 } },
      epochs: 2,
    },
  });
  const report = await audit({ model: at('uniform'), data: at('discs', 'test'), clips: 9 });
  const { level, words } = found(report, 'uniform-weights');
  expect(level, words).toBe('fault');
  expect(words).toMatch(/never leave uniform: WHEN is read from them and says nothing/);
  const { figures, evidenceClips } = found(report, 'uniform-weights');
  const distances = evidenceClips!.clips.map(({ value }) => value); // of all nine clips: their mean is the figure
  expect(distances).toHaveLength(9);
  expect(distances.reduce((sum, one) => sum + one, 0) / 9).toBeCloseTo(figures[0]!.value, 9);
  expect(distances).toEqual([...distances].sort((a, b) => a - b)); // the nearest to uniform first
}, 400_000);
