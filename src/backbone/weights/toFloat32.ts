// Numbers of any float type as float32, which is what the graph computes in.
import type { Tensor } from '../../tensor.js';

/** The tensor as float32, itself where it is; undefined for types that are no floats. */
export function toFloat32(tensor: Tensor): Tensor | undefined {
  const { dtype, shape, data } = tensor;
  if (dtype === 'float32') return tensor;
  if (dtype === 'float64') return { dtype: 'float32', shape, data: Float32Array.from(data as Float64Array) };
  if (dtype === 'float16') return { dtype: 'float32', shape, data: fromHalf(data as Uint16Array) };
  return undefined;
}

/** IEEE half precision, from its bits. */
function fromHalf(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const [exponent, fraction] = [(bits[i]! >> 10) & 31, bits[i]! & 1023];
    const size =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction === 0
            ? Infinity
            : NaN
          : (1024 + fraction) * 2 ** (exponent - 25);
    out[i] = bits[i]! & 0x8000 ? -size : size;
  }
  return out;
}
