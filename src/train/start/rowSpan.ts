// Fewer clips than features: the smallest |W| that fits lies in the span of the rows, so that a fit in coordinates of that span
// is the same fit, with as many numbers a row as there are rows.
//
//   X X^T = L L^T (Cholesky)     rows of L are the coordinates; W = U L^-1 X for weights U on them
//
// A row that the rows before it already span has no direction of its own: its pivot is 0, and so is its column.

/** Rows in coordinates of their span. */
export interface RowSpan {
  /** `L`: row `i` has `i + 1` numbers, and zeros behind them. */
  coordinates: Float64Array[];
  rows: readonly Float64Array[];
}

/** What of a row's squared length must be left beside the others for it to open a direction of its own. */
const least = 1e-10;

/** The span of rows of one length. */
export function rowSpan(rows: readonly Float64Array[]): RowSpan {
  const L: Float64Array[] = [];
  rows.forEach((row, i) => {
    const own = new Float64Array(i + 1);
    for (let j = 0; j < i; j++) {
      const pivot = L[j]![j]!;
      if (pivot > 0) own[j] = (dot(row, rows[j]!, row.length) - dot(own, L[j]!, j)) / pivot;
    }
    const square = dot(row, row, row.length);
    const rest = square - dot(own, own, i);
    if (rest > least * square) own[i] = Math.sqrt(rest);
    L.push(own);
  });
  return { coordinates: L, rows };
}

/** `weight [K,rows]` on coordinates as `[K,C]` on rows. */
export function outOfSpan(
  weight: Float64Array,
  classes: number,
  { coordinates: L, rows }: RowSpan,
): Float64Array {
  const [n, C] = [rows.length, rows[0]!.length];
  const out = new Float64Array(classes * C);
  for (let k = 0; k < classes; k++) {
    const shares = solveTransposed(L, weight.subarray(k * n, (k + 1) * n));
    rows.forEach((row, i) => {
      const share = shares[i]!;
      for (let c = 0; c < C; c++) out[k * C + c]! += share * row[c]!;
    });
  }
  return out;
}

/** `x` of `L^T x = b`; 0 where a row has no direction of its own. */
function solveTransposed(L: readonly Float64Array[], b: Float64Array): Float64Array {
  const x = new Float64Array(b.length);
  for (let i = b.length - 1; i >= 0; i--) {
    const pivot = L[i]![i]!;
    if (pivot === 0) continue;
    let rest = b[i]!;
    for (let j = i + 1; j < b.length; j++) rest -= L[j]![i]! * x[j]!;
    x[i] = rest / pivot;
  }
  return x;
}

/** The sum of the products of the first `length` numbers, by default all of `a`. */
export function dot(a: Float64Array, b: Float64Array, length = a.length): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[i]! * b[i]!;
  return sum;
}
