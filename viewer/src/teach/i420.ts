// RGB as planes of luma and chroma, by BT.601 in limited range, which VP8 means where a file says nothing.

/** I420 of an RGBA picture of even size: luma, then both chromas of every two by two pixels. */
export function toI420(
  rgba: Uint8ClampedArray,
  { width, height }: { width: number; height: number },
): Uint8Array<ArrayBuffer> {
  const pixels = width * height;
  const out = new Uint8Array((pixels * 3) / 2);
  for (let i = 0; i < pixels; i++) {
    const [r, g, b] = [rgba[4 * i]!, rgba[4 * i + 1]!, rgba[4 * i + 2]!];
    out[i] = Math.round(16 + (65.481 * r + 128.553 * g + 24.966 * b) / 255);
  }
  const chroma = pixels / 4;
  for (let y = 0, at = pixels; y < height; y += 2)
    for (let x = 0; x < width; x += 2, at++) {
      const [r, g, b] = meanOf(rgba, y * width + x, width);
      out[at] = Math.round(128 + (-37.797 * r - 74.203 * g + 112 * b) / 255);
      out[at + chroma] = Math.round(128 + (112 * r - 93.786 * g - 18.214 * b) / 255);
    }
  return out;
}

/** Mean red, green and blue of the two by two pixels from place `at` on. */
function meanOf(rgba: Uint8ClampedArray, at: number, width: number): [number, number, number] {
  const places = [at, at + 1, at + width, at + width + 1];
  const mean = (channel: 0 | 1 | 2): number =>
    places.reduce((sum, place) => sum + rgba[4 * place + channel]!, 0) / 4;
  return [mean(0), mean(1), mean(2)];
}
