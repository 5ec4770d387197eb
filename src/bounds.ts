// Bounds of numbers that come from outside: settings, model folders, options. Each lies far above what anybody uses and far
// below what overflows, takes all memory or never ends, so that a typing error or a damaged file is told at the door.
import { z } from 'zod';

/** Channels, kernels, layers and other sizes that are counted. */
export const count = z.number().int().min(1).max(65_536);

/** Layers of a network that is written down as a list. */
export const mostLayers = 64;

/** Frames that a model looks at in a clip. */
export const frameCount = z.number().int().min(1).max(4_096);

/** An edge of a frame, in pixels. */
export const pixelEdge = z.number().int().min(1).max(4_096);

/** A frame's width and height, in pixels. */
export const frameSize = z.strictObject({ width: pixelEdge, height: pixelEdge });

/** Passes of a smoothing; each goes over the whole map. */
export const passes = z.int().min(0).max(1_000);

/** A factor, weight or power: what is computed with it stays finite in single precision. */
export const factor = z.number().min(0).max(1e6);

/** Such a factor above 0, not so small that its inverse overflows. */
export const positiveFactor = z.number().min(1e-9).max(1e6);

/** A number of either sign whose arithmetic stays finite in single precision: a channel's mean, a place in pixels. */
export const moderate = z.number().min(-1e6).max(1e6);

/** A mean and a deviation of each channel of a picture. */
export const channelMeans = z.tuple([moderate, moderate, moderate]);

/** As {@link channelMeans}; it is divided by. */
export const channelDeviations = z
  .tuple([moderate, moderate, moderate])
  .refine((all) => all.every((one) => one > 0), 'expected positive numbers')
  .refine((all) => all.every((one) => !(one > 0) || one >= 1e-9), 'expected numbers of at least 1e-9');

/** A name that people read: not empty, and not blanks alone. */
export const readableName = z
  .string()
  .refine((name) => name.trim() !== '', 'expected a name that is not empty');

/** Bytes of the largest clip of sampled frames: what one tensor of the runtime holds everywhere. */
const mostBytes = 2 ** 31 - 1;

/** Whether `frames` pictures of this size, three bytes a pixel, fit one tensor. */
export function clipFits(frames: number, { width, height }: z.infer<typeof frameSize>): boolean {
  return frames * width * height * 3 <= mostBytes;
}

/** What is said where {@link clipFits} is false. */
export const clipTooLarge = 'expected frames of a clip that fit into 2 GB together: fewer, or smaller ones';
