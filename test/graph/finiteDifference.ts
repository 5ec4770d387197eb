// Gradients by central differences: the judge of every derivative.
import { constant, gradients, mul, sum, type Expr } from '../../src/graph/index.js';
import { Random } from '../../src/random.js';
import { sizeOf } from '../../src/tensor.js';
import { compile, distance, type Feed } from './evaluate.js';

const step = 1e-2; // float32 outputs: smaller steps drown in rounding, larger ones in curvature

/** Gradients of `sum(weights * y)` for float inputs: the largest gap between ours and central differences. */
export async function gradientGap(
  y: Expr,
  inputs: readonly Expr[],
  feeds: Record<string, Feed>,
): Promise<number> {
  const random = Random.from(5, 'weights');
  const weights = Float32Array.from({ length: sizeOf(y.shape) }, () => random.uniform(-1, 1));
  const loss = sum(mul(y, constant(weights, y.shape)));
  const slopes = gradients(loss, inputs);
  const names = inputs.map((input) => input.name!);
  const ours = await (
    await compile(Object.fromEntries(slopes.map((slope, i) => [`slope ${names[i]}`, slope])))
  ).run(feeds);
  const forward = await compile({ y });
  const project = async (changed: Record<string, Feed>): Promise<number[]> =>
    (await forward.run(changed)).y!.map((value, i) => value * weights[i]!);
  let worst = 0;
  for (const name of names) {
    const numeric: number[] = [];
    const feed = feeds[name]!;
    for (let i = 0; i < feed.data.length; i++) {
      const moved = (by: number): Record<string, Feed> => {
        const data = Float32Array.from(feed.data as number[]);
        data[i]! += by;
        return { ...feeds, [name]: { ...feed, data } };
      };
      const [up, down] = [await project(moved(step)), await project(moved(-step))];
      numeric.push(up.reduce((total, value, k) => total + (value - down[k]!), 0) / (2 * step));
    }
    worst = Math.max(worst, distance(ours[`slope ${name}`]!, numeric));
  }
  return worst;
}
