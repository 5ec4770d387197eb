// Colours that people with any kind of colour vision tell apart, and that keep their order in grey.

/** Red, green, blue, 0..255. */
export type Rgb = readonly [number, number, number];

/** Viridis (S. van der Walt and N. Smith, CC0) at tenths: darker is less, in colour and in grey. */
const viridisTenths: readonly Rgb[] = [
  [68, 1, 84],
  [72, 36, 117],
  [65, 68, 135],
  [53, 95, 141],
  [42, 120, 142],
  [33, 145, 140],
  [34, 168, 132],
  [68, 191, 112],
  [122, 209, 81],
  [189, 223, 38],
  [253, 231, 37],
];

/** The colour of a value in 0..1; outside it the nearest end, and NaN is the dark end. */
export function viridis(value: number): Rgb {
  const at = Math.max(0, Math.min(1, value || 0)) * 10;
  const low = Math.min(9, Math.floor(at));
  const share = at - low;
  const mix = (c: 0 | 1 | 2): number =>
    Math.round(viridisTenths[low]![c] * (1 - share) + viridisTenths[low + 1]![c] * share);
  return [mix(0), mix(1), mix(2)];
}

/** Okabe and Ito's qualitative colours (2008), without black: boxes, classes, lines. */
export const palette: readonly string[] = [
  '#e69f00',
  '#56b4e9',
  '#009e73',
  '#f0e442',
  '#0072b2',
  '#d55e00',
  '#cc79a7',
];
