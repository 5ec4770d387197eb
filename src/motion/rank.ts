// One number of many by its rank, without sorting them all (Hoare 1961).

/** The number that would stand at `rank` if `values` were sorted; they are put in another order. None may be NaN. */
export function ofRank(values: Float64Array, rank: number): number {
  let first = 0;
  let last = values.length - 1;
  while (first < last) {
    const pivot = values[(first + last) >> 1]!;
    let low = first;
    let high = last;
    while (low <= high) {
      while (values[low]! < pivot) low++;
      while (values[high]! > pivot) high--;
      if (low > high) break;
      const swapped = values[low]!;
      values[low++] = values[high]!;
      values[high--] = swapped;
    }
    if (rank <= high) last = high;
    else if (rank >= low) first = low;
    else return values[rank]!; // between both sides: equal to the pivot
  }
  return values[rank]!;
}
