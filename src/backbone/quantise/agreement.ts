// How well features in eight bits agree with those in float32.
import type { Tensor } from '../../tensor.js';

/** Mean cosine between the features of each frame `[B,C,h,w]`, averaged over its cells first. NaN where either is none. */
export function pooledCosine(a: Tensor, b: Tensor): number {
  const [count, channels] = a.shape as [number, number];
  const [one, other] = [pooled(a), pooled(b)];
  let sum = 0;
  for (let frame = 0; frame < count; frame++) {
    const rows = [one, other].map((all) => all.subarray(frame * channels, (frame + 1) * channels));
    sum += cosine(rows[0]!, rows[1]!);
  }
  return sum / count;
}

function pooled({ data, shape }: Tensor): Float64Array {
  const [count, channels] = shape as [number, number];
  const area = data.length / (count * channels);
  const out = new Float64Array(count * channels);
  for (let i = 0; i < data.length; i++) out[Math.floor(i / area)]! += data[i] as number;
  return out;
}

function cosine(a: Float64Array, b: Float64Array): number {
  let [product, left, right] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    left += a[i]! ** 2;
    right += b[i]! ** 2;
  }
  return product / Math.sqrt(left * right);
}
