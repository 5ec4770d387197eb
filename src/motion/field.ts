// A flow field: how far every pixel of a picture moves until the next one.
import type { Extent } from './pyramid.js';

/** Motion of every pixel, `[height, width]` each, in pixels of this grid: right and down are positive. */
export interface Flow extends Extent {
  readonly u: Float32Array;
  readonly v: Float32Array;
}

/** A field that does not move. */
export function stillFlow({ width, height }: Extent): Flow {
  return { width, height, u: new Float32Array(width * height), v: new Float32Array(width * height) };
}

/** The same motion on another grid, bilinear between pixel centres; lengths grow with the grid. */
export function resizeFlow(flow: Flow, to: Flow): Flow {
  const columns = taps(flow.width, to.width);
  const rows = taps(flow.height, to.height);
  const [across, down] = [to.width / flow.width, to.height / flow.height];
  const { u, v } = flow;
  const { u: toU, v: toV } = to;
  for (let y = 0, at = 0; y < to.height; y++) {
    const top = rows.low[y]! * flow.width;
    const bottom = rows.high[y]! * flow.width;
    const b = rows.share[y]!;
    for (let x = 0; x < to.width; x++, at++) {
      const l = columns.low[x]!;
      const r = columns.high[x]!;
      const a = columns.share[x]!;
      const w00 = (1 - a) * (1 - b);
      const w01 = a * (1 - b);
      const w10 = (1 - a) * b;
      const w11 = a * b;
      toU[at] =
        across * (w00 * u[top + l]! + w01 * u[top + r]! + w10 * u[bottom + l]! + w11 * u[bottom + r]!);
      toV[at] = down * (w00 * v[top + l]! + w01 * v[top + r]! + w10 * v[bottom + l]! + w11 * v[bottom + r]!);
    }
  }
  return to;
}

/** Between which two pixels of a row of `from` the centres of `to` pixels lie, and how far along. */
function taps(from: number, to: number): { low: Int32Array; high: Int32Array; share: Float32Array } {
  const [low, high, share] = [new Int32Array(to), new Int32Array(to), new Float32Array(to)];
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    low[i] = Math.floor(at);
    high[i] = Math.min(from - 1, low[i]! + 1);
    share[i] = at - low[i]!;
  }
  return { low, high, share };
}
