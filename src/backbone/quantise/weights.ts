// Weights of a convolution in eight bits: for each output channel whole numbers of -127..127 and one scale, so that
// w = scale * whole. ONNX Runtime's kernels for processors without VNNI add the products of two neighbours in sixteen bits,
// where 255 * (127 + 127) does not fit; scales are chosen so that it does.
import type { Tensor } from '../../tensor.js';

/** What a convolution becomes. */
export interface QuantisedWeights {
  /** In the order of the file, `[out,in/groups,rows,columns]`. */
  data: Int8Array;
  /** One for each output channel. */
  scales: Float32Array;
  /** In units of the input's scale times the channel's. */
  bias: Int32Array;
}

/** The largest whole number, and the largest sum of two neighbours that 255 times still fits sixteen bits. */
const LARGEST = 127;
const LARGEST_PAIR = 128;
/** Of channels that are all zero. */
const SMALLEST = 1e-30;
/** Biases stay below it, so that adding products to them does not run over. */
const LARGEST_BIAS = 2 ** 30;

/** Quantises weights `[out,in/groups,rows,columns]` and biases for an input whose steps are `inputScale` wide. */
export function quantiseWeights(
  weight: Tensor,
  bias: ArrayLike<number>,
  inputScale: number,
): QuantisedWeights {
  const [channels] = weight.shape as [number];
  const each = weight.data.length / channels;
  const out = {
    data: new Int8Array(weight.data.length),
    scales: new Float32Array(channels),
    bias: new Int32Array(channels),
  };
  const order = channelsLastOrder(weight.shape);
  for (let c = 0; c < channels; c++) {
    const own = (weight.data as Float32Array).subarray(c * each, (c + 1) * each);
    const scale = Math.max(scaleOf(own, order), Math.abs(bias[c]!) / (inputScale * LARGEST_BIAS));
    out.scales[c] = scale;
    const exact = out.scales[c]!; // as float32 holds it
    for (let i = 0; i < each; i++) out.data[c * each + i] = Math.round(own[i]! / exact);
    out.bias[c] = Math.round(bias[c]! / (inputScale * exact));
  }
  return out;
}

/** A channel's scale: no whole number above 127, no two neighbours above 128 together. */
function scaleOf(weights: Float32Array, order: Int32Array): number {
  let [alone, together, before] = [0, 0, 0];
  for (const at of order) {
    const weight = weights[at]!;
    alone = Math.max(alone, Math.abs(weight));
    together = Math.max(together, Math.abs(weight + before));
    before = weight;
  }
  // Rounding may add half a step to each of the two.
  return Math.max(alone / LARGEST, together / (LARGEST_PAIR - 1), SMALLEST);
}

/** Places of one output channel's weights in the order in which channels-last kernels take them: channels fastest. */
function channelsLastOrder([, depth, rows, columns]: readonly number[]): Int32Array {
  const area = rows! * columns!;
  const order = new Int32Array(depth! * area);
  let at = 0;
  for (let cell = 0; cell < area; cell++) for (let c = 0; c < depth!; c++) order[at++] = c * area + cell;
  return order;
}
