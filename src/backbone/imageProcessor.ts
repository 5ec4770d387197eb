// `preprocessor_config.json`, as the hub's repositories describe how pictures become the numbers of their network. Forms of all
// years are read: sizes as a number, by edges or by the shortest edge, steps that are left out or switched off.
//
//   pixels   shortest edge to `size`, then the middle `crop_size` of it (crop), or stretched to both edges (stretch)
//   numbers  (byte * rescale_factor - image_mean) / image_std, red first
import { z } from 'zod';
import { channelMeans, moderate, pixelEdge, positiveFactor } from '../bounds.js';
import { parseWith } from '../model/config.js';
import type { FrameSize } from './backbone.js';
import type { Preprocessing } from './preprocessing.js';

/** The name of the file, beside a network. */
export const imageProcessorFile = 'preprocessor_config.json';

const channelNumbers = z.union([
  moderate.transform((one): [number, number, number] => [one, one, one]),
  channelMeans,
]);

const Size = z.union([
  pixelEdge.transform((side): FrameSize => ({ width: side, height: side })),
  z
    .looseObject({ height: pixelEdge, width: pixelEdge })
    .transform(({ height, width }): FrameSize => ({ width, height })),
  z
    .looseObject({ shortest_edge: pixelEdge })
    .transform(({ shortest_edge: side }): FrameSize => ({ width: side, height: side })),
]);

/** What is read of the file; other keys say nothing of pixels. */
const ImageProcessor = z.looseObject({
  image_processor_type: z.string().optional(),
  feature_extractor_type: z.string().optional(),
  do_resize: z.boolean().default(true),
  size: z.unknown().optional(),
  do_center_crop: z.boolean().optional(),
  crop_size: Size.optional(),
  do_rescale: z.boolean().default(true),
  rescale_factor: positiveFactor.default(1 / 255),
  do_normalize: z.boolean().default(true),
  image_mean: channelNumbers.optional(),
  image_std: channelNumbers.optional(),
});

/** Means and deviations that processors have where their file tells none. */
const usual = {
  clip: { mean: [0.48145466, 0.4578275, 0.40821073], deviation: [0.26862954, 0.26130258, 0.27577711] },
  others: { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
} as const;

/** The preprocessing that a parsed `preprocessor_config.json` means; the size is absent where it tells none. Throws `format`. */
export function fromImageProcessor(
  value: unknown,
  path: string,
): Omit<Preprocessing, 'size'> & { size?: FrameSize } {
  const config = parseWith(ImageProcessor, value, path);
  const kind = config.image_processor_type ?? config.feature_extractor_type ?? '';
  const { mean, deviation } = /^(CLIP|Bit)/.test(kind) ? usual.clip : usual.others;
  const resized =
    config.do_resize && config.size !== undefined ? parseWith(Size, config.size, `${path}: size`) : undefined;
  const isShortest =
    typeof config.size === 'object' && config.size !== null && 'shortest_edge' in config.size;
  const isCut = config.do_center_crop ?? config.crop_size !== undefined;
  const size = (isCut ? config.crop_size : undefined) ?? resized;
  return {
    channels: 'RGB',
    scale: config.do_rescale ? config.rescale_factor : 1,
    mean: config.do_normalize ? (config.image_mean ?? [...mean]) : [0, 0, 0],
    deviation: config.do_normalize ? (config.image_std ?? [...deviation]) : [1, 1, 1],
    resize: isCut || isShortest ? 'crop' : 'stretch',
    ...(size && { size }),
  };
}
