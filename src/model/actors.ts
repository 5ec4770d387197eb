// Who acts: three maps beside any head on frozen features, linear in the root of one scale of them, so that the file that is
// exported says them too. Nothing here is trained by steps: `train/actors` finds the weights.
//
//   x_ip = sign(X) sqrt|X|  of the scale's channels;  d_ip = mean over the neighbours of |x_ip - x_i+-1,p|
//   foreground_ip = w . x_ip               one label-free direction, people and things against their surroundings
//   change_ip     = sum_c d_ipc            how much the place changes from frame to frame
//   scores_ipk    = W_k [x_ip, d_ip] + b_k the evidence of each class, and in row K of `nothing`
//
// In the squares of a second look things are larger and their surroundings move; there the evidence has weights of its own.
import { z } from 'zod';
import {
  abs,
  add,
  constant,
  matMul,
  mul,
  pad,
  reshape,
  slice,
  sub,
  sum,
  type Expr,
  type Graph,
} from '../graph/index.js';
import { usageError } from '../errors.js';
import { signedRoot } from './attention/actorPool.js';
import { Scope, type DeclaredParameter } from './scope.js';
import { count } from './settings.js';

/** What of the features the maps of who acts are made from. */
export const ActorSettings = z.strictObject({
  /** Channels of the scale that they look at, `[start, end)` of the stacked ones: `F` of them. */
  start: z.number().int().min(0),
  end: count,
  /** Whether the classes have weights of their own; else only the label-free maps are there. */
  hasClasses: z.boolean(),
  /** Whether they have weights for the squares of a second look too. */
  isClose: z.boolean().optional(),
});
/** What of the features the maps of who acts are made from. */
export type ActorSettings = z.infer<typeof ActorSettings>;

/** The tensors: `[F]`, `[K+1, 2F]`, `[K+1]`; the last row is that of `nothing`. `close`: those of the squares of a second look. */
export const actorNames = {
  direction: 'foreground.direction',
  weight: 'actor.weight',
  bias: 'actor.bias',
  close: { weight: 'actor.close.weight', bias: 'actor.close.bias' },
} as const;

const start = { kind: 'constant', value: 0 } as const;

/** `foreground`, `change [N,n,h,w]` and, with classes, `actorScores [N,n,K+1,h,w]` of features `[N,n,C,h,w]`. */
export function actorMaps(
  scope: Scope,
  features: Expr,
  { start: from, end, hasClasses }: ActorSettings,
  classes: number,
): Record<string, Expr> {
  const x = signedRoot(slice(features, { axis: 2, start: from, end })); //                  [N,n,F,h,w]
  const d = neighbourChange(x); //                                                         [N,n,F,h,w]
  const label = { foreground: alongDirection(scope, x), change: sum(d, { axes: [2] }) };
  return hasClasses ? { ...label, actorScores: scoresOf(scope, { x, d }, actorNames, classes + 1) } : label;
}

/** `w . x [N,n,h,w]` of roots `[N,n,F,h,w]`. */
function alongDirection(scope: Scope, x: Expr): Expr {
  const F = x.shape[2]!;
  const direction = scope.parameter(actorNames.direction, [F], start, false);
  return sum(mul(x, reshape(direction, [1, 1, F, 1, 1])), { axes: [2] });
}

/** `W_k [x, d] + b_k` of roots and changes `[N,n,F,h,w]`, by the tensors of `names`: `[N,n,K1,h,w]`. */
function scoresOf(
  scope: Scope,
  { x, d }: { x: Expr; d: Expr },
  names: { weight: string; bias: string },
  K1: number,
): Expr {
  const [N, n, F, h, w] = x.shape as [number, number, number, number, number];
  const weight = scope.parameter(names.weight, [K1, 2 * F], start, false);
  const bias = scope.parameter(names.bias, [K1], start, false);
  const rows = (of: Expr): Expr => reshape(of, [N * n, F, h * w]);
  const part = (at: number): Expr => slice(weight, { axis: 1, start: at * F, end: (at + 1) * F });
  const scores = add(matMul(part(0), rows(x)), matMul(part(1), rows(d))); //                [N*n,K+1,P]
  return reshape(add(scores, reshape(bias, [1, K1, 1])), [N, n, K1, h, w]);
}

/** What {@link closeGraph} reads of a model's config. */
export interface CloseConfig {
  actors?: ActorSettings;
  classes: readonly string[];
  frames: number;
  grid: { height: number; width: number };
}

/**
 * All that a second look asks for, of `scale [1,n,F,h,w]`, the channels that the maps are made from: `foreground [1,n,h,w]` and,
 * where classes have weights for it, `closeScores [1,n,K+1,h,w]`. Throws `usage` for a model without a direction.
 */
export function closeGraph({ actors, classes, frames, grid }: CloseConfig): {
  graph: Graph;
  parameters: readonly DeclaredParameter[];
} {
  if (!actors) {
    const expected = 'a model with a foreground direction';
    throw usageError('config.json: actors', expected, 'none');
  }
  const scope = new Scope({ training: false });
  const channels = actors.end - actors.start;
  const scale = scope.input('scale', [1, frames, channels, grid.height, grid.width]);
  const x = signedRoot(scale);
  const outputs: Record<string, Expr> = { foreground: alongDirection(scope, x) };
  if (actors.isClose) {
    const roots = { x, d: neighbourChange(x) };
    outputs.closeScores = scoresOf(scope, roots, actorNames.close, classes.length + 1);
  }
  return { graph: { outputs, updates: [] }, parameters: scope.parameters };
}

/** The parameters that only {@link closeGraph} has, of a model where classes have weights for a second look. */
export function closeParameters(config: CloseConfig): readonly DeclaredParameter[] {
  if (!config.actors?.isClose) return [];
  const own = Object.values(actorNames.close) as string[];
  return closeGraph(config).parameters.filter(({ name }) => own.includes(name));
}

/** The mean of `|x_i - x_i-1|` and `|x_i - x_i+1|`, where there are both; 0 of a single frame. */
function neighbourChange(x: Expr): Expr {
  const n = x.shape[1]!;
  if (n === 1) return mul(x, 0);
  return neighbourMean(
    abs(sub(slice(x, { axis: 1, start: 1, end: n }), slice(x, { axis: 1, start: 0, end: n - 1 }))),
  );
}

/** Of steps from each frame to the next, `[N,n-1,...]`, the mean of the two at each frame, or the one that it has: `[N,n,...]`. */
export function neighbourMean(step: Expr): Expr {
  const n = step.shape[1]! + 1;
  const rest = step.shape.slice(2);
  const beside = (first: number): Expr =>
    pad(step, [[0, 0], [first, 1 - first], ...rest.map((): [number, number] => [0, 0])]);
  const share = Float32Array.from({ length: n }, (_, i) => (i === 0 || i === n - 1 ? 1 : 0.5));
  const shares = reshape(constant(Array.from(share)), [1, n, ...rest.map(() => 1)]);
  return mul(add(beside(1), beside(0)), shares);
}
