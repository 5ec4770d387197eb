// Finds the stretch of a curve that stands out. Curves are one number a frame; windows are [from, to).
//
//   window:  value = sqrt(L) * (mean inside - outerWeight * mean just outside)
//            (with outerWeight 0 this is sum / sqrt(L), docs/architecture.md#where-and-when; the outer ring is that of AutoLoc,
//            Shou et al. 2018; a window that nothing surrounds has no contrast)
//   step:    value = sqrt(L * R / (L + R)) * (mean inside - mean of the R other frames)
//            the window of the two-level curve that fits in least squares (circular binary segmentation,
//            Olshen et al. 2004); it needs no zero level, which evidence of a weak label does not have

/** A window with its value under the rule that found it. */
export interface CurveWindow {
  from: number;
  to: number;
  value: number;
}

/** How {@link bestWindow} searches; lengths in frames. */
export interface WindowRules {
  rule: 'window' | 'step';
  minimumLength: number;
  maximumLength: number;
  outerWeight?: number;
  outerShare?: number;
}

/** Sums of the first 0, 1, 2, ... values. */
function runningSums(curve: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(curve.length + 1);
  for (let i = 0; i < curve.length; i++) sums[i + 1] = sums[i]! + curve[i]!;
  return sums;
}

/** The value of one window inside the stretch [low, high) that is looked at. */
function valueOf(
  sums: Float64Array,
  from: number,
  to: number,
  low: number,
  high: number,
  rules: WindowRules,
): number {
  const length = to - from;
  const inside = sums[to]! - sums[from]!;
  if (rules.rule === 'step') {
    const rest = high - low - length;
    if (rest === 0) return 0; // no step at all: better than one that goes down
    const outside = sums[high]! - sums[low]! - inside;
    return Math.sqrt((length * rest) / (length + rest)) * (inside / length - outside / rest);
  }
  const ring = Math.max(1, Math.round(length * (rules.outerShare ?? 0.25)));
  const left = Math.max(low, from - ring);
  const right = Math.min(high, to + ring);
  const around = right - left - length;
  const outside = around > 0 ? (sums[right]! - sums[left]! - inside) / around : inside / length;
  return Math.sqrt(length) * (inside / length - (rules.outerWeight ?? 0) * outside);
}

/** The best window of the stretch [low, high), the earliest and shortest of equals; null where none fits. */
export function bestWindow(
  curve: ArrayLike<number>,
  rules: WindowRules,
  low = 0,
  high = curve.length,
): CurveWindow | null {
  const sums = runningSums(curve);
  const least = Math.max(1, rules.minimumLength);
  let best: CurveWindow | null = null;
  for (let from = low; from + least <= high; from++) {
    for (let to = from + least; to <= Math.min(high, from + rules.maximumLength); to++) {
      const value = valueOf(sums, from, to, low, high, rules);
      if (best === null || value > best.value + 1e-12) best = { from, to, value };
    }
  }
  return best;
}

/**
 * Up to `count` windows that do not overlap, best first: the best of the whole, then the best of what lies
 * left and right of it, and so on, while their value is at least `minimumScore` of the first one's and above 0.
 */
export function bestWindows(
  curve: ArrayLike<number>,
  rules: WindowRules,
  { count, minimumScore }: { count: number; minimumScore: number },
): CurveWindow[] {
  const found: CurveWindow[] = [];
  const stretches: [number, number][] = [[0, curve.length]];
  const open: { window: CurveWindow; stretch: [number, number] }[] = [];
  while (found.length < count) {
    for (const stretch of stretches.splice(0)) {
      const window = bestWindow(curve, rules, ...stretch);
      if (window !== null) open.push({ window, stretch });
    }
    open.sort((a, b) => b.window.value - a.window.value);
    const next = open.shift();
    if (next === undefined) break;
    const least = Math.max(0, minimumScore * (found[0]?.value ?? 0));
    if (found.length > 0 && next.window.value <= least) break;
    found.push(next.window);
    stretches.push([next.stretch[0], next.window.from], [next.window.to, next.stretch[1]]);
  }
  return found;
}

/** (mean inside - mean outside) / |mean inside|; infinite where the window is the whole curve. */
export function windowContrast(curve: ArrayLike<number>, { from, to }: CurveWindow): number {
  const sums = runningSums(curve);
  const total = sums[curve.length]!;
  const inside = (sums[to]! - sums[from]!) / (to - from);
  const rest = curve.length - (to - from);
  if (rest === 0) return Infinity;
  const outside = (total - (sums[to]! - sums[from]!)) / rest;
  return (inside - outside) / Math.max(Math.abs(inside), 1e-12);
}

/** Runs of frames whose value lies above `threshold`, in order; `value` is the run's sum. */
export function runsAbove(curve: ArrayLike<number>, threshold: number): CurveWindow[] {
  const runs: CurveWindow[] = [];
  for (let t = 0; t < curve.length; t++) {
    if (!(curve[t]! > threshold)) continue;
    const last = runs.at(-1);
    if (last?.to === t) {
      last.to++;
      last.value += curve[t]!;
    } else runs.push({ from: t, to: t + 1, value: curve[t]! });
  }
  return runs;
}
