import { describe, expect, it } from 'vitest';
import { boxAtFrame, tubesOfResult } from '../../src/metrics/resultTubes.js';
import { ucf101 } from '../../src/evaluate/protocols/splits.js';
import { splitsReport } from '../../src/evaluate/reports/splitsReport.js';
import { classFreeActors, type Box, type Result } from '../../src/result.js';

const size = { width: 320, height: 240 };

function result(boxes: [index: number, box: Box | null][], segments: Result['segments'] = []): Result {
  const answer = {
    clip: 'v',
    model: { id: 'm', attention: 'joint', backbone: 'small' },
    video: {
      ...{ width: 160, height: 120, frames: 10, frameRate: 10, durationSeconds: 1 },
      ...{ damagedFrames: 0, missingFrames: 0 },
    },
    classes: [{ label: 'run', probability: 0.75 }],
    frames: boxes.map(([index, box]) => ({ index, timeSeconds: index / 10, weight: 0, box })),
    segments,
    warnings: [],
  };
  return { ...answer, version: 2, ...classFreeActors(answer) };
}

describe('boxAtFrame', () => {
  const answer = result([
    [0, [0, 0, 10, 10]],
    [2, null],
    [4, [40, 20, 50, 30]],
  ]);

  it('lies on a straight line between sampled boxes, in the pixels asked for', () => {
    // half way: [20, 10, 30, 20] at 160 x 120, twice that at 320 x 240
    expect(boxAtFrame(answer, 2, size)).toEqual([40, 20, 60, 40]);
    expect(boxAtFrame(answer, 0, size)).toEqual([0, 0, 20, 20]);
  });

  it('stays after the last box, and is null where there is none at all', () => {
    expect(boxAtFrame(answer, 9, size)).toEqual([80, 40, 100, 60]);
    expect(boxAtFrame(result([[0, null]]), 0, size)).toBeNull();
  });
});

describe('tubesOfResult', () => {
  const boxes: [number, Box][] = [[0, [0, 0, 10, 10]]];

  it('fills the frames of a segment, else the whole clip', () => {
    const segment = { label: 'run', startSeconds: 0.2, endSeconds: 0.5, score: 1 };
    const [part] = tubesOfResult(result(boxes, [segment]), 'v', size);
    expect(part).toMatchObject({ video: 'v', label: 'run', start: 2, score: 0.75 });
    expect(part!.boxes).toHaveLength(3);
    expect(tubesOfResult(result(boxes), 'v', size)[0]!.boxes).toHaveLength(10);
  });

  it('takes the boxes of the actor of its class, and those that know no class where there is none', () => {
    const answer = result(boxes);
    answer.classes.push({ label: 'sit', probability: 0.25 });
    answer.actors = [{ label: 'sit', score: 0.25, boxes: [[10, 10, 20, 20]], segments: [] }];
    const tubes = tubesOfResult(answer, 'v', size);
    expect(tubes.map(({ label, boxes: [first] }) => [label, first])).toEqual([
      ['run', [0, 0, 20, 20]],
      ['sit', [20, 20, 40, 40]],
    ]);
  });

  it('gives no tube where no frame has a box', () => {
    expect(tubesOfResult(result([[0, null]]), 'v', size)).toEqual([]);
  });
});

describe('splitsReport', () => {
  const split = (n: number, top1: number) => ({
    split: n,
    trainLabels: ['a', 'a', 'b'],
    testLabels: ['a', 'b', 'b', 'b'],
    reached: { clips: 4, top1, interval: null },
  });

  it('gives the mean and the deviation of the sample over splits', () => {
    const report = splitsReport(ucf101, 2, [split(1, 0.5), split(2, 0.75), split(3, 1)]);
    expect([report.mean, report.deviation]).toEqual([0.75, 0.25]);
    // The majority class is that of the training side: right on one of four test clips.
    expect(report.trivial).toEqual({ 'majority class': 0.25, chance: 0.5 });
    expect(report.words).toEqual([]);
  });

  it('says when an image-blind baseline is as good, and when splits are missing', () => {
    const { words, deviation } = splitsReport(ucf101, 2, [split(1, 0.5)]);
    expect(deviation).toBeNull();
    expect(words).toEqual([
      'The protocol is the mean over 3 splits; here 1 of them.',
      'An image-blind baseline is as good: chance (50.0 %).',
    ]);
  });
});
