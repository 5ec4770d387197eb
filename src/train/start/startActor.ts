// The start of the actor form, and all of it unless epochs are asked for: one regression on the mean over the actor's places, on
// the flow in its boxes and on their path. Every clip counts twice, as it is and as its mirror image moves.
import { averageName } from '../../model/scope.js';
import { differenceName } from '../../model/attention/actorPool.js';
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
const shares = { pool: 1, difference: 0.5, flow: 0.5, path: 0.1 } as const;

type ClassIndices = readonly (number | readonly number[])[];
type FitOptions = Pick<RegressionOptions, 'classes' | 'strength' | 'probabilities'>;

/** A block and its rows in a mirror; features of places are the same there. */
interface ActorBlock {
  name: keyof typeof shares;
  rows: readonly Float64Array[];
  mirrored: readonly Float64Array[];
}

/**
 * The parameters of the form: `classifier.*`, with motion `motion.*`, with the difference of neighbours its weight. Without
 * `isMirrored` every clip counts once; without motion both images of a clip are the same, and count once too.
 */
export function fitActor(
  views: readonly ActorView[],
  labels: ClassIndices,
  { isMirrored = true, ...options }: FitOptions & { isMirrored?: boolean },
): Tensors {
  const blocks = blocksOf(views);
  const isTwice = isMirrored && views.every(({ motion }) => motion !== undefined);
  const rows = ({ name, rows: own, mirrored }: ActorBlock): Block => ({
    rows: isTwice ? [...own, ...mirrored] : own,
    share: shares[name],
  });
  const layers = fitBlocks(blocks.map(rows), isTwice ? [...labels, ...labels] : labels, options);
  const layerOf = (name: keyof typeof shares): BlockLayer | undefined =>
    layers[blocks.findIndex((block) => block.name === name)];
  return parametersOf(layerOf('pool')!, layerOf('difference'), [layerOf('flow'), layerOf('path')]);
}

function blocksOf(views: readonly ActorView[]): ActorBlock[] {
  const wide = (rows: readonly Float32Array[]): Float64Array[] => rows.map((row) => Float64Array.from(row));
  const pools = views.map(({ pool }) => pool);
  const differences = views.flatMap(({ difference }) => difference ?? []);
  const isMoving = views.every(({ motion }) => motion !== undefined);
  const parts = isMoving ? views.map(({ motion }) => partsOf(motion!)) : [];
  const flows = parts.flatMap(({ flow }) => flow ?? []);
  const paths = parts.flatMap(({ path }) => path ?? []);
  const blocks: ActorBlock[] = [
    { name: 'pool', rows: pools, mirrored: pools },
    { name: 'difference', rows: differences, mirrored: differences },
    { name: 'flow', rows: wide(flows), mirrored: wide(flows.map(mirrorRows)) },
    { name: 'path', rows: wide(paths), mirrored: wide(paths.map(mirrorTrajectory)) },
  ];
  return blocks.filter(({ rows }) => rows.length > 0);
}

/** The numbers of the flow and those of the path behind them, where there are any. */
function partsOf(motion: Float32Array): { flow?: Float32Array; path?: Float32Array } {
  if (motion.length === TRAJECTORY_NUMBERS) return { path: motion };
  const flow = motion.slice(0, FLOW_ROW_NUMBERS);
  return motion.length === FLOW_ROW_NUMBERS ? { flow } : { flow, path: motion.slice(FLOW_ROW_NUMBERS) };
}

/** The layers under the names of the form; what the difference of neighbours says at its mean lies in the classifier's bias. */
function parametersOf(
  pool: BlockLayer,
  difference: BlockLayer | undefined,
  motion: readonly (BlockLayer | undefined)[],
): Tensors {
  const moving = motion.filter((layer) => layer !== undefined);
  return {
    'classifier.weight': pool.weight,
    'classifier.bias': difference ? sumOf(pool.bias, difference.bias) : pool.bias,
    ...(difference && { [differenceName]: difference.weight }),
    ...(moving.length > 0 && {
      'motion.weight': moving.map(({ weight }) => weight).reduce(beside),
      'motion.bias': moving.map(({ bias }) => bias).reduce(sumOf),
    }),
  };
}

function sumOf(a: Tensor, b: Tensor): Tensor {
  return float32(numbers(a).map((one, k) => one + numbers(b)[k]!));
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
  const { headStrength: strength, isMirrored } = recipe.actors!;
  const fitted = fitActor(views, labels, { ...options, strength, isMirrored });
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
