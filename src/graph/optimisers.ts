// Optimiser updates as graph, by PyTorch's rules. The learning rate is an expression that is fed at
// each step, so that a schedule recompiles nothing.
import { constant, type Expr, parameter as state } from './expr.js';
import { after } from './ops/after.js';
import type { Operand } from './ops/compare.js';
import { add, addAll, div, exp, minimum, mul, sqrt, square, sub } from './ops/elementwise.js';
import { sum } from './ops/reduce.js';

/** A value that an optimiser keeps between steps; all start at zero. */
export interface OptimiserState {
  parameter: Expr;
  next: Expr;
  initial: 'zeros';
}

/** What one step makes of one parameter. */
export interface ParameterUpdate {
  next: Expr;
  state: OptimiserState[];
}

/** Factors of one parameter on the optimiser's learning rate and weight decay; both 1 by default. */
export interface UpdateOptions {
  learningRateFactor?: number;
  weightDecayFactor?: number;
}

/** A rule that turns a parameter and its gradient into the next parameter. */
export interface Optimiser {
  update(parameter: Expr, gradient: Expr, options?: UpdateOptions): ParameterUpdate;
  /** State that all parameters share (Adam's step count); it is updated once a step. */
  readonly shared: OptimiserState[];
}

/** Settings of {@link sgd}. */
export interface SgdOptions {
  learningRate: Operand;
  momentum?: number;
  weightDecay?: number;
}

/** Stochastic gradient descent: `b = momentum b + (g + decay p)`, `p = p - rate b`, as `torch.optim.SGD`. */
export function sgd({ learningRate, momentum = 0, weightDecay = 0 }: SgdOptions): Optimiser {
  return {
    shared: [],
    update(parameter, gradient, { learningRateFactor = 1, weightDecayFactor = 1 } = {}) {
      const slope = decayed(gradient, parameter, weightDecay * weightDecayFactor);
      const rate = mul(learningRate, learningRateFactor);
      if (momentum === 0) return { next: sub(parameter, mul(slope, rate)), state: [] };
      const buffer = state(`${parameter.name}#momentum`, parameter.shape);
      const next = add(mul(buffer, momentum), slope); // from zeros the first step's buffer is the slope, as in PyTorch
      return {
        next: sub(parameter, mul(next, rate)),
        state: [{ parameter: buffer, next, initial: 'zeros' }],
      };
    },
  };
}

/** Settings of {@link adam} and {@link adamw}. */
export interface AdamOptions {
  learningRate: Operand;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  weightDecay?: number;
}

/** Adam with L2 weight decay added to the gradient, as `torch.optim.Adam`. */
export function adam(options: AdamOptions): Optimiser {
  return adamLike(options, false);
}

/** Adam with decoupled weight decay, as `torch.optim.AdamW`. */
export function adamw({ weightDecay = 0.01, ...options }: AdamOptions): Optimiser {
  return adamLike({ ...options, weightDecay }, true);
}

function adamLike(
  { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamOptions,
  isDecoupled: boolean,
): Optimiser {
  const count = state('optimiser#step', []);
  const step = add(count, 1);
  const correction1 = sub(1, powerOf(beta1, step));
  const correction2 = sqrt(sub(1, powerOf(beta2, step)));
  return {
    shared: [{ parameter: count, next: step, initial: 'zeros' }],
    update(parameter, gradient, { learningRateFactor = 1, weightDecayFactor = 1 } = {}) {
      const decay = weightDecay * weightDecayFactor;
      const rate = mul(learningRate, learningRateFactor);
      const slope = isDecoupled ? gradient : decayed(gradient, parameter, decay);
      const kept = isDecoupled ? mul(parameter, sub(1, mul(rate, decay))) : parameter;
      const first = state(`${parameter.name}#adam1`, parameter.shape);
      const second = state(`${parameter.name}#adam2`, parameter.shape);
      // in an order that holds one array beside the slope: old + (new - old) (1 - beta) instead of
      // old beta + new (1 - beta), and the second moment after the first, when the slope may be overwritten
      const nextFirst = add(first, mul(sub(slope, first), 1 - beta1));
      const squared = square(mul(slope, later(Math.sqrt(1 - beta2), nextFirst)));
      const nextSecond = add(mul(second, later(beta2, squared)), squared);
      // rate / c1 * m / (sqrt(v) / c2 + eps) = (rate c2 / c1) * m / (sqrt(v) + eps c2): two passes less
      const scale = div(mul(rate, correction2), correction1);
      const move = div(nextFirst, add(sqrt(nextSecond), mul(epsilon, correction2)));
      return {
        next: sub(kept, mul(move, scale)),
        state: [
          { parameter: first, next: nextFirst, initial: 'zeros' },
          { parameter: second, next: nextSecond, initial: 'zeros' },
        ],
      };
    },
  };
}

/** `gradient + decay parameter`, the product not before the gradient is there. */
function decayed(gradient: Expr, parameter: Expr, decay: number): Expr {
  return decay === 0 ? gradient : add(gradient, mul(parameter, later(decay, gradient)));
}

/** A number that is not there before `other` is: whatever it multiplies waits, and less memory is held at once. */
function later(number: number, other: Expr): Expr {
  return after(constant(number), [other]);
}

/** `base` to the power of a scalar expression. */
function powerOf(base: number, exponent: Expr): Expr {
  return exp(mul(exponent, Math.log(base)));
}

/** Gradients scaled so that the norm over all of them is at most `limit`, as PyTorch's `clip_grad_norm_`. */
export function clipByGlobalNorm(
  gradients: readonly Expr[],
  limit: number,
): { gradients: Expr[]; norm: Expr } {
  const norm = sqrt(addAll(gradients.map((gradient) => sum(square(gradient)))));
  const factor = minimum(1, div(limit, add(norm, 1e-6)));
  return { gradients: gradients.map((gradient) => mul(gradient, factor)), norm };
}
