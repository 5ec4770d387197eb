import { describe, expect, it } from 'vitest';
import { toResult, type ResultParts } from '../../src/infer/toResult.js';
import type { Localization } from '../../src/localize/index.js';
import { sentences } from '../../src/page/sentences.js';
import { Result, type Box } from '../../src/result.js';

const box: Box = [0, 0, 10, 10];
const other: Box = [20, 0, 30, 10];
const scored = (one: Box) => ({ box: one, score: 0.5 });

/** Four frames a second apart; `run` on the first two, `sit` on the others. */
function parts(actors?: Localization['actors']): ResultParts {
  const segment = (classIndex: number, from: number, to: number) => ({ classIndex, from, to, score: 0.75 });
  return {
    path: 'a.mp4',
    clip: {
      times: Float64Array.of(0, 1, 2, 3),
      indices: [0, 1, 2, 3],
      info: {
        ...{ path: 'a.mp4', width: 40, height: 10, frames: 4, durationSeconds: 4, frameRate: 1 },
        ...{ isVariableRate: false, rotation: 0, codec: 'none', container: 'none' },
      },
      ...{ damagedFrames: 0, missingFrames: 0, warnings: [] },
    },
    classes: ['run', 'sit'],
    grid: { channels: 1, height: 1, width: 1 },
    probabilities: Float32Array.of(0.25, 0.75),
    weights: Float32Array.of(0.25, 0.25, 0.25, 0.25),
    localization: {
      frames: Array.from({ length: 4 }, () => ({ ...scored(box), point: [5, 5] as [number, number] })),
      segments: [segment(0, 0, 2), segment(1, 2, 4)],
      ...{ map: new Float32Array(4), probability: 'softmax' as const, tubes: [] },
      ...(actors && { actors }),
    },
    model: { id: 'm', attention: 'joint', backbone: 'small' },
  };
}

describe('toResult', () => {
  it('writes the actors that the model found, and whose each segment is', () => {
    const segments = [{ classIndex: 0, from: 0, to: 2, score: 0.75 }];
    const boxes = [scored(other), null, scored(other), null];
    const result = toResult(
      parts([
        {
          classIndex: 0,
          score: 0.25,
          boxes,
          segments,
          source: 'classMap',
          points: [],
          map: new Float32Array(0),
          isShown: true,
        },
      ]),
    );
    expect(Result.parse(result)).toEqual(result);
    expect(result.actors).toEqual([
      {
        ...{
          label: 'run',
          score: 0.25,
          source: 'classMap',
          boxes: [other, null, other, null],
        },
        segments: [{ startSeconds: 0, endSeconds: 1.5, score: 0.75 }],
      },
    ]);
    expect(result.segments.map(({ label, actor }) => [label, actor])).toEqual([
      ['run', 0],
      ['sit', undefined],
    ]);
    expect(result.frames[0]!.box).toEqual(box);
  });

  it('gives each class the boxes of the clip within its segments, where the model found no actors', () => {
    const { actors, segments } = toResult(parts());
    expect(actors.map(({ label, boxes, source }) => [label, boxes, source])).toEqual([
      ['sit', [null, null, box, box], 'classFree'],
      ['run', [box, box, null, null], 'classFree'],
    ]);
    expect(segments.map(({ actor }) => actor)).toEqual([1, 0]);
  });

  it('gives each of two actors of one class the segment that it has', () => {
    const actor = (from: number, to: number) => ({
      ...{
        classIndex: 0,
        score: 0.25,
        source: 'classMap' as const,
        map: new Float32Array(0),
        points: [],
        isShown: true,
      },
      boxes: [null, null, null, null],
      segments: [{ classIndex: 0, from, to, score: 0.75 }],
    });
    const result = toResult(parts([actor(2, 4), actor(0, 2)]));
    expect(result.segments[0]).toMatchObject({ label: 'run', actor: 1 });
  });

  it('says which end of a clip no sampled frame stands for, and how it reads', () => {
    const made = parts();
    // four frames of seven by whole steps: 0 to 3; a frame a second
    made.clip = { ...made.clip, info: { ...made.clip.info, frames: 7, durationSeconds: 7 } };
    const result = Result.parse(toResult(made));
    expect(result.unseen).toEqual([{ startSeconds: 4, endSeconds: 7 }]);
    expect(sentences(result)).toContain('Not looked at: from 4.0 s.');
    // 0, 2, 4, 6 of seven reach the end
    made.clip = { ...made.clip, indices: [0, 2, 4, 6], times: Float64Array.of(0, 2, 4, 6) };
    expect(toResult(made)).not.toHaveProperty('unseen');
    expect(toResult(parts())).not.toHaveProperty('unseen');
  });
});
