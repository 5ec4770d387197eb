import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DetectionReport, EvaluationReport } from '../../src/evaluate/index.js';
import { ScriptReport } from '../../src/evaluate/reports/scriptReports.js';
import { SplitsReport } from '../../src/evaluate/reports/splitsReport.js';
import { writeTinyModel } from '../savedModel/tinyModel.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';
import { runCommand } from './runCommand.js';

const annotations = process.env['WHEREWHEN_ANNOTATIONS'] ?? '../shared/annotations';
const at = (...parts: string[]) => join(annotations, ...parts);
if (!existsSync(annotations)) console.warn(`skipped: no ${annotations} (WHEREWHEN_ANNOTATIONS)`);

describe.skipIf(!existsSync(annotations))('evaluate --protocol on official files', () => {
  type Expected = Record<string, Record<string, { mAP: number; AP: Record<string, number> }>>;

  it.each([
    ['thumos14', 'thumos14-official', 0.3, 'scnn_det_nms_for_tiou_0.3.json', 3358],
    ['thumos14', 'thumos14-official', 0.5, 'scnn_det_nms_for_tiou_0.5.txt', 3358],
    ['activitynet', 'activitynet', 0.3, 'scnn_det_nms_for_tiou_0.3.json', 3311],
    ['activitynet', 'activitynet', 0.5, 'scnn_det_nms_for_tiou_0.5.txt', 3311],
  ])(
    '%s prints the AP of every class as %s does at %d',
    async (protocol, rules, threshold, file, segments) => {
      const { code, stdout, stderr } = await runCommand(
        ...['evaluate', '--protocol', protocol, '--detections', at('detections', file)],
        ...['--annotations', at('thumos14'), '--thresholds', `${threshold}`, '--json'],
      );
      expect(code, stderr).toBe(0);
      const report = DetectionReport.parse(JSON.parse(stdout));
      const text = await readFile(at('detections/expected.json'), 'utf8');
      const expected = (JSON.parse(text) as Expected)[rules]![threshold]!;
      const [own] = report.thresholds;
      expect(report.segments).toBe(segments);
      expect(Object.keys(own!.AP).sort()).toEqual(Object.keys(expected.AP).sort());
      for (const [label, ap] of Object.entries(expected.AP))
        expect(Math.abs(own!.AP[label]! - ap), label).toBeLessThan(1e-9);
      expect(Math.abs(own!.mAP - expected.mAP)).toBeLessThan(1e-9);
      expect(Object.keys(own!.trivial)).toHaveLength(3);
    },
  );

  it('ucf101-24-script without a model prints what constant boxes reach beside the paper', async () => {
    const { code, stdout } = await runCommand(
      ...['evaluate', '--protocol', 'ucf101-24-script', '--annotations', at('ucf101-24')],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/14521 frames of 910 videos/);
    expect(stdout).toMatch(/paper +67\.0 +56\.1 +34\.1 +17\.7/);
    expect(stdout).toMatch(/centre box +91\.2 +82\.5 +62\.9 +43\.7/);
    expect(stdout).toMatch(/whole frame +76\.3 +55\.1 +25\.4 +9\.9/);
    expect(stdout).toMatch(/reached by an image-blind baseline at 0\.05, 0\.1, 0\.2, 0\.3/);
  });
});

