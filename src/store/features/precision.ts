// How exactly features are stored. What was stored more exactly than is asked for is good enough, and so is a store of
// earlier versions, which stacked all scales in half precision.

/** The precision of stored features. */
export type StorePrecision = 'int8' | 'float16' | 'float32';

/** From the coarsest on. */
export const storePrecisions = ['int8', 'float16', 'float32'] as const satisfies readonly StorePrecision[];

/** What is stored where nothing is said. */
export const usualStorePrecision: StorePrecision = 'int8';

/** What the key of a stored clip says of precision: that which is asked for first, then all that will do. */
export function acceptable(asked: StorePrecision): { stored?: StorePrecision }[] {
  const finer = storePrecisions.slice(storePrecisions.indexOf(asked)).map((stored) => ({ stored }));
  return asked === 'float32' ? finer : [...finer, {}]; // older keys say nothing
}
