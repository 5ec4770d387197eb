// A row a clip in the report, clips that the model has seen in its training, and top-5 where it says something.
import { describe, expect, it } from 'vitest';
import { EvaluationReport, evaluationReport, type ClipRecord } from '../../src/evaluate/index.js';
import { type TruthClip } from '../../src/truth.js';
import { evaluationTable } from '../../src/report/index.js';

const classes = ['grow', 'shrink'];
const truth: TruthClip = {
  ...{ label: 'grow', startSeconds: 2, endSeconds: 4, width: 100, height: 100 },
  frames: [1, 2, 3].map((index) => ({ index, timeSeconds: index, box: index > 1 ? [0, 0, 20, 20] : null })),
};
const record = (clip: string, change: Partial<ClipRecord> = {}): ClipRecord => ({
  ...{ clip, label: 'grow', durationSeconds: 8, probabilities: [0.7, 0.3], segments: [], frames: [] },
  ...change,
});

describe('rows', () => {
  it('tell what was answered on each clip, and how well', () => {
    const full = record('a', {
      truth,
      meanPool: [0.2, 0.8],
      segments: [{ label: 'grow', startSeconds: 2, endSeconds: 5, score: 1 }],
      frames: [1, 2, 3].map((index) => ({
        ...{ index, timeSeconds: index, weight: 1 / 3 },
        box: index === 2 ? [0, 0, 20, 20] : [0, 0, 20, 10],
        point: index === 2 ? [10, 10] : [90, 90],
      })),
    });
    const wrong = record('b', { label: 'shrink', labels: ['shrink', 'jump'] });
    const unknown = record('c', { label: 'jump' });
    const { rows } = evaluationReport([full, wrong, unknown], { classes, bootstrapSamples: 0 });
    expect(rows).toEqual([
      {
        ...{
          clip: 'a',
          label: 'grow',
          answer: 'grow',
          probability: 0.7,
          isRight: true,
          trueProbability: 0.7,
        },
        meanPoolAnswer: 'shrink',
        where: { frames: 2, meanIou: (1 + 0.5) / 2, pointing: 0.5 },
        when: { meanIou: 2 / 3 },
      },
      {
        ...{ clip: 'b', label: 'shrink', labels: ['shrink', 'jump'], answer: 'grow', probability: 0.7 },
        ...{ isRight: false, trueProbability: 0.3 },
      },
      {
        ...{
          clip: 'c',
          label: 'jump',
          answer: 'grow',
          probability: 0.7,
          isRight: null,
          trueProbability: null,
        },
      },
    ]);
  });
});

describe('clips that the model has seen', () => {
  it('are counted by side, marked in their rows and told first', () => {
    const records = [
      record('a', { learnt: 'training' }),
      record('b', { learnt: 'training' }),
      record('c', { learnt: 'validation' }),
      record('d'),
    ];
    const report = evaluationReport(records, { classes });
    expect(report.learnt).toEqual({ training: 2, validation: 1 });
    expect(report.rows!.map(({ learnt }) => learnt)).toEqual([
      'training',
      'training',
      'validation',
      undefined,
    ]);
    const told =
      '2 of 4 clips are clips that the model learnt from, 1 of 4 chose its epoch: figures on clips that it has seen say little of others.';
    expect(report.words[0]).toBe(told);
    expect(evaluationTable(report)).toContain(told);
    expect(EvaluationReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(evaluationReport([record('d')], { classes })).not.toHaveProperty('learnt');
  });
});

describe('figures that say something', () => {
  it('top-5 stands where there are more than five classes', () => {
    const of = (count: number) => {
      const many = Array.from({ length: count }, (_, k) => `class ${k}`);
      const own = record('a', { label: 'class 0', probabilities: many.map((_, k) => (k + 1) / 100) });
      return evaluationReport([own], { classes: many, bootstrapSamples: 0 }).what.figures;
    };
    expect(of(5)).not.toHaveProperty('top5');
    expect(of(6).top5).toMatchObject({ value: 0, trivial: { chance: 5 / 6 } }); // the true class is the last of six
  });

  it('a simple baseline has a column of its own, and only where there is one', () => {
    const plain = evaluationTable(evaluationReport([record('a')], { classes }));
    expect(plain).not.toContain('simple baseline');
    const pool = evaluationTable(evaluationReport([record('a', { meanPool: [0.6, 0.4] })], { classes }));
    expect(pool).toMatch(/best image-blind baseline +simple baseline/);
    expect(pool).toMatch(
      /top-1 .* majority class +not told apart +100\.0 % {2}mean pooling {2}not told apart/,
    );
    expect(pool).toContain(
      'A simple baseline that looks at the pictures too, mean pooling, reaches 100.0 %.',
    );
  });
});
