// The hub's description of pictures, in the forms that its repositories have, by numbers worked out by hand.
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fromImageProcessor } from '../../src/backbone/imageProcessor.js';
import { openOnnx } from '../../src/backbone/onnxFile.js';
import { openRuntime } from '../../src/runtime/index.js';
import { tinyOnnx } from './tinyOnnx.js';

const path = 'preprocessor_config.json';
const square = (side: number) => ({ width: side, height: side });

it.each([
  ['a number', { size: 224 }, { size: square(224), resize: 'stretch' }],
  [
    'both edges',
    { size: { height: 384, width: 256 } },
    { size: { width: 256, height: 384 }, resize: 'stretch' },
  ],
  ['the shortest edge', { size: { shortest_edge: 224 } }, { size: square(224), resize: 'crop' }],
  [
    'a cut out of the middle',
    { size: { shortest_edge: 256 }, do_center_crop: true, crop_size: { height: 224, width: 224 } },
    { size: square(224), resize: 'crop' },
  ],
  [
    'a cut of a number',
    { size: 256, do_center_crop: true, crop_size: 224 },
    { size: square(224), resize: 'crop' },
  ],
  [
    'a cut that is switched off',
    { size: 256, do_center_crop: false, crop_size: 224 },
    { size: square(256), resize: 'stretch' },
  ],
])('reads a size given as %s', (_, config, expected) => {
  const { size, resize } = fromImageProcessor(config, path);
  expect({ size, resize }).toEqual(expected);
});

it('tells no size where it does not resize, so that the file or the option decides', () => {
  expect(fromImageProcessor({ do_resize: false, size: 224 }, path)).not.toHaveProperty('size');
});

it.each([
  [
    'all of it',
    { image_mean: [0.1, 0.2, 0.3], image_std: [1, 2, 4], rescale_factor: 0.5 },
    255 * 0.5 - 0.2,
    2,
  ],
  ['one number for all colours', { image_mean: 0.5, image_std: 0.25 }, 1 - 0.5, 0.25],
  ['nothing', {}, 1 - 0.5, 0.5],
  ['nothing, of CLIP', { image_processor_type: 'CLIPImageProcessor' }, 1 - 0.4578275, 0.26130258],
  ['no scaling', { do_rescale: false, image_mean: [0, 100, 0], image_std: [1, 1, 1] }, 155, 1],
  ['no normalising', { do_normalize: false, image_mean: [9, 9, 9] }, 1, 1],
])('makes of a white pixel what the file means: %s', (_, config, above, below) => {
  const { channels, scale, mean, deviation } = fromImageProcessor(config, path);
  expect(channels).toBe('RGB');
  expect((255 * scale - mean[1]) / deviation[1]).toBeCloseTo(above / below, 6);
});

it('names what is wrong', () => {
  expect(() => fromImageProcessor({ size: { edge: 3 } }, path)).toThrow(/preprocessor_config\.json: size/);
  expect(() => fromImageProcessor({ image_mean: [1, 2] }, path)).toThrow(
    /preprocessor_config\.json: image_mean/,
  );
});

it('is found beside a network and above its folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wherewhen-processor-'));
  const runtime = await openRuntime({ threads: 1 });
  try {
    await mkdir(join(folder, 'onnx'));
    const file = join(folder, 'onnx', 'model.onnx');
    await writeFile(file, tinyOnnx());
    await writeFile(
      join(folder, path),
      JSON.stringify({ size: { height: 8, width: 12 }, image_mean: 0, image_std: 1 }),
    );
    await using extractor = await openOnnx({ file }, { runtime });
    expect(extractor.preprocessing).toMatchObject({
      size: { width: 12, height: 8 },
      mean: [0, 0, 0],
      channels: 'RGB',
    });
  } finally {
    await runtime.close();
    await rm(folder, { recursive: true });
  }
});
