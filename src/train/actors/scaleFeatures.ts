// Stored features of a clip as the maps of who acts see them: the root of one scale's channels, and its change from frame to
// frame. The same arithmetic as `model/actors.ts` writes into the graph.
import type { ChannelRange } from '../../backbone/index.js';
import type { Tensor } from '../../tensor.js';

/** The channels of one scale among the stacked ones. */
export type ScaleRange = ChannelRange;

/** `n` frames of `channels` channels on `cells` cells, `[n,channels,cells]`. */
export interface ScaleFeatures {
  frames: number;
  channels: number;
  cells: number;
  values: Float32Array;
}

/** `sign(X) sqrt|X|` of one scale of features `[n,C,h,w]`. */
export function rootsOf({ data, shape }: Tensor, { start, end }: ScaleRange): ScaleFeatures {
  const [frames, C, height, width] = shape as [number, number, number, number];
  const [cells, channels] = [height * width, end - start];
  const values = new Float32Array(frames * channels * cells);
  for (let i = 0; i < frames; i++) {
    const from = (i * C + start) * cells;
    const to = i * channels * cells;
    for (let j = 0; j < channels * cells; j++) {
      const x = data[from + j] as number;
      values[to + j] = x < 0 ? -Math.sqrt(-x) : Math.sqrt(x);
    }
  }
  return { frames, channels, cells, values };
}

/** Every place's vector over its length; a vector of zeros stays. */
export function unitVectors({ values, ...rest }: ScaleFeatures): ScaleFeatures {
  const { frames, channels, cells } = rest;
  const out = new Float32Array(values.length);
  for (let i = 0; i < frames; i++) {
    for (let p = 0; p < cells; p++) {
      const from = i * channels * cells + p;
      const to = from + channels * cells;
      let square = 0;
      for (let at = from; at < to; at += cells) square += values[at]! ** 2;
      const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
      for (let at = from; at < to; at += cells) out[at] = values[at]! * scale;
    }
  }
  return { ...rest, values: out };
}

/** Some of the channels. */
export function channelsOf(
  { frames, channels, cells, values }: ScaleFeatures,
  { start, end }: ScaleRange,
): ScaleFeatures {
  const out = new Float32Array(frames * (end - start) * cells);
  for (let i = 0; i < frames; i++) {
    const from = (i * channels + start) * cells;
    out.set(values.subarray(from, from + (end - start) * cells), i * (end - start) * cells);
  }
  return { frames, channels: end - start, cells, values: out };
}

/** The mean of `|x_i - x_i-1|` and `|x_i - x_i+1|`, where there are both, of every channel and cell. */
export function changesOf({ values, frames, ...rest }: ScaleFeatures): ScaleFeatures {
  const size = values.length / frames;
  const out = new Float32Array(values.length);
  addChanges(out, values, { frames, size, start: 0, stride: size });
  return { ...rest, frames, values: out };
}

/** Adds to `out [frames,size]` the changes of `size` numbers of each frame, which begin at `start` and lie `stride` apart. */
function addChanges(
  out: Float32Array,
  values: Float32Array,
  { frames, size, start, stride }: { frames: number; size: number; start: number; stride: number },
): void {
  for (let i = 1; i < frames; i++) {
    const [before, here] = [start + (i - 1) * stride, start + i * stride];
    const [toBefore, toHere] = [(i - 1) * size, i * size];
    const [shareBefore, shareHere] = [i === 1 ? 1 : 0.5, i === frames - 1 ? 1 : 0.5];
    for (let j = 0; j < size; j++) {
      const step = Math.abs(values[here + j]! - values[before + j]!);
      out[toBefore + j]! += shareBefore * step;
      out[toHere + j]! += shareHere * step;
    }
  }
}

/** The sum over channels of what `changesOf` gives, `[n,cells]`, without keeping each channel's. */
export function changeSum({ values, frames, channels, cells }: ScaleFeatures): Float32Array {
  const out = new Float32Array(frames * cells);
  const own = new Float32Array(frames * cells);
  for (let c = 0; c < channels; c++) {
    own.fill(0);
    addChanges(own, values, { frames, size: cells, start: c * cells, stride: channels * cells });
    for (let at = 0; at < out.length; at++) out[at]! += own[at]!;
  }
  return out;
}

/** `sum_c w_c x_ipc`, or without weights the plain sum over channels: `[n,cells]`. */
export function channelSum(
  { frames, channels, cells, values }: ScaleFeatures,
  weights?: ArrayLike<number>,
): Float32Array {
  const out = new Float32Array(frames * cells);
  for (let i = 0; i < frames; i++) {
    for (let c = 0; c < channels; c++) {
      const weight = weights?.[c] ?? 1;
      const from = (i * channels + c) * cells;
      for (let p = 0; p < cells; p++) out[i * cells + p]! += weight * values[from + p]!;
    }
  }
  return out;
}

/** The length of the feature vector of each scale at each place, `[n,cells]`, for features `[n,C,h,w]`. */
export function scaleLength({ data, shape }: Tensor, { start, end }: ScaleRange): Float32Array {
  const [frames, C, height, width] = shape as [number, number, number, number];
  const cells = height * width;
  const out = new Float32Array(frames * cells);
  for (let i = 0; i < frames; i++) {
    for (let c = start; c < end; c++) {
      const from = (i * C + c) * cells;
      for (let p = 0; p < cells; p++) out[i * cells + p]! += (data[from + p] as number) ** 2;
    }
  }
  return out.map(Math.sqrt);
}

/** The sum of all places by their weights `[n,cells]`, per channel `[channels]`: their mean where weights sum to 1. */
export function weightedMean(
  { frames, channels, cells, values }: ScaleFeatures,
  weights: ArrayLike<number>,
): Float64Array {
  const out = new Float64Array(channels);
  for (let i = 0; i < frames; i++) {
    const seen = Array.from({ length: cells }, (_, p) => p).filter((p) => weights[i * cells + p] !== 0);
    for (let c = 0; c < channels; c++) {
      const from = (i * channels + c) * cells;
      for (const p of seen) out[c]! += weights[i * cells + p]! * values[from + p]!;
    }
  }
  return out;
}
