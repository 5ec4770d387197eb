// The plain mean, which several metrics and reports take.

/** Mean of `values`; NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
