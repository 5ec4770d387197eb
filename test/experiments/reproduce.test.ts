// Small sets in the official forms, made from synthetic clips: what is reproduced means nothing, how it is done is real.
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reproduce, type ReproduceRun } from '../../src/experiments/reproduce/run.js';
import { ReproduceReport } from '../../src/experiments/reproduce/summary.js';
import { writeReproduction } from '../../src/experiments/reproduce/writeReport.js';
import { precisionAtRecall } from '../../src/experiments/reproduce/outcome.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

let folder: string;
const inside = (...parts: string[]) => join(folder, ...parts);

/** As small as a recipe gets; the attention that goes with the small backbone. */
const recipe: ReproduceRun['recipe'] = {
  frames: 4,
  epochs: 1,
  batch: 4,
  validation: 0,
  transform: { size: { width: 32, height: 24 } },
  backbone: { kind: 'small', widths: [6, 8], strides: [4, 2] },
  attention: { form: 'joint', hidden: 8, scoreWidth: 4, contextFrames: 1 },
};
const common = () => ({ recipe, threads: 1, cache: inside('cache') });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-reproduce-'));
  await writeTinyWorld(inside('raw'), 4);
  await mkdir(inside('ucf', 'lists'), { recursive: true });
  await writeFile(inside('ucf/lists/classInd.txt'), '1 Left\r\n2 Right\r\n');
  const [train, test]: [string[], string[]] = [[], []];
  for (const [k, label] of ['Left', 'Right'].entries()) {
    await mkdir(inside('ucf/clips', label), { recursive: true });
    for (let i = 0; i < 4; i++) {
      const name = `v_${label}_g0${i + 1}_c01`;
      // The last clip of Right is on the list and not at hand.
      if (k === 0 || i < 3)
        await cp(inside(`raw/${label.toLowerCase()}/clip${i}.mp4`), inside(`ucf/clips/${label}/${name}.mp4`));
      if (i < 2) train.push(`${label}/${name}.avi ${k + 1}`);
      else test.push(`${label}/${name}.avi`);
    }
  }
  for (const split of [1, 2, 3]) {
    await writeFile(inside(`ucf/lists/trainlist0${split}.txt`), train.join('\r\n'));
    await writeFile(inside(`ucf/lists/testlist0${split}.txt`), test.join('\n'));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('reproduce ucf101', () => {
  const options = (): ReproduceRun => ({
    ...common(),
    ...{ name: 'ucf101', data: inside('ucf/clips'), annotations: inside('ucf/lists') },
    ...{ out: inside('ucf101'), seeds: [0, 1], splits: [1, 2] },
  });

  it('goes on after a stop at the runs that are left, and writes figures, plots and what differs', async () => {
    const stop = new AbortController();
    const broken = await reproduce({
      ...options(),
      signal: stop.signal,
      onRun: ({ index }) => index === 2 && stop.abort(),
    });
    expect(broken.status).toBe('interrupted');
    const kept: boolean[] = [];
    const whole = await reproduce({ ...options(), onRun: ({ isKept }) => kept.push(isKept) });
    expect(kept).toEqual([true, true, false, false]);
    const report = await writeReproduction(inside('ucf101'), whole);
    expect(ReproduceReport.parse(JSON.parse(await readFile(inside('ucf101/report.json'), 'utf8')))).toEqual(
      report,
    );
    const [top] = report.figures;
    // Three test clips at hand, two splits and two seeds: every value is a mean of multiples of 1/3.
    expect(top).toMatchObject({ name: 'top-1', paper: 0.8602, trivial: { chance: 0.5 } });
    expect((12 * top!.value) % 1).toBeCloseTo(Math.round(12 * top!.value) % 1, 9);
    expect(top!.perSplit.map(({ split }) => split)).toEqual([1, 2]);
    expect(top!.interval.low).toBeLessThanOrEqual(top!.value);
    expect(report.missing).toBe(1);
    expect(await readFile(inside('ucf101/missing.txt'), 'utf8')).toBe('Right/v_Right_g04_c01.avi\n');
    expect(report.differences).toEqual(
      expect.arrayContaining([
        'backbone.kind: "small" (the recipe: "resnet50")',
        'frames: 4 (the recipe: 50)',
        '2 of 3 official splits',
        '2 of 3 seeds',
      ]),
    );
    const text = await readFile(inside('ucf101/report.md'), 'utf8');
    expect(text).toMatch(/\| top-1 \| \*\*\d+\.\d\*\* .* \| 86\.0 \| chance 50\.0, majority class /);
    for (const { file } of report.plots)
      expect(await readFile(inside('ucf101', file), 'utf8')).toMatch(/<svg[^>]* xmlns="[^"]+"[\s\S]*<\/svg>/);
  });

  it('refuses to go on with other choices', async () => {
    const other = { ...options(), recipe: { ...recipe, epochs: 2 } };
    await expect(reproduce(other)).rejects.toThrow(/ucf101: recipe: .*as it began.*--overwrite/s);
    await expect(reproduce({ ...options(), splits: [4], out: inside('x') })).rejects.toThrow(
      /--splits: .*of 1, 2, 3.*got 4/,
    );
    const bare = { ...options(), annotations: undefined, out: inside('x') };
    await expect(reproduce(bare)).rejects.toThrow(/--annotations: .*official lists or annotations of ucf101/);
  });
});

describe('reproduce folders', () => {
  it('tests every clip once over folds of whole groups', async () => {
    const whole = await reproduce({
      ...common(),
      ...{ name: 'folders', data: inside('raw'), out: inside('folders'), seeds: [0], folds: 2 },
    });
    expect(whole.runs.map(({ run }) => run.id)).toEqual(['fold-1/seed-0', 'fold-2/seed-0']);
    expect(whole.runs.reduce((sum, { outcome }) => sum + outcome.clips.test, 0)).toBe(8);
    const report = await writeReproduction(inside('folders'), whole);
    expect(report.aim).toBeNull();
    expect(report.figures[0]!.deviation).toBeNull();
    expect((8 * report.figures[0]!.value) % 1).toBeCloseTo(0, 9);
  });
});

describe('reproduce thumos14', () => {
  it('cuts clips around true instances, learns those of validation and recalls those of test', async () => {
    await mkdir(inside('thumos/videos'), { recursive: true });
    for (const side of ['test', 'validation']) {
      const short = side === 'test' ? 'test' : 'val';
      await mkdir(inside(`thumos/temporal_annotations_${side}`));
      for (const label of ['Left', 'Right']) {
        const lines = [0, 1].map((i) => `video_${short}_${label}${i}  0.5 1.5`);
        await writeFile(
          inside(`thumos/temporal_annotations_${side}/${label}_${short}.txt`),
          lines.join('\n'),
        );
        for (const i of [0, 1])
          await cp(
            inside(`raw/${label.toLowerCase()}/clip${i + (side === 'test' ? 2 : 0)}.mp4`),
            inside(`thumos/videos/video_${short}_${label}${i}.mp4`),
          );
      }
    }
    const whole = await reproduce({
      ...common(),
      recipe: { ...recipe, frames: 50 },
      ...{ name: 'thumos14', data: inside('thumos/videos'), annotations: inside('thumos') },
      ...{ out: inside('thumos14'), seeds: [0] },
    });
    expect((await stat(inside('thumos14/cut/train/Left/video_val_Left0_500.mp4'))).size).toBeGreaterThan(0);
    const { figures, further } = await writeReproduction(inside('thumos14'), whole);
    expect(figures.map(({ paper }) => paper)).toEqual([0.7, 0.614, 0.486, 0.326, 0.179, null]);
    // At the ends of a 2 s video a clip has 39 frames: uniform weights, 1/39, lie above the scripts' 0.023 and keep them all.
    const { trivial } = figures[0]!;
    expect(trivial['uniform weights']).toBe(trivial['every frame kept']);
    expect(Object.keys(further)).toContain('clips whose kept frames have a true IoU >= 0.5');
  });
});

describe('precisionAtRecall', () => {
  it('is 1 up to half of the recall where one of two true pairs leads and the other is last but one', () => {
    // Pairs by falling score: .9 true, .8 not, .2 true, .1 not: precision 1 at recall 1/2, 2/3 at recall 1.
    const curve = precisionAtRecall([
      { scores: [0.9, 0.1], truth: 0 },
      { scores: [0.8, 0.2], truth: 1 },
    ]);
    expect(curve).toHaveLength(101);
    expect([curve[0], curve[50], curve[51], curve[100]]).toEqual([1, 1, 2 / 3, 2 / 3]);
  });
});
