// Half precision (IEEE 754 binary16) as features are stored: half of the bytes, and more digits than they are worth.
import { inputError, WhereWhenError } from '../../errors.js';

const largest = 65504;

/** Every number that 16 bits can mean, by their value: a look-up is the fastest way back. */
let known: Float32Array | undefined;

/** The numbers that `bits` mean, into `out` from `at` on; `out` is made where none is given. */
export function fromFloat16(
  bits: Uint16Array,
  out: Float32Array = new Float32Array(bits.length),
  at = 0,
): Float32Array {
  const table = float16Table();
  for (let i = 0; i < bits.length; i++) out[at + i] = table[bits[i]!]!;
  return out;
}

/** The 65536 numbers of half precision, by their bits. */
export function float16Table(): Float32Array {
  known ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => meaning(bits));
  return known;
}

function meaning(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** The bits of the nearest half-precision numbers, ties to even. Throws `input` for what is not finite or above 65504. */
export function toFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === 0) continue; // half of what a ReLU leaves
    const size = word & 0x7fffffff;
    const sign = (word >>> 16) & 0x8000;
    if (size >= 0x477fe000 + 0x1000) throw outOfRange(values[i]!); // would round above 65504
    if (size >= 0x38800000) {
      const odd = (size >>> 13) & 1;
      out[i] = sign | ((size - 0x38000000 + 0xfff + odd) >>> 13);
    } else {
      out[i] = sign | nearestEven(Math.abs(values[i]!) * 2 ** 24); // below 2^-14 steps are even
    }
  }
  return out;
}

function nearestEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low;
}

function outOfRange(value: number): WhereWhenError {
  return inputError(
    'features',
    `finite numbers of at most ${largest}, which is what float16 holds`,
    `${value}`,
    'look at the preprocessing of the backbone',
  );
}
