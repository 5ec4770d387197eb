// Features that are drawn instead of seen, for benches of what learns from stored ones: as sparse as a ReLU leaves them.
import type { FeatureScale } from '../src/backbone/index.js';
import type { ClipFacts } from '../src/infer/index.js';
import type { Random } from '../src/random.js';
import { float32, sizeOf, type Tensor } from '../src/tensor.js';

/** Of one scale, `[frames,C,h,w]`: two thirds zeros, else exponentially distributed, times the gain of the channel. */
export function drawnFeatures(
  { channels, height, width }: FeatureScale,
  { frames, random, gainOf }: { frames: number; random: Random; gainOf: (channel: number) => number },
): Tensor {
  const shape = [frames, channels, height, width];
  const data = new Float32Array(sizeOf(shape));
  for (let at = 0; at < data.length; at++) {
    const one = random.uniform();
    const channel = Math.floor(at / (height * width)) % channels;
    if (one < 1 / 3) data[at] = -gainOf(channel) * Math.log(1 - 2.99 * one);
  }
  return float32(data, shape);
}

/** What a store keeps of a clip that is no video. */
export function drawnFacts(path: string, frames: number): ClipFacts {
  const info = { path, width: 320, height: 240, frames, durationSeconds: frames / 25, frameRate: 25 };
  const more = { isVariableRate: false, rotation: 0, codec: 'none', container: 'none' } as const;
  const indices = Array.from({ length: frames }, (_, i) => i);
  return {
    info: { ...info, ...more },
    ...{ damagedFrames: 0, missingFrames: 0, warnings: [], indices },
    times: Float64Array.from(indices, (i) => i / 25),
  };
}
