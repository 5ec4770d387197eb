import { expect, test } from 'vitest';
import {
  createPicture,
  drawBox,
  drawFrame,
  drawLabel,
  drawMask,
  drawWeightStrip,
  pixelsOf,
  pngOf,
  viridis,
  type Picture,
} from '../../src/video/index.js';

const at = (picture: Picture, x: number, y: number): number[] => {
  const i = (y * picture.width + x) * 4;
  return [...pixelsOf(picture).subarray(i, i + 3)];
};
const inked = (picture: Picture): number =>
  pixelsOf(picture).filter((value, i) => i % 4 === 0 && value > 200).length;

async function grey(width: number, height: number): Promise<Picture> {
  const picture = await createPicture(width, height);
  drawFrame(picture, new Uint8Array(width * height * 3).fill(100), { width, height });
  return picture;
}

test('a frame is drawn as it is', async () => {
  const picture = await createPicture(2, 1);
  drawFrame(picture, Uint8Array.of(1, 2, 3, 250, 128, 0), { width: 2, height: 1 });
  expect([at(picture, 0, 0), at(picture, 1, 0)]).toEqual([
    [1, 2, 3],
    [250, 128, 0],
  ]);
});

test('a mask leaves what it does not hold and colours what it holds', async () => {
  const picture = await grey(40, 20);
  drawMask(picture, [0, 1], { width: 2, height: 1 }, { opacity: 1 });
  expect(at(picture, 1, 10)).toEqual([100, 100, 100]);
  expect(at(picture, 38, 10)).toEqual([...viridis(1)]);
});

test('words leave ink: the font is there', async () => {
  const [empty, full] = [await grey(200, 40), await grey(200, 40)];
  drawLabel(empty, '', 0, 0, { size: 20 });
  drawLabel(full, 'walk 0.93 é ы', 0, 0, { size: 20 });
  expect(inked(empty)).toBe(0);
  expect(inked(full)).toBeGreaterThan(200);
});

test('words that are too long are cut, and a label stays inside the picture', async () => {
  const picture = await grey(100, 40);
  const rect = drawLabel(picture, 'a very long name of an action that cannot fit', 90, 39);
  expect(rect.x).toBeGreaterThanOrEqual(0);
  expect(rect.x + rect.width).toBeLessThanOrEqual(100);
  expect(rect.y + rect.height).toBeLessThanOrEqual(40);
});

test('a box is drawn on its edge and not inside', async () => {
  const picture = await grey(60, 60);
  drawBox(picture, [10, 10, 50, 50], { colour: '#ffffff', lineWidth: 2 });
  expect(at(picture, 10, 30)).toEqual([255, 255, 255]);
  expect(at(picture, 30, 30)).toEqual([100, 100, 100]);
});

test('the strip has its highest bar where the weight is highest', async () => {
  const picture = await grey(40, 30);
  drawWeightStrip(picture, [0.1, 0.2, 0.6, 0.1], { x: 0, y: 0, width: 40, height: 30 }, { current: 0 });
  expect(at(picture, 24, 6)).toEqual([...viridis(1)]);
  expect(at(picture, 14, 6)[1]).toBeLessThan(60);
});

test('viridis rises in brightness from end to end, and takes any number', () => {
  const luma = (v: number): number => {
    const [r, g, b] = viridis(v);
    return 0.299 * r + 0.587 * g + 0.114 * b;
  };
  const steps = Array.from({ length: 50 }, (_, i) => luma(i / 49));
  steps.slice(1).forEach((value, i) => expect(value).toBeGreaterThan(steps[i]!));
  expect([viridis(-1), viridis(NaN), viridis(9)]).toEqual([viridis(0), viridis(0), viridis(1)]);
});

test('a picture can be saved as PNG', async () => {
  expect(
    Buffer.from(pngOf(await grey(4, 4)))
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
});
