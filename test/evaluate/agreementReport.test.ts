// Agreement with a scorer in the report of `evaluate`: two clips counted by hand, in JSON, as text and as HTML.
import { describe, expect, it } from 'vitest';
import { EvaluationReport, evaluationReport, type ClipRecord } from '../../src/evaluate/index.js';
import { seedsReport } from '../../src/evaluate/reports/seedsReport.js';
import { type TruthInstance } from '../../src/truth.js';
import { evaluationHtml } from '../../src/report/evaluationHtml.js';
import { evaluationTable } from '../../src/report/index.js';

const classes = ['eat', 'run'];

function record(clip: string, frameRate: number, scorer: TruthInstance, answer: TruthInstance): ClipRecord {
  return {
    ...{ clip, label: scorer.label, durationSeconds: 10, frameRate, frames: [] },
    probabilities: classes.map((label) => (label === answer.label ? 0.9 : 0.1)),
    segments: [{ ...answer, score: 1 }],
    truth: { ...scorer, width: 8, height: 8, frames: [], instances: [scorer] },
  };
}
const at = (label: string, startSeconds: number, endSeconds: number) => ({ label, startSeconds, endSeconds });

// a has 10 frames, b 20. Both say run on 2 of a and nothing on 4; of the rest each alone says run on 2. In b the scorer
// sees eat throughout, the answer in the first half.
const records = [
  record('a.mp4', 1, at('run', 0, 4), at('run', 2, 6)),
  record('b.mp4', 2, at('eat', 0, 10), at('eat', 0, 5)),
];
const report = evaluationReport(records, { classes });

describe('agreement with the scorer', () => {
  it('counts the frames of all clips together', () => {
    const { clips, frames, observed, kappa, figures } = report.agreement!;
    expect([clips, frames]).toEqual([2, 30]);
    expect(observed).toBeCloseTo((2 + 4 + 10) / 30, 12);
    // The answer says run 4, eat 10, nothing 16 times, the scorer 4, 20 and 6: pe = (16 + 200 + 96) / 900
    expect(kappa).toBeCloseTo((480 - 312) / (900 - 312), 12);
    expect(figures.kappa).toMatchObject({ unit: 'coefficient', value: kappa });
    expect(figures.meanF1.value).toBeCloseTo((2 / 3 + 1 / 2) / 2, 12);
  });

  it('sets the answered classes over the whole clip beside it, and says that they win', () => {
    // run on all 10 frames of a, eat on all of b: po = 24 / 30, pe = (10 * 4 + 20 * 20) / 900
    const { kappa } = report.agreement!.figures;
    expect(kappa!.best.name).toBe('whole clip, same classes');
    expect(kappa!.best.value).toBeCloseTo((720 - 440) / (900 - 440), 12);
    expect(report.words).toContain(
      "Cohen's kappa: 0.29; an image-blind baseline wins: whole clip, same classes (0.61)",
    );
  });

  it('gives F1 and the time of each class by scorer and answer', () => {
    const [eat, run] = report.agreement!.perClass;
    expect(eat).toMatchObject({
      ...{ label: 'eat', precision: 1, recall: 0.5 },
      scorer: { seconds: 10, share: 0.5, bouts: 1, meanSeconds: 10 },
      answer: { seconds: 5, share: 0.25, bouts: 1, meanSeconds: 5 },
    });
    expect(run).toMatchObject({ label: 'run', f1: 0.5, scorer: { seconds: 4 }, answer: { seconds: 4 } });
  });

  it('counts moments as bouts of no length, and not the stretches that are not to be judged', () => {
    const own = records[0]!;
    const instances = [at('run', 0, 4), at('eat', 5, 5), at('Ambiguous', 6, 8)];
    const { perClass } = evaluationReport([{ ...own, truth: { ...own.truth!, instances } }], {
      classes,
    }).agreement!;
    expect(perClass.map(({ label, scorer }) => [label, scorer.bouts, scorer.seconds])).toEqual([
      ['eat', 1, 0],
      ['run', 1, 4],
    ]);
  });

  it('takes the extent of a class where nothing else is told, but not that of a whole clip', () => {
    const own = records[0]!;
    const told = (endSeconds: number) =>
      evaluationReport(
        [{ ...own, truth: { ...own.truth!, instances: undefined, startSeconds: 0, endSeconds } }],
        { classes },
      ).agreement;
    expect(told(4)!.perClass[0]).toMatchObject({ label: 'run', scorer: { seconds: 4 } });
    expect(told(10)).toBeUndefined();
  });

  it('is left out without stretches, and has no kappa where both always say the same', () => {
    expect(evaluationReport([{ ...records[0]!, truth: undefined }], { classes }).agreement).toBeUndefined();
    const same = record('c.mp4', 5, at('run', 0, 10), at('run', 0, 10));
    const { kappa, observed, figures } = evaluationReport([same], { classes }).agreement!;
    expect([kappa, observed, figures.kappa]).toEqual([null, 1, undefined]);
  });

  it('stands in the text, the HTML, the JSON form and the mean over models', () => {
    const text = evaluationTable(report);
    expect(text).toMatch(/SCORER +frames on which both tell the same +53\.3 %/);
    expect(text).toMatch(
      /Cohen's kappa +0\.29 .* 0\.61 {2}whole clip, same classes +IMAGE-BLIND BASELINE WINS/,
    );
    expect(text).toContain('on 30 frames of 2 clips');
    expect(text).toMatch(
      /eat +66\.7 % +100\.0 % +50\.0 % +0\.\d\d +10\.0 s \(50\.0 %\) +5\.0 s \(25\.0 %\) +1 \/ 1/,
    );
    const html = evaluationHtml(report);
    expect(html).toContain('<th scope="row">eat</th><td>66.7 %</td>');
    expect(html).toContain('Cohen&#39;s kappa</th><td>0.29</td>');
    expect(EvaluationReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    const { figures, words } = seedsReport([{ model: 'a', report }]);
    expect(figures['agreement.kappa']).toMatchObject({ unit: 'coefficient', verdict: 'below' });
    expect(words.join()).toContain("Cohen's kappa: 0.29 in the mean; an image-blind baseline wins");
  });
});
