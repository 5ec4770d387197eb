// Writes pictures as MP4 (H.264, 4:2:0, BT.601 limited range and tagged so, index in front),
// inside a video thread. One encoder thread and no dates: the same pictures give the same bytes.
// The file is written under a temporary name and renamed when it is whole.
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { outputError, usageError, WhereWhenError } from '../errors.js';
import { ownerMark } from '../owner.js';
import { installedTool } from './decoders.js';
import { paddedSize, type EncodeOptions, type Encoding } from './encoding.js';
import type { Size } from './types.js';

/** Takes pictures from `next` until it gives null. */
export async function encodeTo(
  path: string,
  options: EncodeOptions,
  next: () => Promise<Uint8Array | null>,
): Promise<void> {
  const tool = options.encoder ?? 'auto';
  const chosen = tool === 'auto' ? await installedTool() : tool;
  const temporary = `${path}.${ownerMark()}.part`;
  const begin =
    chosen === 'node-av'
      ? (await import('./encodeNodeAv.js')).encodeWithNodeAv
      : (await import('./encodeFfmpeg.js')).encodeWithFfmpeg;
  const open: Encoding[] = [];
  try {
    const encoding = await begin(temporary, options);
    open.push(encoding);
    const count = await feed(encoding, path, options, next);
    if (count === 0) throw fault(path, 'at least one picture', '0 pictures');
    await encoding.finish();
    flush(temporary);
    renameSync(temporary, path);
  } catch (error) {
    for (const encoding of open) encoding.abandon();
    rmSync(temporary, { force: true });
    throw named(path, error);
  }
}

async function feed(
  encoding: Encoding,
  path: string,
  options: EncodeOptions,
  next: () => Promise<Uint8Array | null>,
): Promise<number> {
  for (let count = 0; ; count++) {
    const picture = await next();
    if (!picture) return count;
    await encoding.write(padded(rgbOf(picture, path, options), options));
  }
}

/** RGB of an RGB or RGBA picture; any other length is an error. */
function rgbOf(picture: Uint8Array, path: string, { width, height }: Size): Uint8Array {
  const pixels = width * height;
  if (picture.length === 3 * pixels) return picture;
  if (picture.length !== 4 * pixels)
    throw fault(
      path,
      `pictures of ${width} x ${height} must hold ${3 * pixels} (RGB) or ${4 * pixels} (RGBA) bytes`,
      `${picture.length}`,
    );
  const rgb = new Uint8Array(3 * pixels);
  for (let from = 0, to = 0; to < rgb.length; from += 4) {
    rgb[to++] = picture[from]!;
    rgb[to++] = picture[from + 1]!;
    rgb[to++] = picture[from + 2]!;
  }
  return rgb;
}

function padded(rgb: Uint8Array, size: Size): Uint8Array {
  const { width, height } = paddedSize(size);
  if (width === size.width && height === size.height) return rgb;
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = Math.min(y, size.height - 1) * size.width * 3;
    const row = rgb.subarray(from, from + size.width * 3);
    out.set(row, y * width * 3);
    if (width > size.width) out.set(row.subarray(-3), (y * width + size.width) * 3);
  }
  return out;
}

/** Asks the system to put the file on disk, where a full disk shows at last. */
function flush(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function fault(path: string, expected: string, received: string): WhereWhenError {
  return usageError(path, expected, received);
}

function named(path: string, error: unknown): unknown {
  if (error instanceof WhereWhenError || (error as Error)?.name === 'AbortError') return error;
  const received = error instanceof Error ? error.message : String(error);
  return outputError(
    path,
    'the video must be written',
    received,
    'check the folder, its permissions and the free space',
  );
}
