import { describe, expect, it } from 'vitest';
import {
  EvaluationReport,
  evaluationReport,
  pairedReport,
  type ClipRecord,
} from '../../src/evaluate/index.js';
import { parseTruth } from '../../src/evaluate/soundTruth.js';
import { seedsReport } from '../../src/evaluate/reports/seedsReport.js';
import { trueBoxAt, type TruthClip } from '../../src/truth.js';

const truth: TruthClip = {
  label: 'grow',
  startSeconds: 2,
  endSeconds: 4,
  width: 100,
  height: 100,
  frames: [0, 1, 2, 3, 4, 5, 6, 7].map((t) => ({
    index: t,
    timeSeconds: t,
    box: t === 2 || t === 3 ? [0, 0, 20, 20] : null,
  })),
};

function record(change: Partial<ClipRecord> = {}): ClipRecord {
  return {
    clip: 'grow/1.mp4',
    label: 'grow',
    durationSeconds: 8,
    probabilities: [0.9, 0.1],
    frames: [1, 2, 3].map((t) => ({
      index: t,
      timeSeconds: t,
      box: [0, 0, 20, 20],
      point: [10, 10],
      weight: 1 / 3,
    })),
    segments: [
      { label: 'shrink', startSeconds: 0, endSeconds: 8, score: 1 },
      { label: 'grow', startSeconds: 2, endSeconds: 5, score: 0.5 },
      { label: 'grow', startSeconds: 2, endSeconds: 4, score: 0.4 },
    ],
    truth,
    ...change,
  };
}

const classes = ['grow', 'shrink'];

