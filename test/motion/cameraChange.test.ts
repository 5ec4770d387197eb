// The camera's motion found on two pictures, and what changes when it is taken off, on pictures made by formula.
import { describe, expect, it } from 'vitest';
import { alignable, alignCamera } from '../../src/motion/alignCamera.js';
import { CameraChange, CHANGE_SIZE, partMeans } from '../../src/motion/cameraChange.js';
import { emptyPyramid, fillPyramid, type PyramidLevel } from '../../src/motion/pyramid.js';
import { disc, flipped, picture, texture } from './pictures.js';

const pyramid = (grey: Uint8Array): PyramidLevel[] => {
  const levels = emptyPyramid({ width: 160, height: 120 });
  fillPyramid(levels, grey);
  return levels;
};
/** Long waves, as pictures have: two pixels of the coarsest size and more. */
const calm = (x: number, y: number): number => texture(x / 3, y / 3);
const camera = (here: Uint8Array, beside: Uint8Array) =>
  alignCamera(alignable(pyramid(here)), pyramid(beside));

describe('the camera between two pictures', () => {
  it('is found where all of the picture shifts: what lies at x lies 3 further right, 2 further up', () => {
    const { u, v } = camera(
      picture(calm),
      picture((x, y) => calm(x - 3, y + 2)),
    );
    [3, 0, 0].forEach((value, k) => expect(u[k]).toBeCloseTo(value, 0.5));
    [-2, 0, 0].forEach((value, k) => expect(v[k]).toBeCloseTo(value, 0.5));
  });

  it('is found where it zooms: by a twentieth about the middle, four pixels at the edge', () => {
    const { u, v } = camera(
      picture(calm),
      picture((x, y) => calm(79.5 + (x - 79.5) / 1.05, 59.5 + (y - 59.5) / 1.05)),
    );
    [0, 8, 0].forEach((value, k) => expect(u[k]).toBeCloseTo(value, 0)); // .05 * 160
    [0, 0, 6].forEach((value, k) => expect(v[k]).toBeCloseTo(value, 0)); // .05 * 120
  });

  it('does not move between pictures that are the same, and not on flat ones', () => {
    for (const grey of [picture(calm), new Uint8Array(160 * 120).fill(90)]) {
      const { u, v } = camera(grey, grey);
      for (const one of [...u, ...v]) expect(Math.abs(one)).toBeLessThan(1e-6);
    }
  });
});

describe('what changes against the camera', () => {
  const mean = (map: Float32Array, x: number, y: number): number =>
    partMeans(map, [{ x, y, width: 0.1, height: 0.1 }])[0]!;

  it('is a disc that goes its own way, and hardly anything of the picture that the camera shifts', () => {
    const here = picture(disc(80, 60, 0, 0));
    const before = picture(disc(84, 60, 2, 1));
    const after = picture(disc(76, 60, -2, -1));
    const map = new CameraChange().of(here, [before, after]);
    expect(map).toHaveLength(CHANGE_SIZE.width * CHANGE_SIZE.height);
    expect(mean(map, 0.45, 0.45)).toBeGreaterThan(3 * mean(map, 0.1, 0.1));
    expect(mean(map, 0.45, 0.45)).toBeGreaterThan(3 * mean(map, 0.8, 0.8));
  });

  it('is the difference itself where the camera stands still, the mean over both neighbours', () => {
    // Flat pictures have no camera: 10 and 30 levels away, mean 20.
    const flat = (level: number): Uint8Array => new Uint8Array(160 * 120).fill(level);
    const map = new CameraChange().of(flat(100), [flat(110), flat(70)]);
    for (const one of map) expect(one).toBeCloseTo(20, 4);
  });

  it('is nothing of a frame without neighbours', () => {
    expect(new CameraChange().of(picture(calm), [])).toEqual(new Float32Array(80 * 60));
  });

  it('is the same in a mirror', () => {
    const [here, after] = [picture(disc(70, 50, 0, 0)), picture(disc(75, 52, 1, 0))];
    const change = new CameraChange();
    const map = change.of(here, [after]).slice();
    const mirrored = change.of(flipped(here), [flipped(after)]);
    expect(mean(mirrored, 0.6, 0.4)).toBeCloseTo(mean(map, 0.3, 0.4), 0);
  });

  it('refuses pictures of another size', () => {
    expect(() => new CameraChange().of(new Uint8Array(100), [])).toThrow('grey pictures of 160 x 120');
  });
});

describe('the mean of a part', () => {
  it('is that of the pixels that it touches, and of the nearest edge where it lies beyond', () => {
    // 80 x 60: the value is the column. From .5 of the width, .025 wide: columns 40 and 41.
    const map = Float32Array.from({ length: 80 * 60 }, (_, i) => i % 80);
    const part = (x: number, width: number) => ({ x, y: 0.2, width, height: 0.1 });
    expect(Array.from(partMeans(map, [part(0.5, 0.025), part(-0.4, 0.1), part(1.3, 0.1)]))).toEqual([
      40.5, 0, 79,
    ]);
  });
});
