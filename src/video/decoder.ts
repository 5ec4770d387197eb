// What a decoder must be able to do. Three stand behind it: node-av, an `ffmpeg` on PATH, and a
// folder of pictures. They run in a process of their own; the battery of tests is one for all.
import type { Frame, Resize, Size, Survey } from './types.js';

/** Which pictures a decoder hands out. */
export interface FrameRequest {
  /** Default: the size of the video. */
  size?: Size;
  resize: Resize;
  /** Places in decoded order; default all. */
  wanted?: ReadonlySet<number>;
}

/** One video behind one way of decoding it. */
export interface Decoder {
  /** The number of frames, cheaply; it is held against the survey. */
  count(): Promise<number>;
  /** Decodes everything once, without pictures. */
  survey(): Promise<Survey>;
  /** Decodes everything once and yields the wanted pictures in rising order; returns the survey. */
  frames(request: FrameRequest): AsyncGenerator<Frame, Survey, void>;
}

/** What a decoder is made with. */
export interface DecoderOptions {
  /** Frames a second of a folder of pictures. */
  frameRate: number;
  /** Asked between packets; true ends the work. */
  isCancelled: () => boolean;
}
