// The graphs that answer: inference, and evaluation with labels. Both are the training graph's forward pass
// with running statistics.
import {
  add,
  gradients,
  input,
  max,
  mul,
  relu,
  sigmoid,
  slice,
  softmax,
  sqrt,
  square,
  stack,
  sum,
  type Expr,
  type Graph,
} from '../graph/index.js';
import { actorMaps } from './actors.js';
import type { ModelConfig } from './config.js';
import type { Attention } from './attention/attention.js';
import { meanPoolBeside } from './attention/meanPool.js';
import { losses, usualSharpness, type Losses, type LossSettings } from './losses.js';
import { evidenceLogits } from './lossTerms.js';
import { network, type Network, type NetworkOptions } from './network.js';
import { Scope, type DeclaredParameter } from './scope.js';

/** A graph and the parameters that it reads. */
export interface BuiltGraph {
  graph: Graph;
  parameters: readonly DeclaredParameter[];
}

/** Options of {@link inferenceGraph}. */
export interface InferenceOptions extends NetworkOptions {
  /** Answer with the moving averages of the weights. */
  averaged?: boolean;
  /** Give the features `[N,n,C,h,w]` out as well. */
  features?: boolean;
  /** Give out `activation [N,n,h,w]`, gradient times activation of the best class: where for heads without evidence. */
  activation?: boolean;
}

/**
 * Outputs `logits`, `probabilities [N,K]`, `weights [N,T,n]`, `masks`, `norm [N,n,h,w]` (length of each feature
 * vector), `scaleNorms [S,N,n,h,w]` (its length at each scale, where several are stacked), where the form has them
 * `evidence [N,n,h,w,K]`, `logAttention [N,n,h,w]` and `meanLogits [N,K]`, `meanPoolLogits [N,K]` where the mean pool is
 * kept beside the head, those of {@link actorMaps} where the model has them, and `features` and `activation` on request.
 */
export function inferenceGraph(options: InferenceOptions): BuiltGraph {
  const scope = new Scope({ training: false, averaged: options.averaged });
  const outputs = answers(scope, network(scope, options), options);
  return { graph: { outputs, updates: [] }, parameters: scope.parameters };
}

/** The outputs of {@link inferenceGraph} and every loss term as `loss.NAME`; one more input, `labels [N]` (int64). */
export function evaluationGraph(options: InferenceOptions & { losses: LossSettings }): BuiltGraph {
  const scope = new Scope({ training: false, averaged: options.averaged });
  const built = network(scope, options);
  const terms = losses(built.attention, labelsInput(options.clips), {
    ...options.losses,
    features: built.features,
    probabilities: options.config.probabilities,
  });
  const outputs = { ...answers(scope, built, options), ...lossOutputs(terms) };
  return { graph: { outputs, updates: [] }, parameters: scope.parameters };
}

/** The input `labels [N]`. */
export function labelsInput(clips: number): Expr {
  return input('labels', [clips], 'int64');
}

/** The input `targets [N,K]`: 1 at each class of a clip, else 0. */
export function targetsInput(clips: number, classes: number): Expr {
  return input('targets', [clips, classes]);
}

/** Loss terms under the names `loss.crossEntropy` .. `loss.total`. */
export function lossOutputs(terms: Losses): Record<string, Expr> {
  return Object.fromEntries(Object.entries(terms).map(([name, term]) => [`loss.${name}`, term as Expr]));
}

function answers(
  scope: Scope,
  { features, attention }: Network,
  options: InferenceOptions,
): Record<string, Expr> {
  const { config } = options;
  const logits = answeredLogits(config, attention);
  return {
    ...attention,
    logits,
    probabilities: probabilitiesOf(config, logits),
    norm: lengthOf(features),
    ...scaleNorms(features, options.config.backbone.scaleChannels),
    ...(config.actors ? actorMaps(scope, features, config.actors, config.classes.length) : {}),
    ...(config.meanPool ? { meanPoolLogits: meanPoolBeside(scope, features, config.classes.length) } : {}),
    ...(options.features ? { features } : {}),
    ...(options.activation ? { activation: activationOf(features, logits) } : {}),
  };
}

/** `max(0, sum_c X_c dz / dX_c)` with `z` the largest logit of each clip (Selvaraju et al. 2017, at each place): `[N,n,h,w]`. */
function activationOf(features: Expr, logits: Expr): Expr {
  const [gradient] = gradients(sum(max(logits, { axes: [1] })), [features]);
  return relu(sum(mul(features, gradient!), { axes: [2] }));
}

/**
 * The logits `[N,K]` that a model answers with: those of its attention, their mean with those of the plain mean, or those
 * of the pooled evidence, where each class speaks for itself wherever it is.
 */
export function answeredLogits(config: ModelConfig, attention: Attention): Expr {
  const { answer, evidenceSharpness = usualSharpness } = config;
  const { logits, meanLogits } = attention;
  if (answer === 'evidence' && attention.evidence) return evidenceLogits(attention, evidenceSharpness);
  return answer === 'averaged' && meanLogits ? mul(add(logits, meanLogits), 0.5) : logits;
}

/** What logits `[N,K]` mean: shares of the clip, or every class by itself. */
export function probabilitiesOf({ probabilities }: ModelConfig, logits: Expr): Expr {
  return probabilities === 'sigmoid' ? sigmoid(logits) : softmax(logits, 1);
}

/** Length of each feature vector, `[N,n,C,h,w]` to `[N,n,h,w]`. */
export function lengthOf(features: Expr): Expr {
  return sqrt(sum(square(features), { axes: [2] }));
}

/** The length at each of several scales that were stacked; nothing where there is one. */
function scaleNorms(features: Expr, channels: readonly number[] = []): Record<string, Expr> {
  return channels.length < 2 ? {} : { scaleNorms: stack(scaleLengths(features, channels), 0) };
}

/** The length at each of the scales that have so many channels, `[N,n,h,w]` each. */
export function scaleLengths(features: Expr, channels: readonly number[]): Expr[] {
  let end = 0;
  return channels.map((count) => {
    const start = end;
    end += count;
    return lengthOf(slice(features, { axis: 2, start, end }));
  });
}
