// The nouns of this folder: a frame, what is known of a video, and how to ask for pictures.

/** Size of a picture in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** How a picture becomes another size: `stretch` ignores the aspect, `crop` keeps it and cuts the longer side around the centre. */
export type Resize = 'stretch' | 'crop';

/** `auto` takes node-av where it is installed and an `ffmpeg` on PATH otherwise. */
export type DecoderName = 'auto' | 'node-av' | 'ffmpeg';

/** One decoded picture. */
export interface Frame extends Size {
  /** Place in decoded order, from 0. */
  index: number;
  /** Presentation time in seconds, as players count it. */
  timeSeconds: number;
  /** RGB, 3 bytes a pixel, rows from the top, rotation applied. */
  data: Uint8Array;
  /** The decoder met broken data in it and filled in. */
  isDamaged: boolean;
}

/** What is known of a video after it was decoded once: `frames` is counted, not read from the header; its size is the one shown. */
export interface VideoInfo extends Size {
  path: string;
  frames: number;
  /** From the first frame's start to the end of the last one. */
  durationSeconds: number;
  /** Frames a second: the declared rate, or the mean where the rate varies. */
  frameRate: number;
  isVariableRate: boolean;
  /** Degrees clockwise that the pictures were turned for display: 0, 90, 180 or 270. `width` and `height` are after it. */
  rotation: number;
  codec: string;
  container: string;
  /** Width of a stored pixel over its height (anamorphic video); `width` and `height` are after stretching. Left out for squares. */
  pixelAspect?: number;
}

/** A video's facts with what is wrong in it. */
export interface Survey {
  info: VideoInfo;
  /** Seconds, one a frame, in decoded order. */
  times: Float64Array;
  /** Frames in which the decoder met broken data. */
  damagedFrames: number;
  /** Frames that the container declares and that did not decode. */
  missingFrames: number;
  /** One sentence a finding. */
  warnings: string[];
}

/** How to open a video. */
export interface OpenOptions {
  decoder?: DecoderName;
  /** Frames a second of a folder of pictures, which has none of its own. Default 25. */
  frameRate?: number;
  signal?: AbortSignal;
}

/** Which pictures to read, and how large. */
export interface FramesOptions {
  /** Default: the size of the video. */
  size?: Size;
  /** Default `stretch`. */
  resize?: Resize;
  /** Places in decoded order; default all. Each is given once, in rising order. */
  indices?: readonly number[];
  signal?: AbortSignal;
}

/** An open video file, GIF or folder of pictures. */
export interface VideoSource extends Survey {
  /** Decodes from the start, one picture at a time, never far ahead of the reader. */
  frames(options?: FramesOptions): AsyncIterable<Frame>;
  /** Ends readings under way. */
  close(): Promise<void>;
}
