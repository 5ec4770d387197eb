// WHERE class by class, worked by hand: two people side by side, of whom one waves and one bends.
import { describe, expect, it } from 'vitest';
import { actingFrames } from '../../src/evaluate/reports/whereReport.js';
import { actorClips } from '../../src/evaluate/actorClips.js';
import {
  EvaluationReport,
  evaluationReport,
  pairedReport,
  type ClipRecord,
} from '../../src/evaluate/index.js';
import { sampledFrameMap, sampledTubeIou, sampledVideoMap } from '../../src/evaluate/sampledMaps.js';
import { whereByClass } from '../../src/evaluate/reports/whereByClass.js';
import { classAt, trueBoxesAt, type TruthClip } from '../../src/truth.js';
import { classFrameScore } from '../../src/metrics/spatial.js';
import type { Actor, Box } from '../../src/result.js';

const left: Box = [0, 0, 40, 40];
const right: Box = [60, 0, 100, 40];
/** 40 x 40, half of it on `left`: IoU 800 / 2400 = 1/3, its centre (40, 20) on the edge. */
const half: Box = [20, 0, 60, 40];
const classes = ['wave', 'bend'];

const framesOf = (boxes: (Box | null)[]): TruthClip['frames'] =>
  boxes.map((box, index) => ({ index, timeSeconds: index, box }));

const truth: TruthClip = {
  ...{ label: 'wave', startSeconds: 0, endSeconds: 4, width: 100, height: 40 },
  frames: framesOf([left, left, left, left]),
  actors: [
    { label: 'wave', frames: framesOf([left, left, left, left]) },
    { label: 'bend', frames: framesOf([right, right, null, null]) },
  ],
};

const actor = (
  label: string,
  score: number,
  boxes: (Box | null)[],
  times: [number, number][] = [],
): Actor => ({
  ...{ label, score, boxes },
  segments: times.map(([startSeconds, endSeconds]) => ({ startSeconds, endSeconds, score: 1 })),
});

function record(actors: Actor[] | undefined, change: Partial<ClipRecord> = {}): ClipRecord {
  return {
    ...{ clip: 'a.mp4', label: 'wave', labels: classes, durationSeconds: 4, probabilities: [0.6, 0.4] },
    frames: [0, 1, 2, 3].map((index) => ({
      ...{ index, timeSeconds: index, weight: 0.25 },
      box: right,
      point: [80, 20] as const,
    })),
    ...{ segments: [], truth },
    ...(actors && { actors }),
    ...change,
  };
}

const good = [
  actor('wave', 0.6, [left, left, left, left], [[0, 4]]),
  actor('bend', 0.4, [right, left, right, right], [[0, 1.5]]),
];
const all = Int32Array.of(0);
const noDraws = (): Int32Array[] => [];

describe('true boxes of a frame', () => {
  it('are those of every thing, each with its class', () => {
    expect(trueBoxesAt(truth, { index: 1, timeSeconds: 1 })).toEqual([
      { label: 'wave', box: left },
      { label: 'bend', box: right },
    ]);
    expect(trueBoxesAt(truth, { index: 2, timeSeconds: 2 })).toEqual([{ label: 'wave', box: left }]);
  });

  it('are of the class that lasts, where one thing does several classes in turn', () => {
    const instances = [
      { label: 'wave', startSeconds: 0, endSeconds: 1.5 },
      { label: 'bend', startSeconds: 1.6, endSeconds: 2.4 },
    ];
    const turns = { ...truth, actors: undefined, instances };
    expect([1, 2, 3].map((t) => classAt(turns, t))).toEqual(['wave', 'bend', 'wave']);
    expect(trueBoxesAt(turns, { index: 2, timeSeconds: 2 })).toEqual([{ label: 'bend', box: left }]);
    // Two at once: whose the one box is, nobody says.
    instances[0]!.endSeconds = 4;
    expect(classAt(turns, 2)).toBe('wave');
  });
});

describe('the box that knows no class', () => {
  it('may lie on any true box of the frame; by the old count on the first thing alone', () => {
    // It lies on the person who bends, on frames 0 and 1.
    const hits = (rule: 'any' | 'first') =>
      evaluationReport([record(undefined)], { classes, truthRule: rule, bootstrapSamples: 0 }).where!;
    expect(hits('any').figures['iou0.5'].value).toBe(2 / 4);
    expect(hits('any').figures.pointing.value).toBe(2 / 4);
    expect(hits('first').figures['iou0.5'].value).toBe(0);
    expect(hits('first').truthRule).toBe('first');
    expect(actingFrames(record(undefined), 'any')[0]!.truth).toEqual([left, right]);
    expect(actingFrames(record(undefined), 'first')[0]!.truth).toEqual([left]);
  });
});

