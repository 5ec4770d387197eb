// By which rule stored luma and chroma become red, green and blue: one for every reader. What a stream says of itself comes
// first; where it says nothing, the height of the stored picture tells, as browsers guess it (docs/clips.md).

/** Shares of red and of blue in the luma of a matrix (ITU-R BT.601, BT.709 and BT.2020). */
export const lumaShares = {
  bt601: { red: 0.299, blue: 0.114 },
  bt709: { red: 0.2126, blue: 0.0722 },
  bt2020: { red: 0.2627, blue: 0.0593 },
} as const;

/** A matrix between luma with chroma and RGB. */
export type Matrix = keyof typeof lumaShares;

/** Lines from which on a picture that says nothing of its colours is taken for high definition. */
const HIGH_DEFINITION = 720;

/** The matrix of pictures that name none, by the height at which they are stored. */
export function untaggedMatrix(height: number): Matrix {
  return height >= HIGH_DEFINITION ? 'bt709' : 'bt601';
}

/** Does this pixel format of FFmpeg hold red, green and blue (a palette of them too), so that no matrix is asked for? */
export function isRgbFormat(name: string): boolean {
  return /^(gbr|[a0]?rgb|[a0]?bgr|x2|pal8)/.test(name);
}

/**
 * Filters that lay what shines through on black; none for pixel formats without alpha. In 16 bits: of 8, newer versions of FFmpeg
 * divide by 256 where 255 stands for opaque, so that opaque values from 129 lose a level.
 */
export function overBlack(format: string): string {
  return /^(yuva|ya\d|gbrap|rgba|bgra|argb|abgr|ayuv|vuya)/.test(format)
    ? 'format=gbrap16,premultiply=inplace=1,'
    : '';
}
