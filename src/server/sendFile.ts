// A file with byte ranges, as players of video need them (RFC 9110, section 14: one range a request).
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import type { SentFile } from './clipFacts.js';

/** Answers with the file, or with the part of it that is asked for; 416 for a part that is not there. */
export async function sendFile(c: Context, { path, type }: SentFile): Promise<Response> {
  const { size, mtimeMs } = await stat(path);
  const tag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
  c.header('Accept-Ranges', 'bytes');
  c.header('ETag', tag);
  c.header('Cache-Control', 'private, no-cache');
  if (c.req.header('if-none-match') === tag) return c.body(null, 304);
  c.header('Content-Type', type);
  const asked = c.req.header('if-range') ?? tag;
  const range = asked === tag ? rangeOf(c.req.header('range'), size) : 'all';
  if (range === 'none') {
    c.header('Content-Range', `bytes */${size}`);
    return c.body(null, 416);
  }
  const [start, end] = range === 'all' ? [0, size - 1] : range;
  c.header('Content-Length', String(end - start + 1));
  if (range !== 'all') c.header('Content-Range', `bytes ${start}-${end}/${size}`);
  const status = range === 'all' ? 200 : 206;
  if (c.req.method === 'HEAD' || size === 0) return c.body(null, status);
  const stream = createReadStream(path, { start, end });
  return c.body(Readable.toWeb(stream) as ReadableStream, status);
}

/** First and last byte. What is no range of bytes, or are several, is answered with all, as the standard allows. */
export function rangeOf(
  header: string | undefined,
  size: number,
): [start: number, end: number] | 'all' | 'none' {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return 'all';
  if (first === '')
    return Number(last) > 0 && size > 0 ? [Math.max(0, size - Number(last)), size - 1] : 'none';
  const end = last === '' ? size - 1 : Math.min(size - 1, Number(last));
  if (Number(first) >= size) return 'none';
  return Number(first) > end ? 'all' : [Number(first), end];
}
