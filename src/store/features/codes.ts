// Features in eight bits. What a ReLU leaves is mostly small with a few large numbers, so that it is the root that is cut into
// equal steps, 255 of them to the largest of a channel in a clip: small numbers keep their digits, zeros stay zeros, and the
// roots of features, which who acts is learnt from, move a third as far as with equal steps of the numbers (docs/performance.md).
//
//   code = round(sign(x) sqrt|x| / step) + zero      x = sign(s) s^2 with s = step (code - zero)
import { inputError, WhereWhenError } from '../../errors.js';
import { float32, type Tensor } from '../../tensor.js';

/** Features of one scale as bytes, with a step and a zero for every channel of the clip. */
export interface Coded {
  /** uint8 `[n,C,h,w]`. */
  codes: Tensor;
  /** float32 `[C]`: what one step of a code is, of the root. */
  steps: Tensor;
  /** uint8 `[C]`: the code of 0. */
  zeros: Tensor;
}

/** Codes of features float32 `[n,C,h,w]`. Throws `input` for numbers that are not finite. */
export function toCodes({ data, shape }: Tensor): Coded {
  const [n, C, h, w] = shape as [number, number, number, number];
  const [values, cells] = [data as Float32Array, h * w];
  const { lowest, highest } = reachOf(values, C, cells);
  const steps = new Float32Array(C);
  const zeros = new Uint8Array(C);
  for (let c = 0; c < C; c++) {
    const [low, high] = [rootOf(lowest[c]!), rootOf(highest[c]!)];
    if (!Number.isFinite(high - low)) throw notFinite(high - low);
    steps[c] = (high - low) / 255;
    zeros[c] = steps[c] === 0 ? 0 : Math.round(-low / steps[c]!);
  }
  const codes = new Uint8Array(values.length);
  for (let row = 0; row < n * C; row++) {
    const c = row % C;
    const [zero, each] = [zeros[c]!, steps[c] === 0 ? 0 : 1 / steps[c]!];
    for (let at = row * cells; at < (row + 1) * cells; at++) {
      const code = Math.round(rootOf(values[at]!) * each) + zero;
      codes[at] = code < 0 ? 0 : code > 255 ? 255 : code;
    }
  }
  return {
    codes: { dtype: 'uint8', shape, data: codes },
    steps: float32(steps, [C]),
    zeros: { dtype: 'uint8', shape: [C], data: zeros },
  };
}

/** The number that a code means. */
export function meaningOf(code: number, step: number, zero: number): number {
  const root = step * (code - zero);
  return root * Math.abs(root);
}

function rootOf(x: number): number {
  return x < 0 ? -Math.sqrt(-x) : Math.sqrt(x);
}

/** Least and largest of each channel over all frames and cells, 0 between them. NaN where one is. */
function reachOf(
  values: Float32Array,
  channels: number,
  cells: number,
): { lowest: Float64Array; highest: Float64Array } {
  const [lowest, highest] = [new Float64Array(channels), new Float64Array(channels)];
  for (let row = 0; row < values.length / cells; row++) {
    let [low, high] = [0, 0];
    for (let at = row * cells; at < (row + 1) * cells; at++) {
      low = Math.min(low, values[at]!); // either is NaN from a NaN on
      high = Math.max(high, values[at]!);
    }
    const c = row % channels;
    lowest[c] = Math.min(lowest[c]!, low);
    highest[c] = Math.max(highest[c]!, high);
  }
  return { lowest, highest };
}

function notFinite(value: number): WhereWhenError {
  return inputError('features', 'finite numbers', `${value}`, 'look at the preprocessing of the backbone');
}
