// Changes of a clip's pictures for training. What is drawn is drawn once a clip: every frame is
// mirrored, cut and coloured alike, or motion between frames would be invented.
import { usageError } from '../errors.js';
import type { Random } from '../random.js';
import { resample } from './resample.js';
import type { Size } from './types.js';

/** How strongly to change clips. A mirrored clip swaps left and right: leave `flip` at 0 where classes differ by direction. */
export interface AugmentOptions {
  /** Probability of a left-right mirror, 0..1. Default 0. */
  flip?: number;
  /** Largest relative change of each, as in torchvision's ColorJitter without hue. Default 0. */
  jitter?: { brightness?: number; contrast?: number; saturation?: number };
  /** Smallest share of width and of height that a random window keeps, in (0, 1]; it is then resized back. Default 1. */
  crop?: number;
}

/** What was drawn for one clip. */
export interface Augmentation {
  isFlipped: boolean;
  brightness: number;
  contrast: number;
  saturation: number;
  /** Shares of the picture's width and height. */
  window: { x: number; y: number; size: number };
}

/** Draws the changes of one clip: always seven draws, so that options do not shift a later clip's. */
export function drawAugmentation(
  { flip = 0, jitter = {}, crop = 1 }: AugmentOptions,
  random: Random,
): Augmentation {
  if (!(crop > 0 && crop <= 1))
    throw usageError('augmentClip: options.crop', 'must lie in (0, 1]', `${crop}`);
  const factor = (most = 0): number => Math.max(0, 1 + random.uniform(-most, most));
  const isFlipped = random.uniform() < flip;
  const [brightness, contrast, saturation] = [jitter.brightness, jitter.contrast, jitter.saturation].map(
    factor,
  );
  const size = random.uniform(crop, 1);
  const window = { size, x: random.uniform(0, 1 - size), y: random.uniform(0, 1 - size) };
  return { isFlipped, brightness: brightness!, contrast: contrast!, saturation: saturation!, window };
}

/** A changed copy of `frames` `[n, height, width, 3]`; the changes are drawn from `random` once for the clip. */
export function augmentClip(
  frames: Uint8Array,
  shape: readonly [number, number, number, number],
  options: AugmentOptions,
  random: Random,
): Uint8Array {
  return applyAugmentation(frames, shape, drawAugmentation(options, random));
}

type ClipSize = readonly [n: number, height: number, width: number, channels: number];

/**
 * The same window of `target` size of all frames `[n, height, width, 3]`, at a place drawn from `random` (two draws): the
 * random crop of the paper's fine-tuning (docs/architecture.md#training). Throws `usage` for a window that is larger than the frames.
 */
export function cutClip(
  frames: Uint8Array,
  [n, height, width]: ClipSize,
  target: Size,
  random: Random,
): Uint8Array {
  if (target.width > width || target.height > height)
    throw usageError(
      'cutClip: target',
      `a window of at most ${width}x${height}`,
      `${target.width}x${target.height}`,
    );
  const x = random.integer(0, width - target.width + 1);
  const y = random.integer(0, height - target.height + 1);
  const row = target.width * 3;
  const out = new Uint8Array(n * target.height * row);
  for (let line = 0; line < n * target.height; line++) {
    const frame = Math.floor(line / target.height);
    const start = ((frame * height + y + (line % target.height)) * width + x) * 3;
    out.set(frames.subarray(start, start + row), line * row);
  }
  return out;
}

/** All frames `[n, height, width, 3]` scaled to `target` size. */
export function scaleClip(frames: Uint8Array, [n, height, width]: ClipSize, target: Size): Uint8Array {
  if (target.width === width && target.height === height) return frames;
  const length = height * width * 3;
  const scaled = target.height * target.width * 3;
  const out = new Uint8Array(n * scaled);
  for (let i = 0; i < n; i++) {
    const frame = frames.subarray(i * length, (i + 1) * length);
    out.set(resample(frame, { width, height }, target), i * scaled);
  }
  return out;
}

/** Applies drawn changes: window, mirror, then brightness, contrast (around the clip's mean grey) and saturation. */
export function applyAugmentation(
  frames: Uint8Array,
  [n, height, width]: readonly [number, number, number, number],
  drawn: Augmentation,
): Uint8Array {
  const length = height * width * 3;
  const out = new Uint8Array(n * length);
  const size = { width, height };
  const window = wholeWindow(drawn.window, width, height);
  const isWhole = window.width === width && window.height === height;
  for (let i = 0; i < n; i++) {
    const frame = frames.subarray(i * length, (i + 1) * length);
    out.set(isWhole ? frame : resample(frame, size, size, window), i * length);
  }
  if (drawn.isFlipped) mirror(out, width);
  colour(out, drawn);
  return out;
}

function wholeWindow({ x, y, size }: Augmentation['window'], width: number, height: number) {
  const w = Math.max(1, Math.round(size * width));
  const h = Math.max(1, Math.round(size * height));
  return {
    width: w,
    height: h,
    x: Math.min(width - w, Math.round(x * width)),
    y: Math.min(height - h, Math.round(y * height)),
  };
}

function mirror(pixels: Uint8Array, width: number): void {
  for (let row = 0; row < pixels.length; row += width * 3)
    for (let a = row, b = row + (width - 1) * 3; a < b; a += 3, b -= 3)
      for (let c = 0; c < 3; c++) [pixels[a + c], pixels[b + c]] = [pixels[b + c]!, pixels[a + c]!];
}

/** Grey is ITU-R 601 luma, as in PIL and torchvision. */
function colour(pixels: Uint8Array, { brightness, contrast, saturation }: Augmentation): void {
  if (brightness === 1 && contrast === 1 && saturation === 1) return;
  const luma = (i: number): number => 0.299 * pixels[i]! + 0.587 * pixels[i + 1]! + 0.114 * pixels[i + 2]!;
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 3) sum += luma(i);
  const middle = (brightness * sum) / (pixels.length / 3);
  for (let i = 0; i < pixels.length; i += 3) {
    const grey = luma(i);
    for (let c = i; c < i + 3; c++) {
      const vivid = brightness * (grey + saturation * (pixels[c]! - grey));
      pixels[c] = Math.max(0, Math.min(255, Math.round(middle + contrast * (vivid - middle))));
    }
  }
}
