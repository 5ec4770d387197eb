// From logits to probabilities, an answer at a time; the graph has the same as operations with derivatives.

/** `1 / (1 + e^-x)`: the probability of a logit that stands by itself. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** `log(1 + e^x)`, which does not overflow: the cross-entropy of such a logit where its class is absent. */
export function softplus(x: number): number {
  return Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** `e^x_k / sum_j e^x_j`, any finite logits, `[classes]`. */
export function softmax(logits: Float32Array): Float32Array {
  const top = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - top));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** `log sum_j e^x_j`, which does not overflow. */
export function logSumExp(values: readonly number[]): number {
  const top = Math.max(...values);
  return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0));
}

/** Log odds that one or the other of two independent things holds: `log((1 + e^a)(1 + e^b) - 1)`. */
export function eitherLogOdds(a: number, b: number): number {
  return logSumExp([a, b, a + b]);
}
