// A process of its own that tries one device: two steps of a small training on it and on the CPU. Drivers
// that abort take this process down and nothing else. It sends one message and ends.
//   node trial.js DEVICE
import {
  conv,
  gradients,
  input,
  logSoftmax,
  matMul,
  mean,
  mul,
  neg,
  oneHot,
  parameter,
  relu,
  sgd,
  type Graph,
} from '../graph/index.js';
import { Random } from '../random.js';
import { float32, int64, sizeOf, type Shape, type Tensor, type Tensors } from '../tensor.js';
import { fenceBytes } from './fence.js';
import { messageOf } from './memory.js';
import { createNodeEngine } from './nodeEngine.js';
import { planOf } from './plan.js';
import type { Device } from './program.js';

/** What the process sends: how far its numbers lie from the CPU's, as a share of the largest, or why there are none. */
export type TrialOutcome = { difference: number } | { error: string };

const shapes = { features: [6, 8, 5, 5], kernel: [12, 8, 3, 3], classifier: [12, 4] } as const;

/** A convolution, a mean pool and a classifier, trained by momentum. */
function trialGraph(): Graph {
  const kernel = parameter('kernel', shapes.kernel);
  const classifier = parameter('classifier', shapes.classifier);
  const pooled = mean(relu(conv(input('features', shapes.features), kernel, { padding: 1 })), {
    axes: [2, 3],
  });
  const scores = logSoftmax(matMul(pooled, classifier), 1); // [6,4]
  const right = oneHot(input('labels', [6], 'int64'), 4);
  const loss = neg(mean(mul(scores, right)));
  const optimiser = sgd({ learningRate: input('rate', []), momentum: 0.9 });
  const weights = [kernel, classifier];
  const updates = gradients(loss, weights).flatMap((slope, i) => {
    const { next, state } = optimiser.update(weights[i]!, slope);
    return [{ parameter: weights[i]!, next }, ...state];
  });
  return { outputs: { loss, scores }, updates };
}

async function numbersOn(device: Device): Promise<Tensors> {
  const engine = await createNodeEngine({ device, threads: 1, spin: false, fence: fenceBytes() });
  const plan = planOf(trialGraph(), { isPlain: device !== 'cpu' });
  const random = Random.from(0, 'trial');
  const drawn = (shape: Shape, scale: number): Tensor =>
    float32(
      Float32Array.from({ length: sizeOf(shape) }, () => scale * random.normal()),
      shape,
    );
  const { features, kernel, classifier } = shapes;
  const zeros = plan.state
    .filter(({ name }) => name.includes('#'))
    .map(({ name, shape }) => [name, drawn(shape as number[], 0)]);
  const state: Tensors = {
    ...Object.fromEntries(zeros),
    kernel: drawn(kernel, 0.2),
    classifier: drawn(classifier, 0.5),
  };
  await engine.write({ state });
  const { program } = await engine.load(plan);
  const feeds = { features: drawn(features, 1), labels: int64([0, 1, 2, 3, 0, 1]), rate: float32([0.5], []) };
  await engine.run({ program, feeds, outputs: ['loss'] });
  const results = await engine.run({ program, feeds, outputs: ['loss', 'scores'] });
  const numbers = { ...results, ...(await engine.read({})) };
  await engine.close({});
  return numbers;
}

function differenceOf(expected: Tensors, got: Tensors): number {
  const listed = ({ data }: Tensor): number[] => Array.from(data as Float32Array);
  const shares = Object.entries(expected).map(([name, tensor]) => {
    const [right, other] = [listed(tensor), listed(got[name]!)];
    const gaps = right.map((x, i) => Math.abs(x - other[i]!));
    return gaps.some(Number.isNaN) ? Infinity : Math.max(...gaps) / Math.max(...right.map(Math.abs), 1e-30);
  });
  return Math.max(...shares);
}

async function tried(device: Device): Promise<TrialOutcome> {
  try {
    const got = await numbersOn(device);
    return { difference: differenceOf(await numbersOn('cpu'), got) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

const outcome = await tried(process.argv[2] as Device);
process.send!(outcome, () => process.disconnect());
