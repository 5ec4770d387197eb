// What is taken for a clip by its name: one list, for whoever opens, lists or hashes clips.

/** File endings of videos, lower case. */
export const VIDEO_ENDINGS: readonly string[] = [
  ...'.avi .mp4 .m4v .mov .mkv .webm .mpg .mpeg .mpe .m1v .m2v .mts .m2ts .ts .gif .wmv .asf .flv .f4v .ogv'.split(
    ' ',
  ),
  ...'.3gp .3g2 .y4m .divx .vob .h264 .264 .h265 .265 .hevc .ivf .obu .mjpeg .mjpg'.split(' '),
];

const picture = /^[^.].*\.(jpe?g|png|webp|bmp)$/i;

/** Is this the name of a picture that a folder of frames is made of? Hidden files are none. */
export function isPictureName(name: string): boolean {
  return picture.test(name);
}

const litter = [
  '__macosx',
  '@eadir',
  '#recycle',
  '$recycle.bin',
  'system volume information',
  'thumbs.db',
  'desktop.ini',
];

/** Is this something that a system or a storage device leaves beside people's own files: hidden, a thumbnail, a bin? */
export function isLitter(name: string): boolean {
  return name.startsWith('.') || litter.includes(name.toLowerCase());
}
