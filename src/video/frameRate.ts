// Frame rates as files hold them: fractions. A clock that reads a file's times must count by the fraction and not by the
// number that it was made of: a hundred-thousandth is a frame after an hour.

/** A frame rate as a fraction: whole, over 1001 (NTSC), or in thousandths. */
export function rational(rate: number): [num: number, den: number] {
  if (Number.isInteger(rate)) return [rate, 1];
  const ntsc = Math.round(rate * 1.001) * 1000;
  if (Math.abs(ntsc / 1001 - rate) < 1e-3) return [ntsc, 1001];
  return [Math.round(rate * 1000), 1000];
}

/** The rate that a file really has which was encoded at `rate`. */
export function heldRate(rate: number): number {
  const [num, den] = rational(rate);
  return num / den;
}
