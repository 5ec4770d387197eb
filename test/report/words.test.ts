import { describe, expect, it } from 'vitest';
import { evaluationReport } from '../../src/evaluate/index.js';
import { classFreeActors, type Box, type Result } from '../../src/result.js';
import {
  answerSentence,
  evaluationTable,
  percent,
  placeOf,
  placePath,
  seconds,
  segmentSentence,
  sentences,
  words,
} from '../../src/report/index.js';

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
    expect(sentences(answer)).toEqual(['Diving, sure (93 %).', 'Diving, from 1.8 s to 3.2 s, upper left.']);
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

  it('say the whole clip where a segment is all of it', () => {
    const answer = result([upperLeft]);
    const whole = { label: 'Diving', startSeconds: 0, endSeconds: 5, score: 1 };
    expect(segmentSentence(whole, answer)).toBe('Diving, the whole clip (5.0 s), upper left.');
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
    expect(sentences(answer).slice(2)).toEqual([
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
  it('puts every figure beside its best trivial answer and says in words when that one wins', () => {
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
    expect(table).toMatch(/WHAT +top-1 +50\.0 % +75\.0 % +majority class +TRIVIAL ANSWER WINS/);
    expect(table).toContain(
      'What: top-1 50.0 %; the best trivial answer, majority class, reaches 75.0 % and wins',
    );
    for (const line of table.split('\n').slice(0, 5)) expect(line.length).toBeLessThan(110);
  });
});
