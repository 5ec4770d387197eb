// What every benchmark is: a function of its arguments to figures.

/** Figures of a benchmark, beside the peak memory that is added here. */
export type Benchmark = (args: readonly string[]) => Promise<Record<string, number> | WithRows>;

/** Figures, and rows behind them, which JSON has too. */
export interface WithRows {
  figures: Record<string, number>;
  rows: readonly object[];
}
