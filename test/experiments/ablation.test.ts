import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ablate,
  type Ablation,
  type AblationOptions,
  type RowName,
  type RowRun,
} from '../../src/experiments/ablation/ablate.js';
import { ablationMarkdown } from '../../src/experiments/ablation/markdown.js';
import { answerOfGroup } from '../../src/experiments/ablation/answers.js';
import { tableOf } from '../../src/experiments/ablation/table.js';
import type { RowMeasures } from '../../src/experiments/ablation/measureRow.js';
import { parseRecipe, type RecipeInput } from '../../src/train/index.js';
import { variantNames, withVariant } from '../../src/train/recipe/variants.js';
import { runCommand } from '../cli/runCommand.js';
import { writeWorld } from '../audit/worlds.js';

describe('variants', () => {
  const base: RecipeInput = {
    backbone: { kind: 'model', file: 'somewhere' },
    attention: { form: 'pooled', hidden: 8, maskChannels: [6, 4] },
    losses: { contrast: 0.5 },
  };

  test.each(variantNames)('%s is a recipe that can be trained by', (name) => {
    expect(() => parseRecipe(withVariant(base, name))).not.toThrow();
  });

  test('change what they name and keep the rest', () => {
    const { attention, losses } = withVariant(base, 'unimodal-sqrt');
    expect(attention).toEqual(base.attention);
    expect(losses).toEqual({ contrast: 0.5, unimodalForm: 'sqrt' });
    expect(withVariant(base, 'mask-4-layers').attention).toMatchObject({ maskChannels: [6, 4, 4] });
    expect(withVariant(base, 'mask-1-layer').attention).toMatchObject({ maskChannels: [] });
    expect(withVariant(base, 'form-tanh-inverse').attention).toMatchObject({
      ...{ form: 'recurrent-tanh', hidden: 8, startChannels: 8, scoreWidth: 8 },
      ...{ maskChannels: [6, 4], inverseFrames: true },
    });
  });

  test('an unknown one is wrong use', () => {
    expect(() => withVariant(base, 'toString')).toThrow(/--variant: a variant: no-spatial, .* got toString/);
  });
});

/** An ablation with made figures: `change` is added to those of the full row. */
function made(change: Partial<Record<RowName, Partial<RowMeasures>>>): Ablation {
  const usual: RowMeasures = {
    ...{ correct: 0.5, crossEntropy: 1, area: 0.4, binary: 0.2, roughness: 0.1, peaks: 2, framesInUse: 7 },
    ...{ fromUniform: 0.5, betweenSteps: 0.01 },
  };
  const runOf = (name: RowName, seed: number): RowRun => ({
    ...{ version: 1, name, seed, key: '', failure: null, scoreMoved: 0.1, parameters: 10, seconds: 1 },
    clips: Array.from({ length: 30 }, (_, i) => {
      const noise = (i % 5) / 500;
      const own = Object.entries({ ...usual, ...change[name] });
      return Object.fromEntries(own.map(([key, value]) => [key, value + noise])) as unknown as RowMeasures;
    }),
  });
  const names = ['full', ...(Object.keys(change) as RowName[])] as RowName[];
  return {
    options: {
      ...{ data: 'd', groups: ['contrast', 'forms'], form: 'pooled', seeds: 2, epochs: 1, frames: 8 },
      ...{ hidden: 4, test: 0.3 },
    },
    backbone: 'small',
    clips: { train: 60, test: 30 },
    classes: ['a', 'b'],
    rows: names.map((name) => ({ name, runs: [runOf(name, 0), runOf(name, 1)] })),
    status: 'done',
  };
}

