import { describe, expect, it } from 'vitest';
import { answerByLooks, answerOf, identityOf } from '../../src/infer/answer.js';
import type { ClipFacts } from '../../src/infer/index.js';
import { parseModelConfig } from '../../src/model/index.js';
import { float32 } from '../../src/tensor.js';

/** A model that sees squares of 64 pixels, cut out of the middle of the picture. */
const config = parseModelConfig({
  version: 1,
  classes: ['wave', 'bend'],
  frames: 1,
  transform: { size: { width: 64, height: 64 }, resize: 'crop' },
  backbone: { kind: 'small' },
  attention: { form: 'joint', hidden: 8, scoreWidth: 8 },
  grid: { channels: 4, height: 4, width: 4 },
  localize: { where: { maps: { attention: 1 } } },
});

/** Attention on the cell in the second row and third column alone: pixels 32 .. 48 across, 16 .. 32 down. */
const attention = Array.from({ length: 16 }, (_, cell) => (cell === 6 ? 0 : -20));
const outputs = {
  probabilities: float32([0.8, 0.2], [1, 2]),
  weights: float32([1], [1, 1, 1]),
  masks: float32(attention.map(Math.exp), [1, 1, 4, 4]),
  logAttention: float32(attention, [1, 1, 4, 4]),
};

function answer(width: number, height: number) {
  const info = { path: 'a.mp4', width, height, frames: 1, frameRate: 25, durationSeconds: 0.04 };
  const clip = { info, indices: [0], times: [0], warnings: [] } as unknown as ClipFacts;
  const identity = { id: 'x', attention: 'joint', backbone: 'small' };
  const { result, points } = answerOf(outputs, { config, identity, clip, path: 'a.mp4' });
  return { box: result.frames[0]!.box!, point: points[0]! };
}

describe('an answer on a part of the picture', () => {
  const square = answer(64, 64);

  it('lies where the model looked', () => {
    const [left, top, right, bottom] = square.box;
    expect([(left + right) / 2, (top + bottom) / 2]).toEqual([40, 24]);
    expect(square.point).toEqual([expect.closeTo(40, 0), expect.closeTo(24, 0)]);
  });

  it.each([
    ['wide', 128, 64, 32, 0], // the window begins at (128 - 64) / 2 across
    ['high', 64, 128, 0, 32],
  ])('is moved to the window of a %s picture, boxes and points alike', (_, width, height, x, y) => {
    const { box, point } = answer(width, height);
    const [left, top, right, bottom] = square.box;
    expect(box).toEqual([left + x, top + y, right + x, bottom + y]);
    expect(point).toEqual([square.point[0] + x, square.point[1] + y]);
  });
});

describe('an answer of two frames on a grid of 2 x 4 cells in the middle of a picture of 128 x 32', () => {
  const wide = parseModelConfig({
    ...{ version: 1, classes: ['wave', 'bend'], frames: 2 },
    transform: { size: { width: 64, height: 32 }, resize: 'crop' },
    backbone: {
      kind: 'small',
      geometry: [
        {
          x: { offset: 7.5, stride: 16, extent: 16 },
          y: { offset: 3.5, stride: 16, extent: 16 },
          source: 'graph',
        },
      ],
    },
    attention: { form: 'joint', hidden: 8, scoreWidth: 8 },
    grid: { channels: 4, height: 2, width: 4 },
    localize: { where: { maps: { attention: 1 } } },
  });
  const log = Array.from({ length: 16 }, (_, cell) => (cell % 8 === 6 ? 0 : -20));
  const given = {
    probabilities: float32([0.8, 0.2], [1, 2]),
    weights: float32([0.75, 0.25, 0.5, 0.5], [1, 2, 2]),
    masks: float32(log.map(Math.exp), [1, 2, 2, 4]),
    logAttention: float32(log, [1, 2, 2, 4]),
    actorScores: float32(new Float32Array(48), [1, 2, 3, 2, 4]),
  };
  const of = (change: object = {}) => {
    const info = { path: 'a.mp4', width: 128, height: 32, frames: 2, frameRate: 25, durationSeconds: 0.08 };
    const clip = { info, indices: [0, 1], times: [0, 0.04], warnings: [] } as unknown as ClipFacts;
    const identity = { id: 'x', attention: 'joint', backbone: 'small' };
    return answerOf({ ...given, ...change }, { config: wide, identity, clip, path: 'a.mp4' });
  };

  it('says where cells look in shares of the picture, across and down', () => {
    // Across (32 + 8) / 128 and 16 / 128: the window begins at 32; down 4 / 32 and 16 / 32.
    expect(of().result.masks!.cells).toEqual({
      x: { offset: 0.3125, step: 0.125 },
      y: { offset: 0.125, step: 0.5 },
    });
  });

  it('writes the map as bytes, 255 where it is highest', () => {
    const bytes = [...atob(of().result.masks!.bytes)].map((letter) => letter.charCodeAt(0));
    expect(bytes).toEqual(log.map((value) => (value === 0 ? 255 : 0)));
  });

  it('keeps the weights of each step, and their mean as that of the frame', () => {
    const { steps, frames } = of().result;
    expect(steps).toEqual([
      [0.75, 0.25],
      [0.5, 0.5],
    ]);
    expect(frames.map(({ weight }) => weight)).toEqual([0.625, 0.375]);
  });

  it('moves the points of actors with those of the clip', () => {
    const { localization, points } = of();
    expect(points[0]![0]).toBeGreaterThan(64); // the third of four columns
    expect(localization.actors!.map((actor) => actor.points)).toEqual([points]);
    expect(localization.actors!.map(({ boxes }) => boxes.map((one) => one!.box))).toEqual([
      localization.frames.map(({ box }) => box),
    ]);
  });

  it('has one look where the model knows no actors, whatever its rules for a second', async () => {
    const second = { ...wide, localize: { where: { maps: { attention: 1 }, second: {} } } };
    const info = { path: 'a.mp4', width: 128, height: 32, frames: 2, frameRate: 25, durationSeconds: 0.08 };
    const clip = { info, indices: [0, 1], times: [0, 0.04], warnings: [] } as unknown as ClipFacts;
    const options = { config: second, identity: identityOf(second, 'x'), clip, path: 'a.mp4' };
    const { result } = await answerByLooks(given, options, () => Promise.reject(new Error('looked again')));
    expect(result.frames).toEqual(of().result.frames);
  });

  it('is of a model that is named with what its held-out clips bear out, where it says so', () => {
    expect(identityOf(wide, 'x')).toEqual({ id: 'x', attention: 'joint', backbone: 'small' });
    const sure = { least: 0.5 };
    expect(identityOf({ ...wide, training: { sure } }, 'x')).toMatchObject({ id: 'x', sure });
  });

  it('is refused where the first number of an output is none', () => {
    expect(() => of({ probabilities: float32([NaN, 0.2], [1, 2]) })).toThrow(/NaN in probabilities/);
  });
});
