// Orders numbers as numpy's `argsort` does. Detections often share a score, and the reference evaluators sort with
// an algorithm that is not stable: to agree with their figures, equal scores must fall in the same order as there.

const SMALL = 15; // `right - left`, so runs of up to 16

/**
 * Indices that sort `values` upwards, equal values in the order of numpy's default sort for float64 without vector
 * instructions: introsort with the median of three, insertion sort for runs of up to 16 (Musser 1997).
 */
export function argsort(values: ArrayLike<number>): Int32Array {
  const order = Int32Array.from({ length: values.length }, (_, i) => i);
  const depth = 2 * Math.floor(Math.log2(Math.max(1, values.length)));
  sortRange(Float64Array.from(values), order, 0, order.length - 1, depth);
  return order;
}

/** Indices by falling value: `argsort` read backwards, so equals come in its reversed order. */
export function argsortDescending(values: ArrayLike<number>): Int32Array {
  return argsort(values).reverse();
}

/** Indices by falling value; of equals the first comes first. */
export function stableDescending(values: readonly number[]): number[] {
  return values.map((_, i) => i).sort((a, b) => values[b]! - values[a]!);
}

function sortRange(v: Float64Array, order: Int32Array, from: number, to: number, depth: number): void {
  let [left, right, deeper] = [from, to, depth];
  while (right - left > SMALL) {
    if (deeper < 0) return heapSort(v, order, left, right);
    const middle = partition(v, order, left, right);
    deeper--;
    if (middle - left < right - middle) {
      sortRange(v, order, left, middle - 1, deeper);
      left = middle + 1;
    } else {
      sortRange(v, order, middle + 1, right, deeper);
      right = middle - 1;
    }
  }
  insertionSort(v, order, left, right);
}

/** Puts the median of first, middle and last where it belongs and returns its place. */
function partition(v: Float64Array, order: Int32Array, left: number, right: number): number {
  const at = (i: number) => v[order[i]!]!;
  const middle = left + ((right - left) >> 1);
  if (at(middle) < at(left)) swap(order, middle, left);
  if (at(right) < at(middle)) swap(order, right, middle);
  if (at(middle) < at(left)) swap(order, middle, left);
  const pivot = at(middle);
  let [i, j] = [left, right - 1];
  swap(order, middle, j);
  for (;;) {
    do i++;
    while (at(i) < pivot);
    do j--;
    while (pivot < at(j));
    if (i >= j) break;
    swap(order, i, j);
  }
  swap(order, i, right - 1);
  return i;
}

function insertionSort(v: Float64Array, order: Int32Array, left: number, right: number): void {
  for (let i = left + 1; i <= right; i++) {
    const own = order[i]!;
    let j = i;
    for (; j > left && v[own]! < v[order[j - 1]!]!; j--) order[j] = order[j - 1]!;
    order[j] = own;
  }
}

/** Taken when the partitions are bad, which keeps the time at n log n. */
function heapSort(v: Float64Array, order: Int32Array, left: number, right: number): void {
  const length = right - left + 1;
  for (let root = (length >> 1) - 1; root >= 0; root--) siftDown(v, order, left, root, length);
  for (let end = length - 1; end > 0; end--) {
    swap(order, left, left + end);
    siftDown(v, order, left, 0, end);
  }
}

function siftDown(v: Float64Array, order: Int32Array, left: number, root: number, length: number): void {
  const at = (i: number) => v[order[left + i]!]!;
  for (let i = root, child = 2 * i + 1; child < length; child = 2 * i + 1) {
    if (child + 1 < length && at(child) < at(child + 1)) child++;
    if (!(at(i) < at(child))) return;
    swap(order, left + i, left + child);
    i = child;
  }
}

function swap(order: Int32Array, i: number, j: number): void {
  [order[i], order[j]] = [order[j]!, order[i]!];
}
