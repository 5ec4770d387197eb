import { describe, expect, it } from 'vitest';
import { evaluationReport } from '../../src/evaluate/index.js';
import { classFreeActors, parseResult, type Actor, type Box, type Result } from '../../src/result.js';
import {
  actorSentences,
  answerSentence,
  percent,
  placeOf,
  placePath,
  seconds,
  sentences,
  words,
} from '../../src/page/sentences.js';
import { isShown } from '../../src/page/actors.js';
import { evaluationTable } from '../../src/report/index.js';

const PICTURE = { width: 90, height: 90 };

function result(boxes: (Box | null)[], change: Partial<Result> = {}): Result {
  const answer = {
    clip: 'a.mp4',
    model: { id: 'm', attention: 'joint', backbone: 'small' },
    video: { ...PICTURE, frames: 50, durationSeconds: 5, frameRate: 10, damagedFrames: 0, missingFrames: 0 },
    classes: [
      { label: 'Diving', probability: 0.93 },
      { label: 'GolfSwing', probability: 0.05 },
    ],
    frames: boxes.map((box, i) => ({ index: i * 10, timeSeconds: i, weight: 1 / boxes.length, box })),
    segments: [{ label: 'Diving', startSeconds: 1.8, endSeconds: 3.2, score: 0.8 }],
    warnings: [],
    ...change,
  };
  return { ...answer, version: 2, ...classFreeActors(answer), ...change };
}

