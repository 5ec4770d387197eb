// How bytes become the numbers that a network was trained on. It belongs to the weights: a network that saw blue first
// and 0..255 answers nonsense to red first and 0..1, without any error.
import { z } from 'zod';
import { channelDeviations, channelMeans, frameSize, positiveFactor } from '../bounds.js';
import { parseWith, TransformConfig } from '../model/config.js';
import { float32, type Tensor } from '../tensor.js';
import { requireFrames } from './frames.js';

/** `x = (byte * scale - mean) / deviation` for each channel. Mean and deviation are in the order of `channels`. */
export const Preprocessing = z.strictObject({
  /** The order in which the network takes the colours. */
  channels: z.enum(['RGB', 'BGR']),
  /** 1 for networks that were trained on 0..255, 1/255 for those on 0..1. */
  scale: positiveFactor,
  mean: channelMeans,
  deviation: channelDeviations.default([1, 1, 1]),
  /** Of the frames, in pixels. */
  size: frameSize,
  /** How the aspect ratio is dealt with: pressed into the size, or cut around the centre. */
  resize: z.enum(['stretch', 'crop']).default('stretch'),
});
/** How frames become numbers, for any network. */
export type Preprocessing = z.infer<typeof Preprocessing>;

/** The two habits of ImageNet networks, but for the size: torchvision's and timm's, and that of Caffe's model zoo. */
export const knownPreprocessing: Readonly<
  Record<'imagenet' | 'caffe', Pick<Preprocessing, 'channels' | 'scale' | 'mean' | 'deviation'>>
> = {
  imagenet: {
    channels: 'RGB',
    scale: 1 / 255,
    mean: [0.485, 0.456, 0.406],
    deviation: [0.229, 0.224, 0.225],
  },
  caffe: {
    channels: 'BGR',
    scale: 1,
    mean: [104, 117, 123],
    deviation: [1, 1, 1],
  },
};
/** Name of a habit in {@link knownPreprocessing}. */
export type PreprocessingName = keyof typeof knownPreprocessing;

/** Width and height that ImageNet networks are used with. */
export const usualSize = { width: 224, height: 224 };

/** The preprocessing of a model's `transform`: red first, 0..1. */
export function preprocessingOf(transform: z.input<typeof TransformConfig>): Preprocessing {
  const { size, resize, mean, std } = parseWith(TransformConfig, transform, 'transform');
  return { channels: 'RGB', scale: 1 / 255, mean, deviation: std, size, resize };
}

/**
 * `frames` (uint8 `[B,H,W,3]`, red first) as a network takes them: float32 `[B,3,H,W]`. A table for each channel holds
 * the 256 numbers that a byte can become. Throws `input` for frames of another shape.
 */
export function preprocess(frames: Tensor, preprocessing: Preprocessing): Tensor {
  const { width, height } = preprocessing.size;
  const count = requireFrames(frames, preprocessing.size);
  const area = width * height;
  const bytes = frames.data as Uint8Array;
  const out = new Float32Array(count * 3 * area);
  for (let channel = 0; channel < 3; channel++) {
    const table = tableOf(preprocessing, channel);
    const colour = preprocessing.channels === 'RGB' ? channel : 2 - channel;
    for (let frame = 0; frame < count; frame++) {
      const plane = (frame * 3 + channel) * area;
      let from = frame * area * 3 + colour;
      for (let i = 0; i < area; i++, from += 3) out[plane + i] = table[bytes[from]!]!;
    }
  }
  return float32(out, [count, 3, height, width]);
}

/** The value of the fourth channel of {@link withInside} within frames; around them a network sees 0. */
export const INSIDE = 255;

/**
 * `frames` (uint8 `[B,H,W,3]`, red first) as a network in eight bits takes them: uint8 `[B,H,W,4]`, the fourth channel
 * {@link INSIDE}. What else is done to bytes stands in the network's weights. Throws `input` for frames of another shape.
 */
export function withInside(frames: Tensor, { width, height }: Preprocessing['size']): Tensor {
  const count = requireFrames(frames, { width, height });
  const bytes = frames.data as Uint8Array;
  const out = new Uint8Array(count * height * width * 4).fill(INSIDE);
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
    out[to] = bytes[from]!;
    out[to + 1] = bytes[from + 1]!;
    out[to + 2] = bytes[from + 2]!;
  }
  return { dtype: 'uint8', shape: [count, height, width, 4], data: out };
}

function tableOf({ scale, mean, deviation }: Preprocessing, channel: number): Float32Array {
  return Float32Array.from(
    { length: 256 },
    (_, byte) => (byte * scale - mean[channel]!) / deviation[channel]!,
  );
}
