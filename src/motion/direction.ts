// The direction of an arrow in eighths of a turn, by a table: `Math.atan2` is most of the time that rows take.

/** Steps of the table from 0 to 45 degrees; between them a straight line is off by at most `0.65 / 8 / STEPS^2` radians. */
const STEPS = 1024;
/** `atan(i / STEPS)` in eighths of a turn; one more behind, so that the last step has an end. */
const table = Float64Array.from(
  { length: STEPS + 2 },
  (_, i) => (Math.atan(Math.min(1, i / STEPS)) * 4) / Math.PI,
);

/** From the direction to the right, 0, over that down, 2, to before 8; to 1e-7. `(x, y)` must not be `(0, 0)`. */
export function eighthsOf(x: number, y: number): number {
  const across = Math.abs(x);
  const down = Math.abs(y);
  const isSteep = down > across;
  const at = (isSteep ? across / down : down / across) * STEPS;
  const low = Math.floor(at);
  const start = table[low]!;
  let turn = start + (at - low) * (table[low + 1]! - start);
  if (isSteep) turn = 2 - turn;
  if (x < 0) turn = 4 - turn;
  return y < 0 ? 8 - turn : turn;
}
