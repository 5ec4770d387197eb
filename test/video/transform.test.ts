import { expect, test } from 'vitest';
import { Random } from '../../src/random.js';
import {
  applyAugmentation,
  augmentClip,
  cutClip,
  drawAugmentation,
  scaleClip,
} from '../../src/video/transform.js';

const shape = [3, 6, 8, 3] as const;
const length = 6 * 8 * 3;
const clip = Uint8Array.from({ length: 3 * length }, (_, i) => (i * 31 + (i >> 5)) % 256);
const still = Uint8Array.from({ length: 3 * length }, (_, i) => clip[i % length]!);
const none = { isFlipped: false, brightness: 1, contrast: 1, saturation: 1, window: { x: 0, y: 0, size: 1 } };

test('without options nothing changes, and the source is never written to', () => {
  const before = clip.slice();
  expect(augmentClip(clip, shape, {}, Random.from(1))).toEqual(clip);
  augmentClip(clip, shape, { flip: 1, crop: 0.5, jitter: { brightness: 0.5 } }, Random.from(1));
  expect(clip).toEqual(before);
});

test('all frames of a clip are changed alike: a still clip stays still', () => {
  const options = { flip: 0.5, crop: 0.6, jitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4 } };
  for (let seed = 0; seed < 10; seed++) {
    const out = augmentClip(still, shape, options, Random.from(seed));
    expect(out.subarray(length, 2 * length)).toEqual(out.subarray(0, length));
    expect(out.subarray(2 * length)).toEqual(out.subarray(0, length));
  }
});

test('the mirror swaps left and right and is its own inverse', () => {
  const once = applyAugmentation(clip, shape, { ...none, isFlipped: true });
  expect([...once.subarray(0, 3)]).toEqual([...clip.subarray(7 * 3, 8 * 3)]);
  expect(applyAugmentation(once, shape, { ...none, isFlipped: true })).toEqual(clip);
});

test('brightness scales, zero contrast is the mean grey, zero saturation is grey', () => {
  const bright = applyAugmentation(clip, shape, { ...none, brightness: 0.5 });
  bright.forEach((value, i) => expect(Math.abs(value - clip[i]! / 2)).toBeLessThanOrEqual(1));
  expect(new Set(applyAugmentation(clip, shape, { ...none, contrast: 0 })).size).toBe(1);
  const grey = applyAugmentation(clip, shape, { ...none, saturation: 0 });
  for (let i = 0; i < grey.length; i += 3) expect([grey[i + 1], grey[i + 2]]).toEqual([grey[i], grey[i]]);
  const [r, g, b] = clip;
  expect(grey[0]).toBe(Math.round(0.299 * r! + 0.587 * g! + 0.114 * b!));
});

test('a window keeps only what lies in it', () => {
  const left = Uint8Array.from({ length: 3 * length }, (_, i) => ((i / 3) % 8 < 4 ? 0 : 255));
  const out = applyAugmentation(left, shape, { ...none, window: { x: 0.5, y: 0.2, size: 0.5 } });
  expect(new Set(out)).toEqual(new Set([255]));
});

test('the same seed draws the same, and options do not shift later draws', () => {
  const [a, b] = [Random.from(3), Random.from(3)];
  drawAugmentation({}, a);
  drawAugmentation({ flip: 1, crop: 0.5, jitter: { contrast: 1 } }, b);
  expect(a.state).toEqual(b.state);
});

test('a window of nothing is refused', () => {
  expect(() => drawAugmentation({ crop: 0 }, Random.from(1))).toThrow(
    'options.crop: must lie in (0, 1], got 0',
  );
});

test('a cut takes the same whole pixels of every frame, each place of it as likely, and never more than there are', () => {
  const target = { width: 3, height: 2 };
  const at = (frame: number, y: number, x: number): number[] => [
    ...clip.subarray(((frame * 6 + y) * 8 + x) * 3, ((frame * 6 + y) * 8 + x) * 3 + 3),
  ];
  const places = new Set<string>();
  for (let seed = 0; seed < 400; seed++) {
    const out = cutClip(clip, shape, target, Random.from(seed));
    expect(out.length).toBe(3 * 2 * 3 * 3);
    const draws = Random.from(seed);
    const [x, y] = [draws.integer(0, 6), draws.integer(0, 5)]; // 8 - 3 + 1 columns, 6 - 2 + 1 rows
    places.add(`${x},${y}`);
    expect([...out.subarray(0, 3)]).toEqual(at(0, y, x));
    expect([...out.subarray(out.length - 3)]).toEqual(at(2, y + 1, x + 2));
  }
  expect(places.size).toBe(30);
  expect(() => cutClip(clip, shape, { width: 9, height: 2 }, Random.from(1))).toThrow(/at most 8x6, got 9x2/);
});

test('scaling keeps a plain colour, halves by the triangle, and gives a clip of that size back as it is', () => {
  const plain = new Uint8Array(3 * length).fill(70);
  expect(scaleClip(plain, shape, { width: 5, height: 4 })).toEqual(new Uint8Array(3 * 4 * 5 * 3).fill(70));
  expect(scaleClip(clip, shape, { width: 8, height: 6 })).toBe(clip);
  const left = Uint8Array.from({ length: 3 * length }, (_, i) => (Math.floor(i / 3) % 8 < 4 ? 0 : 240));
  const out = scaleClip(left, shape, { width: 4, height: 3 });
  expect([0, 1, 2, 3].map((x) => out[x * 3])).toEqual([0, 30, 210, 240]); // a triangle of half-width 2: an eighth of its weight lies beyond
});
