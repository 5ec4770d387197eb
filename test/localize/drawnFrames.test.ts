import { expect, it } from 'vitest';
import type { FrameBoxes } from '../../src/localize/boxes.js';
import { DrawnFrames } from '../../src/localize/drawnFrames.js';

/** Draws a point at the first number of a row, and keeps which rows it drew. */
function drawing() {
  const drawn: number[] = [];
  const draw = (row: Float32Array): FrameBoxes => {
    drawn.push(row[0]!);
    return { boxes: [], point: [row[0]!, 0] };
  };
  return { drawn, draw };
}

const rows = (...values: number[]): Float32Array[] => values.map((value) => Float32Array.of(value, 1));
const picture = { width: 4, height: 3 };

it('draws what is new in a window, and gives the frames of the one before as they were drawn', () => {
  const frames = new DrawnFrames();
  const { drawn, draw } = drawing();
  frames.of(rows(1, 2, 3), picture, draw);
  const told = frames.of(rows(2, 3, 4), picture, draw);
  expect(drawn).toEqual([1, 2, 3, 4]);
  expect(told.map(({ point }) => point[0])).toEqual([2, 3, 4]);
});

it('forgets what the last window did not show', () => {
  const frames = new DrawnFrames();
  const { drawn, draw } = drawing();
  for (const value of [1, 2, 1]) frames.of(rows(value), picture, draw);
  expect(drawn).toEqual([1, 2, 1]);
});

it('draws again what was written over, and all of a picture of another size', () => {
  const frames = new DrawnFrames();
  const { drawn, draw } = drawing();
  const own = rows(1, 2);
  frames.of(own, picture, draw);
  own[0]![0] = 7;
  frames.of(own, picture, draw);
  expect(drawn).toEqual([1, 2, 7]);
  frames.of(own, { ...picture, width: 5 }, draw);
  expect(drawn).toEqual([1, 2, 7, 7, 2]);
});