describe('sentences', () => {
  const upperLeft: Box = [0, 0, 20, 20];

  it('say class, time and place', () => {
    const answer = result([null, null, upperLeft, upperLeft, null]);
    expect(sentences(answer)).toEqual(['Diving, sure (93 %).', 'Diving, upper left, from 1.8 s to 3.2 s.']);
  });

  it('say how a place changes', () => {
    const boxes: Box[] = [
      [0, 40, 10, 50],
      [40, 40, 50, 50],
      [80, 40, 90, 50],
    ];
    expect(placePath(boxes, PICTURE)).toBe('moving from left to right');
    expect(placePath([], PICTURE)).toBe('');
  });

  it('leave the whole clip unsaid, and an actor of whom neither place nor a part of the time is known', () => {
    const whole = { label: 'Diving', startSeconds: 0, endSeconds: 5, score: 1 };
    expect(actorSentences(result([upperLeft], { segments: [whole] }))).toEqual(['Diving, upper left.']);
    expect(actorSentences(result([null], { segments: [whole] }))).toEqual([]);
  });

  const left: Box = [0, 35, 20, 55];
  const right: Box = [70, 35, 90, 55];
  const actor = (label: string, box: Box | null, ...times: [number, number, number?][]): Actor => ({
    ...{ label, score: 1, boxes: new Array<Box | null>(5).fill(box) },
    segments: times.map(([startSeconds, endSeconds, score = 0.8]) => ({ startSeconds, endSeconds, score })),
  });
  const five = new Array<null>(5).fill(null);
  const both = [
    { label: 'bend', probability: 0.6 },
    { label: 'wave', probability: 0.4 },
  ];

  it('say the place of each of two actors, in order of time', () => {
    const actors = [actor('bend', left, [0.4, 5]), actor('wave', right)];
    const answer = result(five, { classes: both, segments: [], actors });
    expect(actorSentences(answer)).toEqual(['Wave, right.', 'Bend, left, from 0.4 s.']);
  });

  it('name the surer of two that begin at once first, and several times of one in one sentence', () => {
    const times: [number, number, number][] = [
      [3, 4, 0.5],
      [0, 1, 0.5],
    ];
    const actors = [actor('bend', left, ...times), actor('wave', null, [0, 2.5, 0.75])];
    expect(actorSentences(result(five, { classes: both, segments: [], actors }))).toEqual([
      'Wave, until 2.5 s.',
      'Bend, left, until 1.0 s and from 3.0 s to 4.0 s.',
    ]);
  });

  it('tell an actor of many times one by one, among the others', () => {
    const often = [0, 1.2, 2.4, 3.6].map((start): [number, number] => [start, start + 0.4]);
    const actors = [actor('bend', left, ...often), actor('wave', right, [2, 4])];
    expect(actorSentences(result(five, { classes: both, segments: [], actors })).slice(1, 3)).toEqual([
      'Bend, from 1.2 s to 1.6 s.', // no sampled frame lies inside, so no place is known
      'Wave, right, from 2.0 s to 4.0 s.',
    ]);
  });

  it('are silent on a segment of a class that the clip is not thought to have', () => {
    const classes = [
      { label: 'bend', probability: 0.97 },
      { label: 'jump', probability: 0.005 },
    ];
    const actors = [actor('bend', left, [0, 2.3]), actor('jump', right, [2.3, 5, 0.9])];
    const segments = [
      { label: 'bend', startSeconds: 0, endSeconds: 2.3, score: 0.9 },
      { label: 'jump', startSeconds: 2.3, endSeconds: 5, score: 0.9 },
    ];
    const answer = result(five, { classes, segments, actors });
    expect(actorSentences(answer)).toEqual(['Bend, left, until 2.3 s.']);
    // Version 1 gives jump no actor; its segment is told by the same rule.
    const first = parseResult({ ...answer, version: 1 });
    expect(first.segments[1]).toMatchObject({ label: 'jump' });
    expect(actorSentences(first)).toEqual(['Bend, until 2.3 s.']);
    first.classes[1]!.probability = 0.1;
    expect(actorSentences(first)).toEqual(['Bend, until 2.3 s.', 'Jump, from 2.3 s.']);
  });

  it('hold a class for told by its own probability, or by its frames where the clip does not speak against it', () => {
    const told = (probability: number, score: number): boolean => isShown(probability, 0.9, score);
    expect([told(0.3, 0), told(0.29, 0.49), told(0.29, 0.5)]).toEqual([true, false, true]);
    expect([told(0.05, 0.5), told(0.044, 1)]).toEqual([true, false]);
  });

  it('name every class that is likelier than not, where several are', () => {
    const classes = [
      { label: 'walk', probability: 0.98 },
      { label: 'GolfSwing', probability: 0.7 },
      { label: 'sit', probability: 0.6 },
      { label: 'jump', probability: 0.4 },
    ];
    expect(answerSentence(result([null], { classes }))).toBe(
      'Walk (98 %), Golf swing (70 %) and sit (60 %).',
    );
    expect(answerSentence(result([null], { classes: classes.slice(1) }))).toBe(
      'Golf swing (70 %) and sit (60 %).',
    );
  });

  it('name the runner-up when it comes close, and what was broken', () => {
    const answer = result([null], {
      classes: [
        { label: 'walk', probability: 0.5 },
        { label: 'GolfSwing', probability: 0.4 },
      ],
      warnings: ['the index is missing'],
    });
    answer.video.damagedFrames = 1;
    answer.video.missingFrames = 3;
    expect(answerSentence(answer)).toBe('Walk, unsure (50 %); Golf swing is possible too (40 %).');
    expect(sentences(answer).slice(-3)).toEqual([
      '1 frame of the file is damaged.',
      '3 frames of the file are missing.',
      'The index is missing.',
    ]);
    answer.warnings = ['1 frame damaged, filled in by the decoder', '3 of 40 declared frames missing'];
    expect(sentences(answer).slice(1)).toEqual([
      '1 frame damaged, filled in by the decoder.',
      '3 of 40 declared frames missing.',
    ]);
  });

  it('name the ninths of the picture', () => {
    const at = (x: number, y: number): string => placeOf([x, y, x, y], PICTURE);
    expect([at(10, 10), at(45, 10), at(80, 10)]).toEqual(['upper left', 'upper middle', 'upper right']);
    expect([at(10, 45), at(45, 45), at(80, 45)]).toEqual(['left', 'centre', 'right']);
    expect(at(45, 80)).toBe('lower middle');
  });

  it('write labels, seconds and shares as people do', () => {
    expect(words('sweep-left_right')).toBe('sweep left right');
    expect(words('GolfSwing')).toBe('Golf swing');
    expect(seconds(59.97)).toBe('1 min 0.0 s');
    expect(seconds(64)).toBe('1 min 4.0 s');
    expect([percent(0.934), percent(0.004), percent(0)]).toEqual(['93 %', '0.4 %', '0 %']);
  });
});

describe('evaluationTable', () => {
  it('puts every figure beside its best image-blind baseline and says in words when that one wins', () => {
    const record = (label: string, right: boolean) => ({
      clip: `${label}.mp4`,
      label,
      durationSeconds: 1,
      probabilities: (label === 'a') === right ? [0.9, 0.1] : [0.1, 0.9],
      frames: [],
      segments: [],
    });
    const records = [record('a', false), record('a', false), record('a', true), record('b', true)];
    const table = evaluationTable(evaluationReport(records, { classes: ['a', 'b'], bootstrapSamples: 0 }));
    expect(table).toMatch(/WHAT +top-1 +50\.0 % +75\.0 % +majority class +IMAGE-BLIND BASELINE WINS/);
    expect(table).toContain(
      'What: top-1 50.0 %; the best image-blind baseline, majority class, reaches 75.0 % and wins',
    );
    for (const line of table.split('\n').slice(0, 5)) expect(line.length).toBeLessThan(110);
  });
});