describe('evaluationReport', () => {
  const report = evaluationReport([record()], { classes, training: { labels: classes, truth: [truth] } });

  it('counts acting frames only and sets the centre box beside each figure', () => {
    // The centre box [25,25,75,75] misses [0,0,20,20]; the whole frame covers it with IoU 400 / 10000.
    expect(report.where?.frames).toBe(2);
    const figure = report.where!.figures['iou0.3'];
    expect(figure.value).toBe(1);
    expect(figure.trivial['centre box']).toBe(0);
    expect(report.where!.figures.meanIou.trivial['whole frame']).toBeCloseTo(0.04, 12);
    expect(report.where!.figures.pointing.trivial).toMatchObject({ 'centre box': 0, 'whole frame': 0 });
  });

  it('takes the true class segment of highest score: [2,5] against [2,4] is 2/3', () => {
    const { meanIou } = report.when!.figures;
    expect(meanIou.value).toBeCloseTo(2 / 3, 12);
    expect(meanIou.trivial['whole clip']).toBeCloseTo(2 / 8, 12);
    expect(meanIou.trivial['middle half']).toBeCloseTo(2 / 4, 12); // [2,6] against [2,4]
    expect(meanIou.verdict).toBe('above');
  });

  it('says in words when an image-blind baseline wins', () => {
    const poor = evaluationReport([record({ segments: [] })], { classes });
    expect(poor.when!.figures.meanIou.verdict).toBe('below');
    expect(poor.words).toContain(
      'mean temporal IoU: 0.0 %; an image-blind baseline wins: middle half (50.0 %)',
    );
    expect(poor.where!.constantBox.fittedOn).toBe('the evaluated clips');
  });

  it('is of the published form and survives JSON', () => {
    expect(EvaluationReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it('does not depend on the order of clips', () => {
    const wrong = record({ label: 'shrink', truth: undefined, frames: [] });
    const [a, b] = [
      [record(), wrong],
      [wrong, record()],
    ].map((records) => evaluationReport(records, { classes, bootstrapSamples: 0 }));
    expect({ ...a, rows: b!.rows }).toEqual(b); // rows stand in the order of the clips
    expect(a!.rows).toEqual(b!.rows!.toReversed());
    expect(a!.what.figures.top1.value).toBe(0.5);
    expect(a!.words[0]).toBe('1 of 2 clips have no truth of where and when.');
  });

  it('has no WHERE and no WHEN without truth', () => {
    const plain = evaluationReport([record({ truth: undefined })], { classes });
    expect(plain.where).toBeNull();
    expect(plain.when).toBeNull();
  });

  it('counts a clip of an unknown action for WHERE alone, and says so', () => {
    const jump = record({ clip: 'jump/1.mp4', label: 'jump', truth: { ...truth, label: 'jump' } });
    const mixed = evaluationReport([record(), jump], { classes, bootstrapSamples: 0 });
    expect([mixed.clips, mixed.unknownAction, mixed.what.clips, mixed.when!.clips]).toEqual([2, 1, 1, 1]);
    expect(mixed.where!.frames).toBe(4);
    expect(mixed.what.figures).toEqual(
      evaluationReport([record()], { classes, bootstrapSamples: 0 }).what.figures,
    );
    expect(mixed.words[0]).toBe(
      '1 of 2 clips are of an action that the model does not know: they count for WHERE alone.',
    );
    expect(EvaluationReport.parse(JSON.parse(JSON.stringify(mixed)))).toEqual(mixed);
  });

  it('names a clip where the model knows the action of none', () => {
    expect(() => evaluationReport([record({ label: 'jump' })], { classes })).toThrow(
      /grow\/1.mp4: .*\(grow, shrink\), got jump/,
    );
  });
});

describe('what stands beside the figures', () => {
  const clip = (name: string, label: string, probabilities: number[], change: Partial<ClipRecord> = {}) =>
    record({ clip: name, label, probabilities, truth: undefined, ...change });

  it('sets the mean pool apart from answers that look at no picture, and says when it is better', () => {
    const records = [
      clip('a', 'grow', [0.4, 0.6], { meanPool: [0.9, 0.1] }),
      clip('b', 'shrink', [0.1, 0.9], { meanPool: [0.2, 0.8] }),
    ];
    const { top1 } = evaluationReport(records, { classes }).what.figures;
    expect(top1).toMatchObject({
      value: 0.5,
      best: { name: 'majority class', value: 0.5 },
      verdict: 'level',
    });
    // The other way on a half of the draws of two clips: not told apart, though every clip alone is as good or better.
    expect(top1.simple).toMatchObject({ name: 'mean pooling', value: 1, lead: -0.5, verdict: 'level' });
    const wrong = [1, 2, 3].map((i) => clip(`${i}`, 'grow', [0.4, 0.6], { meanPool: [0.9, 0.1] }));
    const { words, what } = evaluationReport(wrong, { classes });
    expect(what.figures.top1.simple!.verdict).toBe('below');
    expect(words).toContain('top-1: 0.0 %; a simple baseline is better: mean pooling (100.0 %)');
    const one = evaluationReport([records[0]!, clip('b', 'shrink', [0, 1])], { classes });
    expect(one.what.figures.top1.simple).toBeUndefined();
  });

  it('scales by the temperature of validation: at 2 odds of 9 to 1 become 3 to 1', () => {
    const { what, words } = evaluationReport([clip('a', 'grow', [0.9, 0.1])], { classes, temperature: 2 });
    expect(what.scaled!.nll).toBeCloseTo(-Math.log(3 / 4), 12);
    expect(what.scaled!.ece).toBeCloseTo(1 - 3 / 4, 12);
    expect(what.calibration.ece).toBeCloseTo(1 - 0.9, 12);
    expect(words.at(-1)).toMatch(/^Calibration error 10.0 %; 25.0 % after the temperature 2.00/);
  });

  it('counts mAP over all classes of a clip, beside one order for all', () => {
    // grow: ranks a (true), b (not), c (true)
    const records = [
      clip('a', 'grow', [0.9, 0.1], { labels: ['grow', 'shrink'] }),
      clip('b', 'shrink', [0.4, 0.6]),
      clip('c', 'grow', [0.2, 0.8]),
    ];
    const { manyLabels } = evaluationReport(records, { classes }).what;
    // shrink is true of a and b: ranks c (not), b (1/2), a (2/3)
    expect(manyLabels!.AP['grow']).toBeCloseTo((1 + 2 / 3) / 2, 12);
    expect(manyLabels!.AP['shrink']).toBeCloseTo((1 / 2 + 2 / 3) / 2, 12);
    expect(manyLabels!.mAP.best).toEqual({ name: 'one order for all', value: 2 / 3 });
  });

  it('weighs acting frames beside uniform weights, and kept frames beside all of them', () => {
    // Frames at 1, 2, 3 s, the last two within [2,4): weights .2, .5, .3; above uniform (1/3) lies one of the two.
    const frames = record().frames.map((frame, i) => ({ ...frame, weight: [0.2, 0.5, 0.3][i]! }));
    const { weightInside, keptIou } = evaluationReport([record({ frames })], { classes }).when!.figures;
    expect(weightInside!.value).toBeCloseTo(0.8, 12);
    expect(weightInside!.trivial['uniform weights']).toBeCloseTo(2 / 3, 12);
    expect(keptIou!.value).toBeCloseTo(1 / 2, 12);
    expect(keptIou!.best).toMatchObject({ name: 'every frame kept', value: 2 / 3 });
  });
});

describe('pairedReport', () => {
  const answers = (isRight: (i: number) => boolean) =>
    Array.from({ length: 40 }, (_, i) =>
      record({
        clip: `${i}`,
        label: classes[i % 2]!,
        probabilities: (i % 2 === 0) === isRight(i) ? [1, 0] : [0, 1],
      }),
    );
  const options = { classes, model: 'ours', against: 'theirs' };

  it('tells apart what differs on many clips, and nothing from itself', () => {
    const better = pairedReport(
      answers(() => true),
      answers((i) => i % 4 !== 0),
      options,
    );
    expect(better.figures[0]).toMatchObject({
      name: 'top-1',
      clips: 40,
      value: 1,
      other: 0.75,
      verdict: 'better',
    });
    expect(better.figures[0]!.difference).toBeCloseTo(0.25, 12);
    expect(better.words[0]).toMatch(/^top-1: 100.0 % against 75.0 %, 25.0 points \(.*\): better$/);
    const same = pairedReport(
      answers((i) => i % 3 === 0),
      answers((i) => i % 3 === 0),
      options,
    );
    for (const figure of same.figures)
      expect(figure).toMatchObject({ difference: 0, verdict: 'not told apart' });
    expect(same.figures.map(({ name }) => name)).toContain('mean temporal IoU');
  });

  it('counts the clips that both answered and refuses none', () => {
    const all = answers(() => true);
    expect(pairedReport(all, all.slice(0, 7), options).clips).toBe(7);
    expect(() => pairedReport(all, [record({ clip: 'other' })], options)).toThrow(
      /that both models answered/,
    );
  });
});

describe('seedsReport', () => {
  it('gives mean and deviation over models: 0.5 and 1 are 0.75 +- 0.354', () => {
    const right = record({ clip: 'a' });
    const wrong = record({ clip: 'b', probabilities: [0.1, 0.9] });
    const reports = [
      [right, wrong],
      [right, right],
    ].map((records, i) => ({
      model: `seed-${i}`,
      report: evaluationReport(records, { classes, bootstrapSamples: 0 }),
    }));
    const { figures, models } = seedsReport(reports);
    expect(models).toHaveLength(2);
    expect(figures['what.top1']).toMatchObject({ values: [0.5, 1], mean: 0.75, verdict: 'below' });
    expect(figures['what.top1']!.deviation).toBeCloseTo(Math.SQRT1_2 / 2, 12);
  });
});

describe('truth', () => {
  it('names the field at fault', () => {
    const broken = { version: 1, clips: { 'a.mp4': { ...truth, width: -1 } } };
    expect(() => parseTruth(broken)).toThrow(/^truth\.json > clips > a\.mp4 > width: /);
    expect(() => parseTruth({ version: 1, clips: { 'a.mp4': { ...truth, endSeconds: 1 } } })).toThrow(
      /endSeconds must not lie before startSeconds/,
    );
  });

  it('finds the true box by index, or by the nearest time', () => {
    expect(trueBoxAt(truth, { index: 2, timeSeconds: 99 })).toEqual([0, 0, 20, 20]);
    expect(trueBoxAt(truth, { timeSeconds: 2.4 })).toEqual([0, 0, 20, 20]);
    expect(trueBoxAt(truth, { timeSeconds: 20 })).toBeNull();
    expect(trueBoxAt(truth, { index: 5, timeSeconds: 2 })).toBeNull();
  });
});
