// The start of the actor form, and all of it unless epochs are asked for: one regression on the mean over the actor's places, on
// the flow in its boxes and on their path. Every clip counts twice, as it is and as its mirror image moves.
import { averageName } from '../../model/scope.js';
import { meanPoolNames } from '../../model/attention/meanPool.js';
import { FLOW_ROW_NUMBERS } from '../../motion/flowRows.js';
import { mirrorRows, mirrorTrajectory } from '../../motion/index.js';
import { TRAJECTORY_NUMBERS } from '../../motion/trajectory.js';
import { float32, type Tensor, type Tensors } from '../../tensor.js';
import type { ActorView } from '../actors/learnt.js';
import { fitBlocks, type Block, type BlockLayer } from './blockRegression.js';
import type { RegressionOptions } from './logisticRegression.js';
import { copied } from '../run/programs.js';
import type { Recipe } from '../recipe/recipe.js';
import { fitMeanPool } from './startFromFeatures.js';

/** How much each kind of numbers counts: mean squared lengths in the regression (docs/accuracy.md). */
const shares = { pool: 1, flow: 0.5, path: 0.1 } as const;

type ClassIndices = readonly (number | readonly number[])[];
type FitOptions = Pick<RegressionOptions, 'classes' | 'strength' | 'probabilities'>;

/** The parameters of the form: `classifier.*` and, with motion, `motion.*`. */
export function fitActor(views: readonly ActorView[], labels: ClassIndices, options: FitOptions): Tensors {
  const isMoving = views.every(({ motion }) => motion !== undefined);
  const pool = views.map((view) => view.pool);
  if (!isMoving) return layersOf(fitBlocks([{ rows: pool, share: shares.pool }], labels, options));
  const parts = views.map(({ motion }) => partsOf(motion!));
  const twice = (own: Float32Array[], turned: Float32Array[]): Float64Array[] =>
    [...own, ...turned].map((row) => Float64Array.from(row));
  const flows = parts.flatMap(({ flow }) => flow ?? []);
  const paths = parts.map(({ path }) => path);
  const blocks: Block[] = [
    { rows: [...pool, ...pool], share: shares.pool },
    ...(flows.length > 0 ? [{ rows: twice(flows, flows.map(mirrorRows)), share: shares.flow }] : []),
    { rows: twice(paths, paths.map(mirrorTrajectory)), share: shares.path },
  ];
  return layersOf(fitBlocks(blocks, [...labels, ...labels], options));
}

/** The numbers of the flow, where there are any, and those of the path behind them. */
function partsOf(motion: Float32Array): { flow?: Float32Array; path: Float32Array } {
  if (motion.length === TRAJECTORY_NUMBERS) return { path: motion };
  return { flow: motion.slice(0, FLOW_ROW_NUMBERS), path: motion.slice(FLOW_ROW_NUMBERS) };
}

function layersOf([pool, flow, path]: BlockLayer[]): Tensors {
  const classifier = { 'classifier.weight': pool!.weight, 'classifier.bias': pool!.bias };
  if (!flow) return classifier;
  if (!path) return { ...classifier, 'motion.weight': flow.weight, 'motion.bias': flow.bias };
  const bias = numbers(flow.bias).map((b, k) => b + numbers(path.bias)[k]!);
  return { ...classifier, 'motion.weight': beside(flow.weight, path.weight), 'motion.bias': float32(bias) };
}

/** `[K,A]` and `[K,B]` as `[K,A+B]`. */
function beside(a: Tensor, b: Tensor): Tensor {
  const [K, A, B] = [a.shape[0]!, a.shape[1]!, b.shape[1]!];
  const out = new Float32Array(K * (A + B));
  for (let k = 0; k < K; k++) {
    out.set(numbers(a).subarray(k * A, (k + 1) * A), k * (A + B));
    out.set(numbers(b).subarray(k * B, (k + 1) * B), k * (A + B) + A);
  }
  return float32(out, [K, A + B]);
}

function numbers({ data }: Tensor): Float32Array {
  return data as Float32Array;
}

/** The state before the first step with the form's regression in it, and the mean pool beside the head where it is kept. */
export function startActor(
  state: Tensors,
  views: readonly ActorView[],
  labels: ClassIndices,
  { recipe, ...options }: { recipe: Recipe } & Omit<FitOptions, 'strength'>,
): Tensors {
  const fitted = fitActor(views, labels, { ...options, strength: recipe.actors!.headStrength });
  const averages = Object.entries(fitted).filter(([name]) => averageName(name) in state);
  const pools = views.map(({ mean }) => mean);
  const pool =
    recipe.meanPool &&
    fitMeanPool({ pools, labels: [...labels] }, { ...options, strength: recipe.regressionStrength });
  return {
    ...state,
    ...fitted,
    ...Object.fromEntries(averages.map(([name, tensor]) => [averageName(name), copied(tensor)])),
    ...(pool && { [meanPoolNames.weight]: pool.weight, [meanPoolNames.bias]: pool.bias }),
  };
}
