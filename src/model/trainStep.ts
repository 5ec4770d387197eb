// One training step as one graph: forward, losses, gradients, optimiser updates and running statistics.
import { z } from 'zod';
import { factor } from '../bounds.js';
import {
  adam,
  adamw,
  add,
  clipByGlobalNorm,
  gradients,
  input,
  mul,
  parameter,
  sgd,
  sub,
  zeros,
  type Expr,
  type Optimiser,
  type UpdateOptions,
} from '../graph/index.js';
import type { Shape } from '../tensor.js';
import { losses, type LossSettings } from './losses.js';
import { network, type NetworkOptions } from './network.js';
import { labelsInput, lossOutputs, targetsInput, type BuiltGraph } from './programs.js';
import { averageName, Scope, type DeclaredParameter } from './scope.js';

/** An optimiser by name, with PyTorch's meaning of every number. The learning rate is fed at each step. */
export const OptimiserSettings = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('sgd'),
    momentum: z.number().min(0).max(1).default(0),
    weightDecay: factor.default(0),
  }),
  z.strictObject({ name: z.enum(['adam', 'adamw']), weightDecay: factor.default(0) }),
]);
/** An optimiser by name. */
export type OptimiserSettings = z.infer<typeof OptimiserSettings>;

/** Options of {@link trainingGraph}. */
export interface TrainingOptions extends NetworkOptions {
  losses: LossSettings;
  optimiser: OptimiserSettings;
  /** Factors on learning rate and weight decay of a parameter by its name; `undefined` leaves both at 1. */
  factors?: (name: string) => UpdateOptions | undefined;
  /** Largest norm over all gradients; the norm before clipping becomes the output `gradientNorm`. */
  clipNorm?: number;
  /** Keep moving averages of the trainable parameters; their decay is the input `averageDecay`, 0 at the first step. */
  averaged?: boolean;
  /**
   * One step on several batches, each with its part of the gradients: the first sets their sums, those in the middle add to
   * them, and the last makes the step. Losses are means over a batch, so that the sums are means over all.
   */
  accumulate?: { batches: number; place: 'first' | 'middle' | 'last' };
  /** Clips have several classes: the input is `targets [N,K]` instead of `labels [N]`. */
  hasSeveralClasses?: boolean;
  /** Give every gradient out as `grad:NAME`: for tests and figures, not for speed. */
  withGradients?: boolean;
}

/** A training step and all state that it keeps. */
export interface TrainingGraph extends BuiltGraph {
  /** What the step keeps beside the parameters (moments, step count, averages); all of it starts at zero. */
  state: readonly { name: string; shape: Shape }[];
}

/**
 * Inputs `frames` or `features`, `labels [N]` or `targets [N,K]`, `learningRate` (a scalar) and what the options add; outputs
 * `loss.NAME`, `logits`, `weights`, `masks`. Running it makes the step.
 */
export function trainingGraph(options: TrainingOptions): TrainingGraph {
  const scope = new Scope({ training: true });
  const { features, attention } = network(scope, options);
  const { clips, hasSeveralClasses, config } = options;
  const labels = hasSeveralClasses ? targetsInput(clips, config.classes.length) : labelsInput(clips);
  const { probabilities } = config;
  const terms = losses(attention, labels, { ...options.losses, features, probabilities });
  const step = optimise(terms.total, scope.parameters, options);
  const averages = options.averaged ? movingAverages(step.updates) : [];
  const state = [...step.state, ...averages];
  const { logits, weights, masks } = attention;
  return {
    graph: {
      outputs: { ...lossOutputs(terms), logits, weights, masks, ...step.outputs },
      updates: [...step.updates, ...state, ...scope.updates],
    },
    parameters: scope.parameters,
    state: [...state.map(({ parameter: one }) => one), ...(step.kept ?? [])].map(({ name, shape }) => ({
      name: name!,
      shape,
    })),
  };
}

interface Update {
  parameter: Expr;
  next: Expr;
}

interface StepParts {
  updates: Update[];
  state: Update[];
  /** Sums of gradients that the step reads and leaves as they are: the next first batch sets them anew. */
  kept?: Expr[];
  outputs: Record<string, Expr>;
}

function optimise(loss: Expr, parameters: readonly DeclaredParameter[], options: TrainingOptions): StepParts {
  const { clipNorm, factors, withGradients = false } = options;
  const all = parameters.filter((one) => one.isTrainable);
  const slopes = gradients(
    loss,
    all.map((one) => one.expr),
  );
  // as in PyTorch, what the loss does not reach is not decayed either: detached scores stay as they are
  const isReached = (index: number): boolean => slopes[index] !== zeros(all[index]!.shape);
  const trained = all.filter((_, index) => isReached(index));
  const raw = slopes.filter((_, index) => isReached(index));
  const shared = options.accumulate && accumulated(trained, raw, options.accumulate);
  if (shared && options.accumulate?.place !== 'last') return { updates: [], state: shared, outputs: {} };
  const whole = shared?.map(({ next }) => next) ?? raw;
  const clipped = clipNorm === undefined ? undefined : clipByGlobalNorm(whole, clipNorm);
  const optimiser = createOptimiser(options.optimiser, input('learningRate', []));
  const steps = (clipped?.gradients ?? whole).map((gradient, index) =>
    optimiser.update(trained[index]!.expr, gradient, factors?.(trained[index]!.name)),
  );
  return {
    updates: steps.map(({ next }, index) => ({ parameter: trained[index]!.expr, next })),
    state: [...optimiser.shared, ...steps.flatMap((one) => one.state)],
    kept: shared?.map(({ parameter: sum }) => sum),
    outputs: {
      ...(clipped ? { gradientNorm: clipped.norm } : {}),
      ...(withGradients ? Object.fromEntries(all.map(({ name }, i) => [`grad:${name}`, slopes[i]!])) : {}),
    },
  };
}

/** The sums of gradients over the batches of a step so far, under `accumulated:NAME`. */
function accumulated(
  trained: readonly DeclaredParameter[],
  slopes: readonly Expr[],
  { batches, place }: NonNullable<TrainingOptions['accumulate']>,
): Update[] {
  return trained.map(({ name, shape }, index) => {
    const sum = parameter(`accumulated:${name}`, shape);
    const own = mul(slopes[index]!, 1 / batches);
    return { parameter: sum, next: place === 'first' ? own : add(sum, own) };
  });
}

function createOptimiser(settings: OptimiserSettings, learningRate: Expr): Optimiser {
  if (settings.name === 'sgd') return sgd({ ...settings, learningRate });
  return (settings.name === 'adam' ? adam : adamw)({ ...settings, learningRate });
}

/** `average = decay * average + (1 - decay) * next`. */
function movingAverages(updates: readonly Update[]): Update[] {
  const decay = input('averageDecay', []);
  return updates.map(({ parameter: { name, shape }, next }) => {
    const average = parameter(averageName(name!), shape);
    return { parameter: average, next: add(mul(average, decay), mul(next, sub(1, decay))) };
  });
}
