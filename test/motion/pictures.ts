// Grey pictures made by formula, so that their motion is known exactly and any language can make them again.

/** A texture of waves, one of them nearly as short as noise, at any place: 0..255. */
export function texture(x: number, y: number): number {
  const waves =
    36 * Math.sin(0.31 * x + 0.17 * y) +
    28 * Math.sin(0.23 * y - 0.11 * x + 1) +
    22 * Math.sin(0.52 * x - 0.43 * y + 2) +
    18 * Math.sin(0.83 * y + 0.29 * x) +
    14 * Math.sin(1.1 * x - 0.2 * y);
  return 128 + waves;
}

/** A grey picture `[height, width]` of a function of the place, rounded as a camera does. */
export function picture(
  value: (x: number, y: number) => number,
  { width = 160, height = 120 }: { width?: number; height?: number } = {},
): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) =>
    Math.min(255, Math.max(0, Math.round(value(i % width, Math.floor(i / width))))),
  );
}

/** The same picture in a mirror. */
export function flipped(grey: Uint8Array, width = 160): Uint8Array {
  return grey.map((_, i) => grey[i - (i % width) + (width - 1 - (i % width))]!);
}

/** A disc of radius 30 about `(cx, cy)` with a texture of its own that moves along, before the texture moved by `(dx, dy)`. */
export function disc(cx: number, cy: number, dx: number, dy: number): (x: number, y: number) => number {
  return (x, y) =>
    Math.hypot(x - cx, y - cy) < 30
      ? texture(1.3 * (y - cy) + 400, 0.9 * (x - cx) + 70)
      : texture(x - dx, y - dy);
}
