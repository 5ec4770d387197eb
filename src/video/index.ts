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
export { centredIndices, evenIndices, segmentRandomIndices, uniformIndices } from './sample.js';
export { isLitter, isPictureName, VIDEO_ENDINGS } from './mediaNames.js';
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
export {
  applyAugmentation,
  augmentClip,
  cutClip,
  drawAugmentation,
  type Augmentation,
  type AugmentOptions,
  scaleClip,
} from './transform.js';
export { heldRate } from './frameRate.js';
export { encodeVideo, type EncodeVideoOptions } from './encode.js';
export { keptWindow, resample, type Window } from './resample.js';
export { cropTo, type Rectangle } from './crop.js';
