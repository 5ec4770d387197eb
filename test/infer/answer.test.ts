import { describe, expect, it } from 'vitest';
import { answerOf } from '../../src/infer/answer.js';
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