describe('classFrameScore', () => {
  const score = (predicted: Box | null, own: Box[], others: Box[]) =>
    classFrameScore({ predicted, own, others });

  it('asks for the centre in a true box of the class, and for more overlap than with any other', () => {
    expect(score(left, [left], [right])).toEqual({ iou: 1, isPlaced: true });
    expect(score(right, [left], [right])).toEqual({ iou: 0, isPlaced: false });
    expect(score(half, [left], [right])).toEqual({ iou: 1 / 3, isPlaced: true });
    // [30,0,70,40]: the centre (50, 20) is in neither.
    expect(score([30, 0, 70, 40], [left], [right])).toMatchObject({ isPlaced: false });
    // The whole picture has its centre in a thing in the middle, but overlaps the larger thing beside it more.
    const small: Box = [45, 15, 55, 25];
    expect(score([0, 0, 100, 40], [small], [left])).toMatchObject({ isPlaced: false });
    expect(score(null, [left], [])).toEqual({ iou: 0, isPlaced: false });
  });

  it('takes any thing of the class, and a thing that does two classes for no other', () => {
    expect(score(right, [left, right], [])).toEqual({ iou: 1, isPlaced: true });
    expect(score(left, [left], [left])).toEqual({ iou: 1, isPlaced: true });
  });
});

describe('whereByClass', () => {
  it('counts each true class of each frame, beside boxes that look at no picture but know the classes', () => {
    // wave on 4 frames, all right; bend on 2, of which one lies on the other person.
    const report = whereByClass([record(good)], classes, noDraws)!;
    expect([report.clips, report.frames]).toEqual([1, 6]);
    expect(report.figures.place.value).toBe(5 / 6);
    expect(report.figures.meanIou.value).toBe(5 / 6);
    // The centre of the picture, (50, 20), is in nobody.
    expect(report.figures.place.trivial).toEqual({ 'centre box': 0, 'whole frame': 0 });
    // The whole frame: 1600 / 4000 with either.
    expect(report.figures.meanIou.trivial['whole frame']).toBeCloseTo(0.4, 12);
    expect(report.perClass).toEqual([
      { label: 'bend', frames: 2, place: 0.5, meanIou: 0.5 },
      { label: 'wave', frames: 4, place: 1, meanIou: 1 },
    ]);
  });

  it('counts a class without an actor as missed, and leaves out classes that the model does not know', () => {
    const { figures, perClass } = whereByClass([record(good.slice(0, 1))], classes, noDraws)!;
    expect(figures.place.value).toBe(4 / 6);
    expect(perClass[0]).toEqual({ label: 'bend', frames: 2, place: 0, meanIou: 0 });
    expect(whereByClass([record(good)], ['wave'], noDraws)!.frames).toBe(4);
  });

  it('is not told without actors or without true boxes', () => {
    expect(whereByClass([record(undefined)], classes, noDraws)).toBeUndefined();
    expect(whereByClass([record(good, { truth: undefined })], classes, noDraws)).toBeUndefined();
  });

  it('stands in the report, in its words and its form, and in the comparison of two models', () => {
    const report = evaluationReport([record(good)], { classes, bootstrapSamples: 20 });
    expect(report.where!.byClass!.figures.place).toMatchObject({ value: 5 / 6, verdict: 'above' });
    expect(EvaluationReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    const paired = pairedReport([record(good)], [record(good.slice(0, 1))], {
      ...{ classes, model: 'a', against: 'b', samples: 20 },
    });
    expect(paired.figures.find(({ name }) => name === 'place by class')).toMatchObject({
      value: 5 / 6,
      other: 4 / 6,
    });
  });
});

describe('mAP of actors on sampled frames', () => {
  it('frame by frame: of a class, each box is ranked by the score of its actor', () => {
    const [clip] = actorClips([record(good)], classes);
    // wave: 4 of 4. bend: boxes on 4 frames of equal score, in order hit, miss, miss, miss; 2 are true.
    // Trapezia from (recall 0, precision 1): the one hit adds (1 + 1) / 2 / 2 = 1/2.
    expect(sampledFrameMap([clip!], 0.5)(all)).toBeCloseTo((1 + 1 / 2) / 2, 12);
  });

  it('tube by tube: the segment of bend has IoU 1 and 0 on the two frames of the true one', () => {
    const [clip] = actorClips([record(good)], classes);
    expect(sampledVideoMap([clip!], 0.5)(all)).toBe(1);
    expect(sampledVideoMap([clip!], 0.6)(all)).toBe(0.5);
    // Without segments the actor's tube is the whole clip: (1 + 0) / 4.
    const whole = [good[0]!, { ...good[1]!, segments: [] }];
    expect(sampledVideoMap(actorClips([record(whole)], classes), 0.3)(all)).toBe(0.5);
    expect(sampledVideoMap(actorClips([record(whole)], classes), 0.25)(all)).toBe(1);
  });

  it('tubes overlap by the boxes of both over the frames of either', () => {
    expect(
      sampledTubeIou({ boxes: [left, half, null, null] }, { boxes: [left, left, right, null] }),
    ).toBeCloseTo((1 + 1 / 3) / 3, 12);
    expect(sampledTubeIou({ boxes: [null] }, { boxes: [null] })).toBe(0);
  });
});
