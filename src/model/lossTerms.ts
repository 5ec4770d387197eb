// The equations of the loss terms (docs/architecture.md#losses), each summed over a clip and then averaged over the batch.
// Contrast and total variation alone have an all-ones mask as a minimum; only the area term speaks against it.
import {
  abs,
  add,
  cast,
  constant,
  div,
  exp,
  greater,
  log,
  logSoftmax,
  max,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  oneHot,
  relu,
  reshape,
  slice,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Expr,
} from '../graph/index.js';
import { usageError, WhereWhenError } from '../errors.js';
import type { Attention } from './attention/attention.js';
import type { ProbabilityForm } from './settings.js';

/**
 * `-log p_y` for logits `[N,K]` and labels `[N]`. For targets `[N,K]`, 1 at each class of a clip, either
 * `-1/|y| sum_{k in y} log p_k` with the softmax, whose minimum shares the clip evenly between its classes, or with the
 * sigmoid `-sum_k y_k log p_k + (1 - y_k) log(1 - p_k)`, whose minimum is sure of each.
 */
export function crossEntropy(logits: Expr, labels: Expr, form: ProbabilityForm = 'softmax'): Expr {
  const isOne = labels.rank === 1;
  const truth = isOne ? oneHot(labels, logits.shape[1]!) : labels; //    [N,K]
  if (form === 'sigmoid') return perClip(binaryCrossEntropy(logits, truth));
  const shares = isOne ? truth : div(truth, sum(truth, { axes: [1], keepDims: true })); // [N,K]
  return perClip(neg(mul(shares, logSoftmax(logits, 1))));
}

/** `log(1 + e^z) - y z`, with `m = max(0, z)` taken out of both exponents so that nothing overflows. */
function binaryCrossEntropy(logits: Expr, truth: Expr): Expr {
  const m = stopGradient(relu(logits)); //                               [N,K]
  const softplus = add(m, log(add(exp(neg(m)), exp(sub(logits, m))))); // [N,K]
  return sub(softplus, mul(truth, logits));
}

/**
 * Cross-entropy of the logits `1/r log mean_{i,p} exp(r s_{i,p})`, a smooth maximum of the evidence over all places
 * (log-sum-exp pooling of multiple-instance learning, Pinheiro and Collobert 2015). Ours: a network from scratch starts
 * with attention that is nearly uniform, where an action on a twentieth of the places is drowned; this term finds it.
 */
export function pooledEvidence(
  attention: Attention,
  labels: Expr,
  sharpness: number,
  form?: ProbabilityForm,
): Expr {
  return crossEntropy(evidenceLogits(attention, sharpness), labels, form);
}

/** The logits `[N,K]` of {@link pooledEvidence}: every class as it stands where it stands out most. */
export function evidenceLogits({ evidence }: Attention, sharpness: number): Expr {
  if (!evidence) {
    throw usageError(
      'losses.evidence',
      'a form of attention with evidence in every cell',
      'one without',
      'joint, mean, convlstm and soft-lstm have it; set the weight to 0 for the others',
    );
  }
  const [N, n, h, w, K] = evidence.shape as [number, number, number, number, number];
  const s = mul(reshape(evidence, [N, n * h * w, K]), sharpness); //     [N,n*h*w,K]
  const top = stopGradient(max(s, { axes: [1], keepDims: true })); //    [N,1,K]
  const rest = log(mean(exp(sub(s, top)), { axes: [1] })); //            [N,K]
  return div(add(rest, reshape(top, [N, K])), sharpness);
}

/** Which neighbours are compared, and what a difference costs. */
export interface VariationOptions {
  /** What a difference costs: its size (paper), its square, or Huber's mixture with a bend at 0.1. */
  variationForm?: 'l1' | 'l2' | 'huber';
  /** Of a cell in its frame: right and lower (4 in all), or the diagonals too. */
  neighbours?: 4 | 8;
}

/**
 * `sum_i sum_jk |M_i^{j+1,k} - M_i^{jk}| + |M_i^{j,k+1} - M_i^{jk}|` for masks `[N,n,h,w]`. Ours: squares or Huber's cost
 * instead of sizes, and diagonals, weighed by 1 over their distance.
 */
export function totalVariation(masks: Expr, options: VariationOptions = {}): Expr {
  const straight = add(variation(masks, [2], options), variation(masks, [3], options));
  if (options.neighbours !== 8) return straight;
  const diagonals = add(variation(masks, [2, 3], options), variation(masks, [2, -3], options));
  return add(straight, mul(diagonals, Math.SQRT1_2));
}

/** `sum_i |M_{i+1} - M_i|`: the neighbour in time. */
export function temporalVariation(masks: Expr, options: VariationOptions = {}): Expr {
  return variation(masks, [1], options);
}

/** `sum_i -1/2 M.B + 1/2 M.(1-B)` with `B = I{M > 0.5}` and no gradient through `B`: pushes every cell to 0 or 1. */
export function contrast(masks: Expr): Expr {
  const B = stopGradient(cast(greater(masks, 0.5), 'float32')); //       [N,n,h,w]
  return perClip(mul(masks, sub(0.5, B)));
}

