import { describe, expect, it } from 'vitest';
import { motionIn, type BesideFrame } from '../../src/infer/besideCamera.js';

/** A grey picture of 160 x 120 that is dark but for a square of 20 pixels. */
function square(left: number, top: number): Uint8Array {
  return Uint8Array.from({ length: 160 * 120 }, (_, i) => {
    const [x, y] = [i % 160, Math.floor(i / 160)];
    return x >= left && x < left + 20 && y >= top && y < top + 20 ? 200 : 20;
  });
}

const frame: BesideFrame = { grey: square(20, 20), neighbours: [square(14, 20), square(26, 20)] };
const grid = { frames: 1, height: 2, width: 2 };
const source = { width: 320, height: 240 };

describe('what moves in parts of the pictures', () => {
  it('lies in the cell of the whole picture that holds it: the upper left one of 2 x 2', () => {
    const [a, b, c, d] = motionIn([frame], { grid, source, part: { x: 0, y: 0, ...source } });
    expect(a).toBeGreaterThan(1);
    expect([b, c, d]).toEqual([0, 0, 0]);
  });

  it('lies elsewhere in a square that begins elsewhere, in pixels of the source', () => {
    // Something moves at 28 to 92 across, 40 to 80 down; the square from (-48, -48) of side 140 has it in its lower right quarter.
    const part = { x: -48, y: -48, width: 140, height: 140 };
    const [a, b, c, d] = motionIn([frame], { grid, source, part });
    expect(d).toBeGreaterThan(10 * Math.max(a!, b!, c!));
  });
});
