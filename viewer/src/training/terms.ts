// Which loss terms of a training are drawn. Pure.
import type { EpochRow } from '../../../src/server/api.js';

/** Terms in use: those with a weight; where no weight is known of a term, those that were ever something else than zero. */
export function termsInUse(rows: readonly EpochRow[], weights: Record<string, number> = {}): string[] {
  const names = [...new Set(rows.flatMap(({ losses }) => Object.keys(losses)))];
  return names.filter((name) => {
    if (name === 'total') return false; // has a chart of its own
    const weight = weights[name];
    return weight === undefined ? rows.some(({ losses }) => (losses[name] ?? 0) !== 0) : weight > 0;
  });
}