describe('answers', () => {
  const answer = (rows: Parameters<typeof made>[0], group: 'contrast' | 'forms'): string =>
    answerOfGroup(tableOf(made(rows)), group).join(' ');

  test('do not take two seeds that say the opposite for one answer', () => {
    const both = made({ 'contrast-1': { area: 0.7 } }); // 0.4 in the full row
    const [, second] = both.rows.find(({ name }) => name === 'contrast-1')!.runs;
    for (const clip of second!.clips) clip.area -= 0.5; // 0.2 and its noise
    const table = tableOf(both);
    const area = table.rows.find(({ name }) => name === 'contrast-1')!.figures.area!;
    expect(area.bySeed!.map((one) => Math.round(10 * one))).toEqual([3, -2]);
    expect(area.difference!.interval.low).toBeGreaterThan(0); // the clips alone would be sure of +0.05
    expect(answerOfGroup(table, 'contrast')[0]).toMatch(
      /^Not the same way with every seed: at weight 1 the area changes by \+30.0 points, -20.0 points \(/,
    );
  });

  test('follow the figures: contrast that grows, shrinks or leaves the area', () => {
    const grown = answer({ 'contrast-1': { area: 0.9, binary: 0.95 } }, 'contrast');
    expect(grown).toMatch(/^Yes, at weight 1 it enlarges the foreground \(mask area 90\.4 % against 40\.4 %/);
    expect(grown).toMatch(/and it makes masks binary/);
    const shrunk = answer({ 'contrast-1': { area: 0.1 } }, 'contrast');
    expect(shrunk).toMatch(/^No: at weight 1 the foreground shrinks/);
    expect(shrunk).toMatch(/does not make masks more binary/);
    expect(answer({ 'contrast-1': {} }, 'contrast')).toMatch(/^Not seen: at weight 1/);
  });

  test('name rows that are told apart in accuracy, and leave the others open', () => {
    const text = answer(
      { 'form-mean': { correct: 0.7 }, 'form-convlstm': { correct: 0.2 }, 'form-joint': {} },
      'forms',
    );
    expect(text).toMatch(/More accurate than the full model \(50\.4 %\): mean pool \(\+20\.0 points/);
    expect(text).toMatch(/Less accurate .*: ConvLSTM without attention \(-30\.0 points/);
    expect(text).toMatch(/Not told apart from it in accuracy: joint attention \(ours\)/);
  });

  test('say of a score whether it has a say and whether it moves', () => {
    const rows = made({
      'form-additive': { betweenSteps: -0.002 },
      'form-tanh': {},
      'form-additive-detached': {},
    });
    const table = tableOf(rows);
    table.rows.find(({ name }) => name === 'form-additive')!.figures.betweenSteps!.value = 5e-8;
    table.rows.find(({ name }) => name === 'form-additive-detached')!.scoreMoved = 0;
    const text = answerOfGroup(table, 'forms').join(' ');
    expect(text).toMatch(/additive score \(paper\): weights differ .* 5\.0e-8, that is not at all/);
    expect(text).toMatch(/tanh score: weights differ between steps by 1\.4e-2\./);
    expect(text).toMatch(/move by 0\.0e\+0 in training: temporal attention learns nothing/);
  });

  test('count trainings whose loss was not finite, and leave them out of the figures', () => {
    const rows = made({ 'contrast-1': { area: 0.9 } });
    rows.rows[1]!.runs[0] = { ...rows.rows[1]!.runs[0]!, failure: 'no finite loss', clips: [] };
    const table = tableOf(rows);
    expect(table.rows[1]).toMatchObject({ seeds: 1, failures: 1 });
    expect(answerOfGroup(table, 'contrast').at(-1)).toBe(
      'The loss did not stay finite: contrast 1 (1 of 2 trainings).',
    );
  });

  test('a table has a row for each variant, and marks what is told apart', () => {
    const text = ablationMarkdown(tableOf(made({ 'contrast-1': { area: 0.9 } })));
    expect(text).toMatch(/## Does the contrast term enlarge the foreground\?/);
    expect(text).toMatch(/\| full model \| 50\.4 % ± 0\.0 \|/);
    expect(text).toMatch(/\| contrast 1 \(`contrast-1`\) .*\*\*90\.4 %\*\*/);
  });
});

describe('a run', () => {
  let folder: string;
  const at = (...names: string[]): string => join(folder, ...names);
  const options = (): AblationOptions => ({
    ...{ data: at('data'), out: at('out'), groups: ['forms'], form: 'recurrent-tanh', seeds: 1, epochs: 1 },
    ...{ frames: 4, hidden: 4, test: 0.3, backboneEpochs: 1, threads: 1 },
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wherewhen-ablation-'));
    await writeWorld(at('data'), 'discs', { clips: 8, seed: 1 });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('trains each form on the same features, goes on where it stopped, and tells the forms apart', async () => {
    const stop = new AbortController();
    const before: string[] = [];
    const first = await ablate({
      ...options(),
      signal: stop.signal,
      onRow: ({ name }) => {
        before.push(name);
        if (before.length === 3) stop.abort();
      },
    });
    expect(first.status).toBe('interrupted');
    const counts: number[] = [];
    const whole = await ablate({ ...options(), onRow: ({ reused }) => counts.push(reused) });
    expect(counts.slice(0, 4)).toEqual([1, 2, 3, 3]);
    const names = whole.rows.map(({ name }) => name);
    expect(names).not.toContain('form-tanh'); // it is the full model itself
    expect(names).toContain('form-mean');
    const { rows } = tableOf(whole);
    const row = (name: RowName) => rows.find((one) => one.name === name)!;
    expect(row('form-additive').figures.betweenSteps!.value).toBeLessThan(1e-6);
    expect(row('full').figures.betweenSteps!.value).toBeGreaterThan(
      5 * row('form-additive').figures.betweenSteps!.value,
    );
    expect(row('form-additive-detached').scoreMoved).toBeLessThan(1e-6);
    expect(row('form-additive').scoreMoved).toBeGreaterThan(1e-5);
    const kept = JSON.parse(await readFile(at('out', 'results', 'full-0.json'), 'utf8')) as RowRun;
    expect(kept.clips).toHaveLength(whole.clips.test);
    await expect(stat(at('out', 'rows', 'full-0', 'model.safetensors'))).resolves.toBeTruthy();
  }, 400_000);

  test('of the command refuses a group that there is not', async () => {
    const { code, stderr } = await runCommand(
      'ablate',
      at('data'),
      '--out',
      at('cli'),
      '--rows',
      'forms,nonsense',
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/expected groups among paper, forms/);
  });
});