describe('evaluate --protocol with a model', () => {
  let folder: string;
  const inside = (...parts: string[]) => join(folder, ...parts);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wherewhen-protocol-'));
    await writeTinyModel(inside('model'), ['left', 'right']);
    await writeTinyModel(inside('model50'), ['left', 'right'], { frames: 50 });
    await writeTinyWorld(inside('data'), 2);
    await mkdir(inside('videos'));
    await cp(inside('data/left/clip0.mp4'), inside('videos/v1.mp4'));
    await cp(inside('data/right/clip0.mp4'), inside('videos/v2.mp4'));
    await mkdir(inside('truth'));
    await writeFile(inside('truth/left_test.txt'), 'v1  0.2 1.4\r\nv3  0.0 1.0\r\n');
    await writeFile(inside('truth/right_test.txt'), 'v2  0.5 1.0');
    await mkdir(inside('lists'));
    await writeFile(inside('lists/left_test_split1.txt'), 'clip0.avi 1 \nclip1.avi 2 \n');
    await writeFile(inside('lists/right_test_split1.txt'), 'clip0.avi 2 \nclip1.avi 1 \n');
    for (const split of [2, 3]) {
      await writeFile(inside(`lists/left_test_split${split}.txt`), 'clip0.avi 2 \nclip1.avi 1 \n');
      await writeFile(inside(`lists/right_test_split${split}.txt`), 'clip0.avi 1 \nclip1.avi 0 \n');
    }
    for (const split of [1, 2, 3])
      await cp(inside('model'), inside(`of-split-${split}`), { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('scores its segments against the videos at hand and says which are not', async () => {
    const { code, stdout, stderr } = await runCommand(
      ...['evaluate', inside('model'), inside('videos'), '--protocol', 'thumos14'],
      ...['--annotations', inside('truth'), '--json'],
    );
    expect(code, stderr).toBe(0);
    const report = DetectionReport.parse(JSON.parse(stdout));
    expect(report).toMatchObject({ videos: 2, segments: 2 });
    expect(report.detections).toBeGreaterThan(0);
    expect(stderr).toMatch(/1 of 3 videos are not in .*videos and are not counted/);
  });

  it('looks at them in windows where asked, and refuses that for clips', async () => {
    const { code, stdout, stderr } = await runCommand(
      ...['evaluate', inside('model'), inside('videos'), '--protocol', 'thumos14'],
      ...['--annotations', inside('truth'), '--windows', '0.8', '--json'],
    );
    expect(code, stderr).toBe(0);
    expect(DetectionReport.parse(JSON.parse(stdout))).toMatchObject({ videos: 2, segments: 2 });
    const other = await runCommand('evaluate', inside('model'), inside('data'), '--windows', '0.8');
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/--windows: --protocol thumos14 or activitynet beside it/);
  });

  it('cuts clips of fifty frames around true instances', async () => {
    const args = ['--protocol', 'thumos14-script', '--annotations', inside('truth')];
    const { code, stdout, stderr } = await runCommand(
      ...['evaluate', inside('model50'), inside('videos'), ...args, '--json'],
    );
    expect(code, stderr).toBe(0);
    expect(ScriptReport.parse(JSON.parse(stdout))).toMatchObject({ items: 2, videos: 2 });
    const other = await runCommand('evaluate', inside('model'), inside('videos'), ...args);
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/a model of 50 frames, as the clips of this protocol have, got 4/);
  });

  it('scores the test clips of one official split, whatever their ending', async () => {
    const { code, stdout, stderr } = await runCommand(
      ...['evaluate', inside('model'), inside('data'), '--protocol', 'hmdb51', '--split', '1'],
      ...['--annotations', inside('lists'), '--json'],
    );
    expect(code, stderr).toBe(0);
    const report = SplitsReport.parse(JSON.parse(stdout));
    expect(report.splits[0]).toMatchObject({ train: 2, test: 2, answered: 2, trivial: { chance: 0.5 } });
    expect(report.words[0]).toBe('The protocol is the mean over 3 splits; here 1 of them.');
  });

  it('scores plain clips of a list: its test side, its boxes and times, and every class of a clip', async () => {
    const list = [
      { clip: 'left/clip0', label: 'left', subset: 'test', start: 0.5, end: 1 },
      { clip: 'left/clip0', label: 'right', subset: 'test' },
      { clip: 'clip1.avi', label: 'right', subset: 'train' },
      { clip: 'right/clip0.mov', label: 'right', subset: 'test' },
    ];
    await writeFile(inside('list.json'), JSON.stringify(list));
    const args = ['--annotations', inside('list.json'), '--json'];
    const many = await runCommand('evaluate', inside('model'), inside('data'), ...args);
    expect(many.code).toBe(1);
    expect(many.stderr).toMatch(/one clip called clip1.avi, got 2: left\/clip1, right\/clip1/);
    list[2]!.clip = 'right/clip1.avi';
    await writeFile(inside('list.json'), JSON.stringify([...list, { ...list[3]!, clip: 'gone' }]));
    const { code, stdout, stderr } = await runCommand('evaluate', inside('model'), inside('data'), ...args);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/1 of 4 listed clips are not in .*data: gone/);
    const report = EvaluationReport.parse(JSON.parse(stdout));
    expect(report).toMatchObject({ clips: 2, when: { clips: 1 } });
  });

  it('sets one model against another on the same clips, and sums up several of one training', async () => {
    await mkdir(inside('seeds'));
    for (const seed of [0, 1]) await cp(inside('model'), inside(`seeds/seed-${seed}`), { recursive: true });
    const paired = await runCommand(
      ...['evaluate', inside('model'), inside('data'), '--against', inside('seeds/seed-1'), '--json'],
    );
    expect(paired.code, paired.stderr).toBe(0);
    const { against } = EvaluationReport.parse(JSON.parse(paired.stdout));
    expect(against).toMatchObject({ clips: 4 });
    expect(against!.figures[0]).toMatchObject({
      name: 'top-1',
      difference: 0,
      p: 1,
      verdict: 'not told apart',
    });
    const several = await runCommand('evaluate', inside('seeds'), inside('data'));
    expect(several.code, several.stderr).toBe(0);
    expect(several.stdout).toMatch(/^2 models: seed-0, seed-1\n/);
    expect(several.stdout).toMatch(/top-1 +\d+\.\d % +0\.0 /);
  });

  it('takes a model a split, and gives the mean over three', async () => {
    const { code, stdout, stderr } = await runCommand(
      ...['evaluate', inside('of-split-{split}'), inside('data'), '--protocol', 'hmdb51'],
      ...['--annotations', inside('lists'), '--json'],
    );
    expect(code, stderr).toBe(0);
    const { splits, mean } = SplitsReport.parse(JSON.parse(stdout));
    expect(splits.map(({ test, answered }) => [test, answered])).toEqual([
      [2, 2],
      [1, 1],
      [1, 1],
    ]);
    expect(mean).toBeCloseTo((splits[0]!.top1! + splits[1]!.top1! + splits[2]!.top1!) / 3, 12);
  });

  it.each([
    [['--protocol', 'thumos15', '--annotations', 'x'], /one of clips, ucf101, .*, got thumos15/],
    [['--protocol', 'thumos14'], /--annotations: to be given with a named protocol/],
    [['--protocol', 'thumos14', '--annotations', 'truth'], /a file of detections, or a model and its videos/],
    [
      ['--protocol', 'ucf101', '--annotations', 'x', '--detections', 'y'],
      /the protocol thumos14 or activity/,
    ],
    [['--annotations', 'x'], /a model and a folder of clips, got neither/],
    [['--detections', 'x'], /--protocol: to be given/],
    [[], /a model and a folder of clips, got neither/],
  ])('refuses %j on one line with exit code 2', async (args, pattern) => {
    const full = args.map((arg) => (arg === 'truth' ? inside('truth') : arg));
    const { code, stdout, stderr } = await runCommand('evaluate', ...full);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(
      stderr
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('error: ')),
    ).toHaveLength(1);
    expect(stderr).toMatch(pattern);
  });
});
