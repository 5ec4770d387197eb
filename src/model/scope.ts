// Declares parameters while a forward pass is built. The same forward code under a training scope
// and under an inference scope gives the two graphs; they share their parameters by name.
import { internalError } from '../errors.js';
import type { Shape } from '../tensor.js';
import { add, batchNorm, input, mul, parameter, stopGradient, type Expr } from '../graph/index.js';
import { batchNormTraining } from '../graph/ops/normalisation.js';

/** How a parameter starts: drawn uniformly from +-bound, or one value everywhere. */
export type Initial = { kind: 'uniform'; bound: number } | { kind: 'constant'; value: number };

/** PyTorch's default start of convolution and linear weights and biases: uniform in +-1/sqrt(fanIn). */
export function uniformByFanIn(fanIn: number): Initial {
  return { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) };
}

/** A parameter that a forward pass asked for. Running statistics are parameters that are not trainable. */
export interface DeclaredParameter {
  name: string;
  shape: Shape;
  initial: Initial;
  isTrainable: boolean;
  expr: Expr;
}

/** What decides between the graphs that one forward pass can give. */
export interface ScopeOptions {
  /** Batch statistics and dropout instead of running statistics and none. */
  training: boolean;
  /** Read trainable parameters from their moving averages (`average:NAME`), as answers do (docs/architecture.md#training). */
  averaged?: boolean;
}

/** The name under which the moving average of a trainable parameter is kept. */
export function averageName(name: string): string {
  return `average:${name}`;
}

const batchNormMomentum = 0.1; // PyTorch's: the share of the new batch in the running statistics
const batchNormEpsilon = 1e-5;

/** Collects the parameters, inputs and running-statistics updates of one forward pass. */
export class Scope {
  readonly training: boolean;
  readonly parameters: DeclaredParameter[] = [];
  readonly updates: { parameter: Expr; next: Expr }[] = [];
  readonly inputs: Expr[] = [];
  readonly #averaged: boolean;
  #keepsStatistics = false;

  constructor({ training, averaged = false }: ScopeOptions) {
    this.training = training;
    this.#averaged = averaged;
  }

  /** The parameter called `name`; asking again gives the same one, and with another shape is an error. */
  parameter(name: string, shape: Shape, initial: Initial, isTrainable = true): Expr {
    const known = this.parameters.find((declared) => declared.name === name);
    if (known) return sameShape(known, shape);
    const expr = parameter(this.#averaged && isTrainable ? averageName(name) : name, shape);
    this.parameters.push({ name, shape, initial, isTrainable, expr });
    return expr;
  }

  /** An input of the graph, fed at each run; asking again gives the same one. */
  input(name: string, shape: Shape, dtype: Expr['dtype'] = 'float32'): Expr {
    const known = this.inputs.find((one) => one.name === name);
    if (known) return known;
    const expr = input(name, shape, dtype);
    this.inputs.push(expr);
    return expr;
  }

  /** Batch norm over axis 1, with PyTorch's epsilon and momentum; training normalises by the batch and updates the running statistics. */
  batchNorm(name: string, x: Expr): Expr {
    const shape = [x.shape[1]!];
    const weight = this.parameter(`${name}.weight`, shape, { kind: 'constant', value: 1 });
    const bias = this.parameter(`${name}.bias`, shape, { kind: 'constant', value: 0 });
    const runningMean = this.parameter(`${name}.runningMean`, shape, { kind: 'constant', value: 0 }, false);
    const runningVar = this.parameter(`${name}.runningVar`, shape, { kind: 'constant', value: 1 }, false);
    if (!this.training || this.#keepsStatistics) {
      return batchNorm(x, {
        weight,
        bias,
        mean: runningMean,
        variance: runningVar,
        epsilon: batchNormEpsilon,
      });
    }
    const batch = batchNormTraining(x, { weight, bias, epsilon: batchNormEpsilon });
    this.#follow(runningMean, batch.mean);
    this.#follow(runningVar, batch.unbiasedVariance);
    return batch.output;
  }

  /** What `build` makes, its batch norms by their running statistics also while training: weights and biases learn, statistics stay. */
  withRunningStatistics<T>(build: () => T): T {
    const before = this.#keepsStatistics;
    this.#keepsStatistics = true;
    try {
      return build();
    } finally {
      this.#keepsStatistics = before;
    }
  }

  /** While training, a mask to multiply with, fed by the trainer (0 or 1/(1-rate) an element); otherwise nothing. */
  dropoutMask(name: string, shape: Shape): Expr | undefined {
    return this.training ? this.input(name, shape) : undefined;
  }

  #follow(running: Expr, batch: Expr): void {
    const next = add(mul(running, 1 - batchNormMomentum), mul(stopGradient(batch), batchNormMomentum));
    this.updates.push({ parameter: running, next });
  }
}

function sameShape(known: DeclaredParameter, shape: Shape): Expr {
  if (`${known.shape}` === `${shape}`) return known.expr;
  throw internalError(
    `parameter ${known.name}`,
    `one shape wherever it is used, first [${known.shape}]`,
    `[${shape}]`,
  );
}
