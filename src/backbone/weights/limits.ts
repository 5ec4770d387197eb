// What a weight file may hold: bounds that no real one comes near, so that a small file can take neither all memory nor all
// time, and words for what was found instead that are short whatever it is.

/** Entries of a zip; PyTorch writes one a storage. */
export const mostEntries = 200_000;

/** Bytes that the entries of a zip unfold to, for each byte of the file, and beside that: PyTorch does not compress. */
const mostUnfolded = { timesFile: 8, beside: 1 << 26 };

/** Bytes that all tensors together take, for each byte of the file: a few may lie over the same storage. */
const mostShared = { timesFile: 8, beside: 1 << 26 };

/** Axes of a tensor. */
export const mostAxes = 64;

/** Whether a zip of `bytes` may unfold to `unfolded` bytes. */
export function mayUnfold(unfolded: number, bytes: number): boolean {
  return unfolded <= mostUnfolded.beside + mostUnfolded.timesFile * bytes;
}

/** Whether tensors of a file of `bytes` may take `taken` bytes together. */
export function mayTake(taken: number, bytes: number): boolean {
  return taken <= mostShared.beside + mostShared.timesFile * bytes;
}

/** A value for an error text: plain ones as they are, cut at 60 characters; of containers only what they are. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Map) return `a dictionary of ${value.size}`;
  if (typeof value === 'object' || typeof value === 'function') return 'an object';
  const text = String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
