// What a run learns from.
import type { ClipReader } from '../../store/batches.js';
import type { StoredClip } from '../../store/index.js';
import type { Frozen } from '../data/frozen.js';

/** What a run learns from, wherever its clips lie. */
export interface RunData {
  dataset: { classes: string[]; leftOut: readonly unknown[] };
  prepared: { broken: readonly unknown[] };
  /** What was stored of the clips, by their keys. */
  store: ClipReader;
  /** What a model on features must know of its backbone; absent where all of that is a part of the model. */
  frozen?: Frozen;
  train: StoredClip[];
  validation: StoredClip[];
}

/** Does a clip to learn from, or to choose the epoch by, have several classes? */
export function hasSeveralClasses({ train, validation }: Pick<RunData, 'train' | 'validation'>): boolean {
  return [...train, ...validation].some(({ classIndices }) => classIndices !== undefined);
}
