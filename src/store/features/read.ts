// Stored features as numbers for a batch: frames picked and places gathered while half precision is read, so that what
// a step does not see costs nothing.
import { formatError, WhereWhenError } from '../../errors.js';
import type { Random } from '../../random.js';
import type { Tensor } from '../../tensor.js';
import { float16Table, fromFloat16 } from './float16.js';

/** Which places a training step sees. */
export interface PlacesOptions {
  /** Share of the places of each frame. */
  share: number;
  /** The same places in every frame of a clip, as a network that looks along time at one place needs it. */
  areSame: boolean;
}

/** Places that a share of `height x width` means: at least one. */
export function placesSeen(share: number, { height, width }: { height: number; width: number }): number {
  return Math.max(1, Math.round(share * height * width));
}

/**
 * Features float32 `[n,C,h,w]` at `frames` of the stored `[m,C,h,w]`; with places `[n,C,1,S]`. They are written into
 * what `room` gives for their shape. Throws `format`.
 */
export function pickFeatures(
  stored: Tensor | undefined,
  {
    path,
    frames,
    places,
    random,
    room = (shape) => new Float32Array(shape.reduce((a, b) => a * b, 1)),
  }: {
    path: string;
    frames: readonly number[];
    places?: PlacesOptions;
    random?: Random;
    room?: (shape: readonly number[]) => Float32Array;
  },
): { shape: readonly number[]; data: Float32Array } {
  if (stored?.dtype !== 'float16' || stored.shape.length !== 4) throw notFeatures(path, stored);
  const [, C, h, w] = stored.shape as [number, number, number, number];
  const bits = stored.data as Uint16Array;
  const [P, n] = [h * w, frames.length];
  if (!places || !random) {
    const data = room([n, C, h, w]);
    frames.forEach((frame, i) =>
      fromFloat16(bits.subarray(frame * C * P, (frame + 1) * C * P), data, i * C * P),
    );
    return { shape: [n, C, h, w], data };
  }
  const S = placesSeen(places.share, { height: h, width: w });
  const all = Array.from({ length: P }, (_, place) => place);
  // In their order in the file: attention does not depend on it, and reading forwards is several times faster.
  const draw = (): Int32Array => Int32Array.from(random.shuffle(all).slice(0, S)).sort();
  const common = places.areSame ? draw() : undefined;
  const table = float16Table();
  const data = room([n, C, 1, S]);
  let at = 0;
  for (const frame of frames) {
    const chosen = common ?? draw();
    for (let c = 0; c < C; c++) {
      const row = (frame * C + c) * P;
      for (let s = 0; s < S; s++, at++) data[at] = table[bits[row + chosen[s]!]!]!;
    }
  }
  return { shape: [n, C, 1, S], data };
}

function notFeatures(path: string, stored: Tensor | undefined): WhereWhenError {
  return formatError(
    path,
    'stored features, float16 of four axes',
    stored ? `${stored.dtype} [${stored.shape.join()}]` : 'none',
    'delete the file and run the command again',
  );
}
