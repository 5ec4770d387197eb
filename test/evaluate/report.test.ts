import { describe, expect, it } from 'vitest';
import {
  EvaluationReport,
  evaluationReport,
  parseTruth,
  trueBoxAt,
  type ClipRecord,
  type TruthClip,
} from '../../src/evaluate/index.js';

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

  it('says in words when a trivial answer wins', () => {
    const poor = evaluationReport([record({ segments: [] })], { classes });
    expect(poor.when!.figures.meanIou.verdict).toBe('below');
    expect(poor.words).toContain('mean temporal IoU: 0.0 %; a trivial answer wins: middle half (50.0 %)');
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
    expect(a).toEqual(b);
    expect(a!.what.figures.top1.value).toBe(0.5);
    expect(a!.words[0]).toBe('1 of 2 clips have no truth of where and when.');
  });

  it('has no WHERE and no WHEN without truth', () => {
    const plain = evaluationReport([record({ truth: undefined })], { classes });
    expect(plain.where).toBeNull();
    expect(plain.when).toBeNull();
  });

  it('names the clip whose label is unknown', () => {
    expect(() => evaluationReport([record({ label: 'jump' })], { classes })).toThrow(
      /grow\/1.mp4: .* got jump/,
    );
  });
});

describe('truth', () => {
  it('names the field at fault', () => {
    const broken = { version: 1, clips: { 'a.mp4': { ...truth, width: -1 } } };
    expect(() => parseTruth(broken)).toThrow(/truth.json.clips.a.mp4.width/);
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
