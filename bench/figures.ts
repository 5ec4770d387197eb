// What every benchmark measures alike.

/** The middle of the numbers (the upper one of two). */
export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}

/** The largest resident memory that this process has had, in MiB. */
export function peakMegabytes(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

/** Milliseconds of each of `repeats` calls, after one that is not counted. */
export async function timed(repeats: number, call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i <= repeats; i++) {
    const started = performance.now();
    await call();
    if (i > 0) times.push(performance.now() - started);
  }
  return times;
}

/** The resident memory of this process now, in MiB. */
export function megabytesNow(): number {
  return Math.round(process.memoryUsage().rss / 2 ** 20);
}

/** To one digit behind the point. */
export function tenths(value: number): number {
  return Math.round(10 * value) / 10;
}