/** What the unimodal term looks at. */
export interface UnimodalOptions {
  unimodalHinge?: boolean;
  unimodalOn?: 'weights' | 'logits';
}

/**
 * `sum_t sum_i max(0, w_{t,i-1} w_{t,i+1} - w_{ti}^2)`, or the mean of its square root, for weights `[N,T,n]`; 0 below
 * three frames. On logits the dent is `e_{i-1} + e_{i+1} - 2 e_i` with `e = log w`. Throws `usage` for a root without the hinge.
 */
export function unimodal(
  weights: Expr,
  form: 'sum' | 'sqrt',
  { unimodalHinge = true, unimodalOn = 'weights' }: UnimodalOptions = {},
): Expr {
  if (form === 'sqrt' && !unimodalHinge) throw rootWithoutHinge();
  const n = weights.shape[2]!;
  if (n < 3) return constant(0);
  const w = unimodalOn === 'logits' ? safeLog(weights) : weights;
  const part = (start: number): Expr => slice(w, { axis: 2, start, end: start + n - 2 }); // [N,T,n-2]
  const bent =
    unimodalOn === 'logits'
      ? sub(add(part(0), part(2)), mul(part(1), 2))
      : sub(mul(part(0), part(2)), square(part(1))); //                  [N,T,n-2]
  const dent = unimodalHinge ? relu(bent) : bent;
  return form === 'sqrt' ? mean(sqrt(dent)) : perClip(dent);
}

function rootWithoutHinge(): WhereWhenError {
  return usageError(
    'losses.unimodalHinge',
    'true where unimodalForm is sqrt',
    'false',
    'a bulge is a negative dent, and has no root',
  );
}

/** `sum_i mean(M_i)`, or with a target share `sum_i max(0, mean(M_i) - target)`. */
export function area(masks: Expr, target?: number): Expr {
  const share = mean(masks, { axes: [2, 3] }); //                        [N,n]
  return perClip(target === undefined ? share : relu(sub(share, target)));
}

/** `sum_p (1 - sum_i M_i(p))^2` for masks `[N,n,h,w]` (Sharma et al. 2015, equation 5; attention as of Xu et al. 2015). */
export function doublyStochastic(masks: Expr): Expr {
  return perClip(square(sub(1, sum(masks, { axes: [1] })))); //           [N,h,w]
}

/**
 * A target without labels (docs/architecture.md#losses): cells whose feature norm lies above the middle of its range in the
 * frame. Masks in 0..1 get the binary cross-entropy, averaged over frames and cells; a mask that is a distribution
 * gets the cross-entropy with the target spread evenly over its cells, averaged over frames.
 */
export function normPrior(attention: Attention, features: Expr): Expr {
  const { masks, logAttention } = attention;
  const target = normTarget(features); //                                [N,n,h,w]
  if (logAttention) {
    const even = div(target, maximum(sum(target, { axes: [2, 3], keepDims: true }), 1)); // [N,n,h,w]
    return neg(mean(sum(mul(even, safeLog(masks)), { axes: [2, 3] })));
  }
  const hit = mul(target, safeLog(masks)); //                            [N,n,h,w]
  const miss = mul(sub(1, target), safeLog(sub(1, masks))); //           [N,n,h,w]
  return neg(mean(add(hit, miss)));
}

/** 1 where `|X|` lies above half of its range in the frame, else 0; `[N,n,C,h,w]` to `[N,n,h,w]`, no gradient. */
export function normTarget(features: Expr): Expr {
  const norm = sqrt(sum(square(stopGradient(features)), { axes: [2] })); //  [N,n,h,w]
  const cells = { axes: [2, 3], keepDims: true };
  const middle = mul(add(max(norm, cells), neg(max(neg(norm), cells))), 0.5); // [N,n,1,1]
  return stopGradient(cast(greater(norm, middle), 'float32'));
}

const smallest = 1e-7; // keeps the logarithm of a saturated mask, and its gradient, finite

function safeLog(x: Expr): Expr {
  return log(maximum(x, smallest));
}

/** Costs of the differences of neighbours one step along all `axes` at once (backwards along a negative one), summed; 0 where there are none. */
function variation(x: Expr, axes: readonly number[], { variationForm = 'l1' }: VariationOptions): Expr {
  if (axes.some((axis) => x.shape[Math.abs(axis)]! < 2)) return constant(0);
  const moved = (by: 0 | 1): Expr =>
    axes.reduce((part, signed) => {
      const axis = Math.abs(signed);
      const start = signed > 0 ? by : 1 - by;
      return slice(part, { axis, start, end: start + x.shape[axis]! - 1 });
    }, x);
  const d = sub(moved(1), moved(0));
  return perClip({ l1: abs, l2: square, huber }[variationForm](d));
}

/** `d^2 / 2b` up to a difference of `b = 0.1`, `|d| - b/2` beyond: its slope ends at 1, that of the L1 cost. */
function huber(d: Expr): Expr {
  const bend = 0.1;
  const size = abs(d);
  const inner = minimum(size, bend);
  return add(div(square(inner), 2 * bend), sub(size, inner));
}

/** Sum over each clip, mean over the batch (axis 0). */
function perClip(x: Expr): Expr {
  return mul(sum(x), 1 / x.shape[0]!);
}
