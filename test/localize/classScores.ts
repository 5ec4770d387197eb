// Scores of classes and of nothing, for tests of who acts.
/** Scores `[n,K+1,h,w]` by a function of class, row and column, the same in every frame. */
export function scoresOf(
  frames: number,
  [states, height, width]: readonly [number, number, number],
  of: (k: number, y: number, x: number) => number,
): Float32Array {
  const one = states * height * width;
  return Float32Array.from({ length: frames * one }, (_, at) => {
    const cell = at % (height * width);
    const k = Math.floor((at % one) / (height * width));
    return of(k, Math.floor(cell / width), cell % width);
  });
}
