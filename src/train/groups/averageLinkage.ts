// Agglomerative clustering with average linkage (UPGMA, Sokal and Michener 1958) cut at a distance, by chains of nearest
// neighbours (Murtagh 1983): the same clusters as by merging the nearest pair again and again, in `n^2` steps. The mean distance
// to a merged cluster is never below the smaller one of its parts, so that a cluster without a neighbour within the cut is done.

/**
 * The cluster of each of `n` items, numbered from 0 in the order of their first items: merged while the mean distance between
 * the items of two clusters is below `cut`. Ties go to the earlier item. `distances` is symmetric, `[n,n]`, and is written over.
 */
export function averageLinkage(distances: Float32Array, n: number, cut: number): number[] {
  const sizes = new Array<number>(n).fill(1);
  const parents = Array.from({ length: n }, (_, i) => i);
  const open = new Set(parents); // clusters that may still be merged, by their first items
  const chain: number[] = [];
  while (open.size > 0) {
    if (chain.length === 0) chain.push(open.values().next().value!);
    const tip = chain.at(-1)!;
    const before = chain.at(-2);
    const { place, distance } = nearestOf(tip, open, distances, { n, preferred: before });
    if (place === undefined || distance >= cut) {
      open.delete(tip);
      chain.pop();
    } else if (place === before) {
      chain.length -= 2;
      merge(Math.min(tip, before), Math.max(tip, before), { distances, sizes, open, n });
      parents[Math.max(tip, before)] = Math.min(tip, before);
    } else chain.push(place);
  }
  return numbered(parents);
}

/** The open cluster nearest to `tip`; of several the `preferred` one, which ends a chain, else the earliest. */
function nearestOf(
  tip: number,
  open: ReadonlySet<number>,
  distances: Float32Array,
  { n, preferred }: { n: number; preferred?: number },
): { place?: number; distance: number } {
  let place = preferred;
  let distance = preferred === undefined ? Infinity : distances[tip * n + preferred]!;
  for (const other of open) {
    const own = distances[tip * n + other]!;
    if (other !== tip && (own < distance || (own === distance && place !== preferred && other < place!)))
      [place, distance] = [other, own];
  }
  return { place, distance };
}

/** `gone` joins `kept`; every other distance becomes the mean over the items of both. */
function merge(
  kept: number,
  gone: number,
  { distances, sizes, open, n }: { distances: Float32Array; sizes: number[]; open: Set<number>; n: number },
): void {
  const [a, b] = [sizes[kept]!, sizes[gone]!];
  open.delete(gone);
  for (const other of open) {
    if (other === kept) continue;
    const mean = (a * distances[kept * n + other]! + b * distances[gone * n + other]!) / (a + b);
    distances[kept * n + other] = mean;
    distances[other * n + kept] = mean;
  }
  sizes[kept] = a + b;
}

/** Numbers of the clusters whose first items the parents lead to; a parent is never later than its child. */
function numbered(parents: readonly number[]): number[] {
  const numbers: number[] = [];
  let count = 0;
  parents.forEach((parent, i) => numbers.push(parent === i ? count++ : numbers[parent]!));
  return numbers;
}
