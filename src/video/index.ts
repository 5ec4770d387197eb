// Video in and out: files, GIFs and folders of pictures to frames with true times; frames to MP4;
// drawing on pictures. Nothing here knows of classes or models.
export type {
  DecoderName,
  Frame,
  FramesOptions,
  OpenOptions,
  Resize,
  Size,
  Survey,
  VideoInfo,
  VideoSource,
} from './types.js';
export { openVideo } from './source.js';
export {
  DecodePool,
  readClip,
  type Clip,
  type ClipOptions,
  type ClipOutcome,
  type Sampling,
} from './clip.js';
export { VideoThreads } from './threads.js';
export { encodeVideo, type EncodeVideoOptions } from './encode.js';
export type { Rectangle } from './crop.js';
