// In which order clips are listed. Pure: what is known of the clips comes in, a list goes out.

/** One clip of a list. */
export interface ClipRow {
  id: string;
  name: string;
  label: string | null;
  /** What the model says; null: it is not predicted yet. */
  top: string | null;
  probability: number;
  isRight: boolean | null;
  /** Overlaps with the truth in 0..1; null where it is not known. */
  where: number | null;
  when: number | null;
  warnings: number;
  /** Is it unlike the clips that the model learnt from? */
  isUnlike: boolean;
  /** Are labels of it saved? */
  isLabelled: boolean;
}

/** The orders that a reader may choose. */
export type Order = 'explained' | 'name' | 'unsure' | 'sure' | 'where' | 'when';

/**
 * How well a prediction explains its clip, -2..1: the mean overlap of boxes and segments where the truth is known, else the
 * probability of the class; one less with a warning, and one less where the class is wrong. Null without a prediction.
 */
export function explained({ top, probability, isRight, where, when, warnings }: ClipRow): number | null {
  if (top === null) return null;
  const known = [where, when].filter((value) => value !== null);
  const base = known.length > 0 ? known.reduce((a, b) => a + b, 0) / known.length : probability;
  return base - (warnings > 0 ? 1 : 0) - (isRight === false ? 1 : 0);
}

/** The clips in this order; those of which nothing is known come last, as they were. */
export function inOrder(list: readonly ClipRow[], order: Order): ClipRow[] {
  if (order === 'name') return [...list];
  const last = (value: number | null): number => value ?? Infinity;
  const value = (row: ClipRow): number => {
    if (order === 'where') return last(row.where);
    if (order === 'when') return last(row.when);
    if (row.top === null) return Infinity;
    if (order === 'explained') return -explained(row)!;
    return order === 'sure' ? -row.probability : row.probability;
  };
  const keyed = list.map((row) => ({ row, key: value(row) }));
  return keyed.sort((a, b) => (a.key === b.key ? 0 : a.key - b.key)).map(({ row }) => row);
}
