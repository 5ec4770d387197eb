// What is known of values over a few frames: how far each channel reaches, and its mean.
import { inputError, WhereWhenError } from '../../errors.js';
import type { Program } from '../../runtime/program.js';
import type { Tensor } from '../../tensor.js';
import { framesFrom } from '../frames.js';
import { preprocess, type Preprocessing } from '../preprocessing.js';

/** Of one value `[n,channels,...]`, a number a channel. */
export interface ChannelStatistics {
  min: Float64Array;
  max: Float64Array;
  mean: Float64Array;
}

/**
 * The statistics of `watched` values of a float32 program over frames uint8 `[B,H,W,3]`; those of its input too. Throws
 * `input` where a value is not a number, or without bounds: nothing can be said of it in eight bits.
 */
export async function statisticsOver(
  program: Program,
  frames: Tensor,
  {
    watched,
    preprocessing,
    batch,
  }: { watched: readonly string[]; preprocessing: Preprocessing; batch: number },
): Promise<Map<string, ChannelStatistics>> {
  const found = new Map<string, ChannelStatistics>();
  const count = frames.shape[0]!;
  const feed = program.feeds[0]!.name;
  const inner = watched.filter((name) => name !== feed);
  for (let start = 0; start < count; start += batch) {
    const own = Math.min(count, start + batch) - start;
    const input = preprocess(framesFrom(frames, start, start + own, batch), preprocessing);
    const values = { [feed]: input, ...(await program.run({ [feed]: input }, { outputs: inner })) };
    // of a batch that was filled up only what is frames counts
    for (const [name, { shape, data }] of Object.entries(values)) {
      const [whole = 1, channels = 1] = shape;
      const area = data.length / (whole * channels);
      const shown = Math.round((whole / batch) * own);
      widen(found, name, { channels, area, frames: shown, data: data as Float32Array }, own / count);
    }
  }
  return found;
}

/** Adds what part `share` of all frames tells of a value. */
function widen(
  found: Map<string, ChannelStatistics>,
  name: string,
  { channels, area, frames, data }: { channels: number; area: number; frames: number; data: Float32Array },
  share: number,
): void {
  const known = found.get(name) ?? nothingSeen(channels);
  for (let plane = 0; plane < frames * channels; plane++) {
    const c = plane % channels;
    let [min, max, sum] = [known.min[c]!, known.max[c]!, 0];
    for (let i = plane * area; i < (plane + 1) * area; i++) {
      const x = data[i]!;
      if (x < min) min = x;
      if (x > max) max = x;
      sum += x;
    }
    if (!Number.isFinite(sum)) throw notFinite(name, sum);
    known.min[c] = min;
    known.max[c] = max;
    known.mean[c]! += (sum / (area * frames)) * share;
  }
  found.set(name, known);
}

function nothingSeen(channels: number): ChannelStatistics {
  return {
    min: new Float64Array(channels).fill(Infinity),
    max: new Float64Array(channels).fill(-Infinity),
    mean: new Float64Array(channels),
  };
}

function notFinite(name: string, received: number): WhereWhenError {
  return inputError(
    `quantise: ${name}`,
    'numbers of a finite range over the calibration frames',
    Number.isNaN(received) ? 'NaN' : 'Infinity',
    'use --precision float32',
  );
}
