// What ffprobe prints of a file and its streams, and what is read out of it.
import { z } from 'zod';
import { isRgbFormat, overBlack, untaggedMatrix } from './colour.js';
import { orientationOf, upright, type Orientation } from './orientation.js';

/** One stream. */
export const Stream = z.object({
  index: z.number(),
  codec_type: z.string().optional(),
  codec_name: z.string().default('unknown'),
  width: z.number().default(0),
  height: z.number().default(0),
  nb_frames: z.coerce.number().default(0),
  avg_frame_rate: z.string().default('0/0'),
  r_frame_rate: z.string().default('0/0'),
  time_base: z.string().default('0/0'),
  start_pts: z.number().optional(),
  disposition: z.object({ attached_pic: z.number().default(0), default: z.number().default(0) }).optional(),
  color_space: z.string().default('unknown'),
  color_transfer: z.string().optional(),
  pix_fmt: z.string().default('unknown'),
  sample_aspect_ratio: z.string().default('0:1'),
  side_data_list: z.array(z.object({ displaymatrix: z.string().optional() })).default([]),
});
/** `-show_streams -show_format` as JSON. */
export const Probe = z.object({
  streams: z.array(Stream).default([]),
  format: z.object({ format_name: z.string(), start_time: z.coerce.number().optional() }).optional(),
});

/** Filters before all others: the matrix of pictures that name none and that FFmpeg would take for BT.601; black under alpha. */
export function filtersBefore({ color_space, pix_fmt, height }: z.infer<typeof Stream>): string {
  const isGuessed = color_space === 'unknown' && !isRgbFormat(pix_fmt) && untaggedMatrix(height) === 'bt709';
  return (isGuessed ? 'setparams=colorspace=bt709,' : '') + overBlack(pix_fmt);
}

/** `30000/1001` as a number; 0 where it says nothing. */
export function fraction(text: string): number {
  const [num = 0, den = 1] = text.split('/').map(Number);
  return num > 0 && den > 0 ? num / den : 0;
}

/** ffprobe prints the matrix as three rows of an address and three numbers. */
export function orientationOfText(text: string | undefined): Orientation {
  const rows = (text ?? '')
    .trim()
    .split('\n')
    .map((row) => row.replace(/^.*:/, '').trim().split(/\s+/).map(Number));
  const [[a, b] = [], [c, d] = []] = rows;
  return [a, b, c, d].every(Number.isFinite) ? orientationOf(a!, b!, c!, d!) : upright;
}

/** The reason at the end of FFmpeg's message: `file:x.mp4: Invalid data found ...`. */
export function lastWords(message = ''): string | undefined {
  return message.trim().split('\n').at(-1)?.split(': ').at(-1) || undefined;
}
