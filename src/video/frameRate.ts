// Frame rates: what the times of frames say of them, and how files hold them, as fractions. A clock that reads a file's times must count by the fraction and not by the
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

/**
 * The declared rate where the times bear it out within 1 %, else the mean rate. It varies where gaps
 * differ by more than a fifth and by more than coarse time stamps explain. `times` are seconds, rising; of a single frame, or of
 * several that all have one time, the declared rate is believed, and 0 is none.
 */
export function rateOf(
  times: Float64Array,
  declared: number,
): { frameRate: number; isVariableRate: boolean } {
  const gaps = withoutHoles(times.slice(1).map((time, i) => time - times[i]!));
  const span = gaps.reduce((sum, gap) => sum + gap, 0);
  if (!(span > 0)) return { frameRate: declared > 0 ? declared : 25, isVariableRate: false };
  const median = gaps.toSorted()[gaps.length >> 1]!;
  const isVariableRate = gaps.some((gap) => Math.abs(gap - median) > Math.max(0.2 * median, 0.002));
  const mean = gaps.length / span;
  const isBorneOut = !isVariableRate && Math.abs(declared / mean - 1) < 0.01;
  return { frameRate: isBorneOut ? declared : mean, isVariableRate };
}

/**
 * A stream that was cut without being decoded lacks pictures beside its ends: those that hang on others behind the cut. Gaps of
 * whole steps there are holes, and say nothing of the rate.
 */
function withoutHoles(gaps: Float64Array): Float64Array {
  if (gaps.length < 8) return gaps;
  const median = gaps.toSorted()[gaps.length >> 1]!;
  const isHole = (gap: number): boolean => {
    const steps = Math.round(gap / median);
    return steps > 1 && Math.abs(gap - steps * median) < Math.max(0.1 * median, 0.002);
  };
  return gaps.filter((gap, i) => !(isHole(gap) && (i === 0 || i >= gaps.length - 2)));
}
