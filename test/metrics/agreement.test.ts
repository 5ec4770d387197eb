import { describe, expect, it } from 'vitest';
import { cohensKappa } from '../../src/metrics/agreement.js';
import { frameAgreement, timeBudget } from '../../src/metrics/index.js';

const at = (label: string, startSeconds: number, endSeconds: number) => ({ label, startSeconds, endSeconds });

describe('cohensKappa', () => {
  it('is what agreement there is above chance', () => {
    // Of 50 items both say yes 20 times and no 15 times; one yes 25, the other 30: po = .7, pe = .5 .6 + .5 .4 = .5
    const items = [
      ...Array.from({ length: 20 }, () => ['yes', 'yes'] as const),
      ...Array.from({ length: 5 }, () => ['yes', 'no'] as const),
      ...Array.from({ length: 10 }, () => ['no', 'yes'] as const),
      ...Array.from({ length: 15 }, () => ['no', 'no'] as const),
    ];
    const { observed, kappa } = cohensKappa(items);
    expect(observed).toBeCloseTo(0.7, 12);
    expect(kappa).toBeCloseTo(0.4, 12);
  });

  it('has no value where both always say the same one thing, or nothing is rated', () => {
    expect(
      cohensKappa([
        ['a', 'a'],
        ['a', 'a'],
      ]),
    ).toEqual({ observed: 1, kappa: null });
    expect(cohensKappa([])).toEqual({ observed: 0, kappa: null });
  });
});

describe('frameAgreement', () => {
  const options = { durationSeconds: 10, frameRate: 1 };

  it('counts frames whose middles lie in a stretch', () => {
    // Scorer: run on frames 0 to 3. Answer: run on frames 2 to 5. Both say run on 2, nothing on 4: po = .6
    const { frames, observed, kappa, classes } = frameAgreement(
      [at('run', 2, 6)],
      [at('run', 0, 4)],
      options,
    );
    expect([frames, observed]).toEqual([10, 0.6]);
    // pe = .4 .4 + .6 .6 = .52, kappa = (.6 - .52) / .48
    expect(kappa).toBeCloseTo(0.08 / 0.48, 12);
    expect(classes).toEqual([{ label: 'run', kappa, precision: 0.5, recall: 0.5, f1: 0.5 }]);
  });

  it('takes the middle of a frame, not more of it', () => {
    // Of frames 0 to 3 the middles 2.5 and 3.5 lie in 1.55 to 3.55.
    const [run] = frameAgreement([at('run', 1.55, 3.55)], [at('run', 0, 4)], options).classes;
    expect(run).toMatchObject({ precision: 1, recall: 0.5 });
  });

  it('takes each class by itself, and all of a frame together', () => {
    const scorer = [at('run', 0, 5), at('eat', 5, 10)];
    const { kappa, classes } = frameAgreement([at('run', 0, 5)], scorer, options);
    expect(classes.map(({ label, f1, precision }) => [label, f1, precision])).toEqual([
      ['eat', 0, null],
      ['run', 1, 1],
    ]);
    // Both say run on 5 of 10 frames; on the others eat against nothing: pe = .5 .5, kappa = (.5 - .25) / .75
    expect(kappa).toBeCloseTo(1 / 3, 12);
  });

  it('puts an edge that is a middle but for rounding on the same side at any rate', () => {
    // 0.1 * 25 = 2.5: frame 2 has its middle at the start, and belongs to the stretch; 0.3 * 25 = 7.5: frame 7 does not
    const { classes } = frameAgreement([at('run', 0.1, 0.3)], [at('run', 2 / 25, 7 / 25)], {
      durationSeconds: 1,
      frameRate: 25,
    });
    expect(classes[0]!.f1).toBe(1);
  });

  it('refuses a clip without frames', () => {
    for (const durationSeconds of [0, Infinity, NaN])
      expect(() => frameAgreement([], [], { durationSeconds, frameRate: 25 })).toThrow(
        /a length and a frame rate above 0/,
      );
  });
});

describe('timeBudget', () => {
  it('joins stretches that overlap or touch, cuts them at the end and counts bouts', () => {
    const stretches = [at('run', 0, 2), at('run', 1, 3), at('run', 3, 4), at('run', 8, 12), at('eat', 5, 5)];
    expect(timeBudget(stretches, 10)).toEqual([
      { label: 'eat', seconds: 0, share: 0, bouts: 1, meanSeconds: 0 },
      { label: 'run', seconds: 6, share: 0.6, bouts: 2, meanSeconds: 3 },
    ]);
  });
});
