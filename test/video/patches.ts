// Clips of colour patches whose luma and chroma are known, so that the right red, green and blue are a matter of arithmetic.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Luma, blue and red difference of each upright stripe, limited range. */
export const PATCHES = [
  [81, 90, 240],
  [145, 54, 34],
  [41, 240, 110],
  [180, 128, 128],
  [60, 160, 100],
  [120, 90, 180],
  [235, 128, 128],
  [16, 128, 128],
] as const;

/** Writes two frames of the patches, unless they lie there; `args` are ffmpeg's for the codec and its tags. */
export function writePatches(path: string, width: number, height: number, args: string[]): string {
  if (existsSync(path)) return path;
  const planes = [0, 1, 2].map((plane) => stripes(plane, plane === 0 ? width : width / 2));
  const rows = planes.map((row, plane) =>
    Buffer.concat(new Array<Buffer>(plane === 0 ? height : height / 2).fill(row)),
  );
  const frame = Buffer.concat(rows);
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-r', '10', '-i', '-'];
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...raw, ...args, path], {
    input: Buffer.concat([frame, frame]),
  });
  return path;
}

function stripes(plane: number, width: number): Buffer {
  return Buffer.from(
    Uint8Array.from({ length: width }, (_, x) => PATCHES[Math.floor((x * PATCHES.length) / width)]![plane]!),
  );
}

/** `R = Y + 2 (1 - kr) V`, `B = Y + 2 (1 - kb) U`, `Y = kr R + kg G + kb B`, cut to 0..255. */
export function rightColours(kr: number, kb: number, isFullRange = false): number[][] {
  const [low, luma, chroma] = isFullRange ? [0, 255, 255] : [16, 219, 224];
  return PATCHES.map(([y, u, v]) => {
    const grey = (y - low) / luma;
    const red = grey + (2 * (1 - kr) * (v - 128)) / chroma;
    const blue = grey + (2 * (1 - kb) * (u - 128)) / chroma;
    const green = (grey - kr * red - kb * blue) / (1 - kr - kb);
    return [red, green, blue].map((share) => Math.max(0, Math.min(255, Math.round(255 * share))));
  });
}

/** The colours in the middle of each patch of an RGB picture. */
export function readPatches(pixels: ArrayLike<number>, width: number, height: number): number[][] {
  return PATCHES.map((_, i) => {
    const at = ((height >> 1) * width + Math.floor(((i + 0.5) * width) / PATCHES.length)) * 3;
    return [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
  });
}

/** The largest difference of any level. */
export function farthest(a: number[][], b: number[][]): number {
  return Math.max(...a.flatMap((patch, i) => patch.map((level, c) => Math.abs(level - b[i]![c]!))));
}
