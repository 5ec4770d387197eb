// A frozen network of a few bytes, as a recipe names it.
import { writeFile } from 'node:fs/promises';
import { tinyOnnx } from '../backbone/tinyOnnx.js';

/** How its frames become numbers. */
export const tinyPreprocessing = {
  channels: 'BGR',
  scale: 1,
  mean: [104, 117, 123],
  size: { width: 24, height: 16 },
};

/** Writes it to `file`: one scale of 4 channels on 8 x 12 cells. */
export async function writeTinyBackbone(file: string) {
  await writeFile(file, tinyOnnx(tinyPreprocessing.size));
  return { kind: 'onnx', file, preprocessing: tinyPreprocessing, outputs: ['fine'] };
}
