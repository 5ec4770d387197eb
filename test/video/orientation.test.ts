import { expect, test } from 'vitest';
import { orientationOf, orientationOfBytes, turn, upright } from '../../src/video/orientation.js';

/** One byte a pixel, written three times. */
const rgb = (...values: number[]): Uint8Array => Uint8Array.from(values.flatMap((v) => [v, v, v]));
const picture = rgb(1, 2, 3, 4, 5, 6); // 1 2 3 over 4 5 6
const size = { width: 3, height: 2 };

test.each([
  [90, [4, 1, 5, 2, 6, 3]],
  [180, [6, 5, 4, 3, 2, 1]],
  [270, [3, 6, 2, 5, 1, 4]],
] as const)('turns a picture clockwise by %i degrees', (rotation, expected) => {
  expect(turn(picture, size, { rotation, isMirrored: false })).toEqual(rgb(...expected));
});

test('mirrors before it turns', () => {
  expect(turn(picture, size, { rotation: 0, isMirrored: true })).toEqual(rgb(3, 2, 1, 6, 5, 4));
  expect(turn(picture, size, { rotation: 90, isMirrored: true })).toEqual(rgb(6, 3, 5, 2, 4, 1));
});

test('gives an upright picture back as it is', () => {
  expect(turn(picture, size, upright)).toBe(picture);
});

test.each([
  [[1, 0, 0, 1], 0, false],
  [[0, 1, -1, 0], 90, false],
  [[-1, 0, 0, -1], 180, false],
  [[0, -1, 1, 0], 270, false],
  [[-1, 0, 0, 1], 0, true],
  [[1, 0, 0, -1], 180, true],
  [[0, 0, 0, 0], 0, false],
] as const)('reads the matrix %j as %i degrees, mirrored: %s', ([a, b, c, d], rotation, isMirrored) => {
  expect(orientationOf(a, b, c, d)).toEqual({ rotation, isMirrored });
});

test('every matrix of right angles sends a pixel where `turn` does', () => {
  for (const isMirrored of [false, true])
    for (const rotation of [0, 90, 180, 270] as const) {
      const [cos, sin] = [
        [1, 0],
        [0, 1],
        [-1, 0],
        [0, -1],
      ][rotation / 90]!;
      const mirror = isMirrored ? -1 : 1; // x -> -x, then clockwise (y down): (x, y) -> (x cos - y sin, x sin + y cos)
      expect(orientationOf(mirror * cos!, mirror * sin!, -sin!, cos!)).toEqual({ rotation, isMirrored });
    }
});

test('takes missing or short side data for upright', () => {
  expect(orientationOfBytes(null)).toEqual(upright);
  expect(orientationOfBytes(new Uint8Array(8))).toEqual(upright);
});
