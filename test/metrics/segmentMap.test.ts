import { describe, expect, it } from 'vitest';
import { activitynetMap } from '../../src/metrics/index.js';
import { evaluationReport, type ClipRecord } from '../../src/evaluate/index.js';
import { replaced, segmentMap, type SegmentClip } from '../../src/metrics/segmentMap.js';
import { Random } from '../../src/random.js';

const stretch = (label: string, startSeconds: number, endSeconds: number) => ({
  ...{ label, startSeconds, endSeconds },
});
const all = (clips: readonly unknown[]): Int32Array => Int32Array.from(clips, (_, i) => i);

describe('segmentMap', () => {
  const clips: SegmentClip[] = [
    {
      truth: [stretch('run', 0, 4), stretch('jump', 6, 8)],
      segments: [
        { ...stretch('run', 0, 3), score: 0.9 }, // IoU 3/4
        { ...stretch('run', 1, 4), score: 0.8 }, // IoU 3/4, but the true one is taken
        { ...stretch('jump', 5, 9), score: 0.4 }, // IoU 2/4
      ],
    },
    { truth: [stretch('run', 2, 4)], segments: [{ ...stretch('run', 2, 5), score: 0.5 }] }, // IoU 2/3
  ];

  it('is the mean AP over classes: run (1 + 2/3) / 2 of hit, miss, hit; jump 1 where half is enough', () => {
    expect(segmentMap(clips, 0.5)(all(clips))).toBeCloseTo((5 / 6 + 1) / 2, 12);
    expect(segmentMap(clips, 0.7)(all(clips))).toBeCloseTo((1 / 2 + 0) / 2, 12); // the second run is missed too
  });

  it('leaves out a class that is true in none of the clips that count, and counts a clip twice that is drawn twice', () => {
    expect(segmentMap(clips, 0.5)(Int32Array.of(1))).toBe(1);
    // Two copies of the first clip: hit, hit, miss, miss of two.
    expect(segmentMap(clips, 0.7)(Int32Array.of(0, 0))).toBeCloseTo((1 + 0) / 2, 12);
  });

  it('agrees with the ActivityNet rules on drawn detections', () => {
    const random = Random.from(4, 'segments');
    const labels = ['run', 'jump', 'fly'];
    const drawn = (): ReturnType<typeof stretch> => {
      const start = random.uniform(0, 8);
      return stretch(random.pick(labels), start, start + random.uniform(1, 4));
    };
    const many = Array.from({ length: 12 }, (): SegmentClip => {
      const truth = Array.from({ length: random.integer(1, 4) }, drawn);
      const near = truth.map((one) => ({ ...one, endSeconds: one.endSeconds + random.uniform(0, 2) }));
      const found = [...near, drawn(), drawn()];
      return { truth, segments: found.map((one) => ({ ...one, score: random.uniform() })) };
    });
    const listed = <T>(of: (clip: SegmentClip) => readonly T[]) =>
      many.flatMap((clip, i) => of(clip).map((one) => ({ ...one, video: `${i}` })));
    const { thresholds } = activitynetMap(
      listed(({ segments }) => segments),
      listed(({ truth }) => truth),
      [0.3, 0.5, 0.7],
    );
    for (const { threshold, mAP } of thresholds) {
      expect(mAP).toBeGreaterThan(0);
      expect(segmentMap(many, threshold)(all(many))).toBeCloseTo(mAP, 12);
    }
  });

  it('puts another stretch in the place of each answered class, with its best score', () => {
    expect(replaced(clips[0]!, { startSeconds: 0, endSeconds: 9 }).segments).toEqual([
      { ...stretch('run', 0, 9), score: 0.9 },
      { ...stretch('jump', 0, 9), score: 0.4 },
    ]);
  });
});

describe('the report of clips with two actions', () => {
  const frames = [0.5, 2.5, 4.5, 6.5].map((timeSeconds) => ({
    ...{ timeSeconds, box: null, point: null, weight: 0.25 },
  }));
  const record: ClipRecord = {
    clip: 'run/1.mp4',
    label: 'run',
    labels: ['run', 'jump'],
    durationSeconds: 8,
    probabilities: [0.4, 0.5, 0.1],
    frames,
    segments: [
      { ...stretch('run', 0, 3), score: 0.4 },
      { ...stretch('jump', 6, 8), score: 0.5 },
    ],
    truth: {
      ...stretch('run', 0, 4),
      ...{ width: 10, height: 10, frames: [] },
      instances: [stretch('run', 0, 4), stretch('jump', 6, 8), stretch('Ambiguous', 0, 8)],
    },
  };
  const classes = ['run', 'jump', 'fly'];
  const { what, when, words } = evaluationReport([record], { classes });

  it('scores every class: IoU 3/4 and 1, mAP 1, the whole clip 4/8 and 2/8', () => {
    expect(when!.figures.meanIou.value).toBeCloseTo((3 / 4 + 1) / 2, 12);
    expect(when!.figures.meanIou.trivial['whole clip']).toBeCloseTo((4 / 8 + 2 / 8) / 2, 12);
    expect(when!.figures['recall0.5'].name).toBe('actions with temporal IoU >= 0.5');
    expect(when!.figures['map0.5']!.value).toBe(1);
    expect(when!.figures['map0.5']!.trivial['whole clip, same classes']).toBeCloseTo(1 / 2, 12);
    expect(when!.figures['map0.7']!.trivial['whole clip, same classes']).toBe(0);
    // Of four even weights those at 0.5 s, 2.5 s and 6.5 s lie on one of the two actions.
    expect(when!.figures.weightInside!.value).toBeCloseTo(3 / 4, 12);
  });

  it('takes one of its classes for a right answer, which guessing finds in two of three cases', () => {
    expect(what.figures.top1.value).toBe(1);
    expect(what.figures.top1.trivial.chance).toBeCloseTo(2 / 3, 12);
    expect(what.confusion.counts[1]![1]).toBe(1);
    expect(words).toContain(
      '1 clips have several classes: top-1 asks for one of them, mAP counts all of them.',
    );
    const wrong = evaluationReport([{ ...record, probabilities: [0.2, 0.3, 0.5] }], { classes });
    expect(wrong.what.figures.top1.value).toBe(0);
  });

  it('has no segment mAP where every clip has one happening', () => {
    const alone = { ...record.truth!, instances: undefined };
    const { when: one } = evaluationReport([{ ...record, labels: undefined, truth: alone }], { classes });
    expect(Object.keys(one!.figures)).not.toContain('map0.5');
    expect(one!.figures['recall0.5'].name).toBe('clips with temporal IoU >= 0.5');
  });
});
