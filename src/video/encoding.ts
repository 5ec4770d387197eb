// What an encoder is asked for and must be able to do; node-av and `ffmpeg` stand behind it.
import type { DecoderName, Size } from './types.js';

/** What is written. */
export interface EncodeOptions extends Size {
  frameRate: number;
  /** x264's constant rate factor: 0 is lossless, 18 looks so, 23 is small. Default 18. */
  quality?: number;
  /** Which tool encodes; the names are those of the decoders. */
  encoder?: DecoderName;
}

/** One encoding under way: pictures come in as RGB of the exact size. */
export interface Encoding {
  write(rgb: Uint8Array): Promise<void>;
  finish(): Promise<void>;
  abandon(): void;
}

/** Sizes must be even for 4:2:0: an odd edge is repeated once. */
export function paddedSize({ width, height }: Size): Size {
  return { width: width + (width % 2), height: height + (height % 2) };
}
