import { describe, expect, it } from 'vitest';
import { clipFindings, rateFindings } from '../../../src/dataset/doctor/clipFindings.js';
import {
  cellsOf,
  COARSE,
  hashDistance,
  hashOf,
  movementLikeness,
  movingPicture,
  sceneLikeness,
} from '../../../src/dataset/doctor/fingerprint.js';
import type { Clip } from '../../../src/video/index.js';

const { width, height } = COARSE;
const pixels = width * height;

/** A clip whose pictures are given as grey levels by time (seconds) and place. */
function clipOf(
  grey: (t: number, x: number, y: number) => number,
  facts: Partial<Clip['info']> = {},
  damage = {},
): Clip {
  const count = facts.frames ?? 50;
  const frames = new Uint8Array(count * pixels * 3);
  for (let i = 0; i < count * pixels; i++) {
    const [t, p] = [Math.floor(i / pixels) / 25, i % pixels];
    frames.fill(Math.round(grey(t, p % width, Math.floor(p / width))), 3 * i, 3 * i + 3);
  }
  const info = {
    ...{ path: 'a.mp4', width: 320, height: 240, frames: count, durationSeconds: count / 25, frameRate: 25 },
    ...{ isVariableRate: false, rotation: 0, codec: 'h264', container: 'mp4' },
    ...facts,
  };
  const indices = Array.from({ length: count }, (_, i) => i);
  const times = Float64Array.from(indices, (i) => i / 25);
  const shape: Clip['shape'] = [count, height, width, 3];
  return {
    path: 'a.mp4',
    frames,
    shape,
    times,
    indices,
    info,
    damagedFrames: 0,
    missingFrames: 0,
    warnings: [],
    ...damage,
  };
}

/** A bright spot that runs to and fro over a slope of grey. */
const spot = (t: number, x: number, y: number): number =>
  Math.hypot(x - 18 - 14 * Math.sin(3 * t), y - 12 - 8 * Math.cos(4 * t)) < 5 ? 220 : 40 + 2 * x + y;

function says(clip: Clip): string[] {
  return clipFindings('a', clip, movingPicture(clip)).map((finding) => `${finding.kind}: ${finding.says}`);
}

describe('clipFindings', () => {
  it('finds nothing in a clip that is well', () => {
    expect(says(clipOf(spot))).toEqual([]);
  });

  it.each([
    [{ rotation: 90 }, {}, 'rotated: its pictures are stored turned by 90 degrees'],
    [{ isVariableRate: true }, {}, 'variable-rate: its frame rate varies around 25.00 a second'],
    [{ frames: 7, durationSeconds: 0.28 }, {}, 'short: 7 frames (0.28 s), fewer than 8'],
    [{}, { missingFrames: 3 }, 'truncated: 3 of 53 frames are missing'],
    [{}, { damagedFrames: 4 }, 'damaged: 4 of 50 frames are damaged'],
  ])('says what %j %j means', (facts, damage, expected) => {
    expect(says(clipOf(spot, facts, damage))).toEqual([expected]);
  });

  it('forgives two missing frames, and the damaged frame that a cut goes through', () => {
    expect(says(clipOf(spot, {}, { missingFrames: 2 }))).toEqual([]);
    expect(says(clipOf(spot, {}, { missingFrames: 30, damagedFrames: 1 }))).toHaveLength(1);
  });

  it('finds black, nearly all black, and one colour; a dark clip with a light in it is none of them', () => {
    expect(says(clipOf(() => 0))).toEqual(['black: every frame is black']);
    expect(says(clipOf((t, x, y) => (t < 0.1 ? spot(t, x, y) : 3)))).toEqual(['black: 94 % of it is black']);
    expect(says(clipOf(() => 128))).toEqual(['black: every frame is of one colour']);
    expect(says(clipOf((t, x, y) => (spot(t, x, y) === 220 ? 90 : 5)))).toEqual([]);
  });

  it('compares frame rates with the middle one', () => {
    const clips = [25, 25, 30, 15, 12].map((frameRate, i) => ({ name: String(i), frameRate }));
    expect(rateFindings(clips).map(({ clips: names }) => names)).toEqual([['4']]);
  });
});

describe('fingerprints', () => {
  it('cells are means of 4 x 3 pixels, picture by picture', () => {
    // Two pictures: one grows to the right by a level a pixel, the other downwards.
    const { scene, movement } = movingPicture(clipOf((t, x, y) => (t === 0 ? x : y), { frames: 2 }));
    const { scene: s, movement: m } = cellsOf({ scene, movement, times: new Float64Array(2), amount: 0 });
    const at = (moment: number, row: number, column: number) =>
      s[row * 9 + column]! + m[moment * 72 + row * 9 + column]!;
    expect([at(0, 0, 0), at(0, 7, 0), at(0, 0, 8)]).toEqual([1.5, 1.5, 33.5]);
    expect([at(1, 0, 0), at(1, 7, 0), at(1, 0, 8)]).toEqual([1, 22, 1]);
  });

  const a = movingPicture(clipOf(spot));

  it('a clip is wholly like itself, whatever the brightness and contrast', () => {
    const b = movingPicture(clipOf((t, x, y) => 20 + 0.8 * spot(t, x, y)));
    expect(hashDistance(hashOf(cellsOf(a)), hashOf(cellsOf(b)))).toBeLessThan(2);
    expect(sceneLikeness(a, b)).toBeGreaterThan(0.999);
    expect(movementLikeness(a, b)).toBeGreaterThan(0.999);
  });

  it('a copy that begins 0.24 s later fits by that delay', () => {
    const b = movingPicture(clipOf((t, x, y) => spot(t + 0.24, x, y)));
    expect(movementLikeness(a, b, 0)).toBeLessThan(0.8);
    expect(movementLikeness(a, b)).toBeGreaterThan(0.99);
  });

  it('another take before the same background has its scene and not its movement', () => {
    const b = movingPicture(clipOf((t, x, y) => spot(1.7 * t + 9, x, y)));
    expect(sceneLikeness(a, b)).toBeGreaterThan(0.7);
    expect(movementLikeness(a, b)).toBeLessThan(0.6);
  });

  it('hashes of other scenes differ', () => {
    const b = movingPicture(clipOf((t, x, y) => 255 - spot(t, x, y)));
    expect(hashDistance(hashOf(cellsOf(a)), hashOf(cellsOf(b)))).toBeGreaterThan(40);
  });
});
