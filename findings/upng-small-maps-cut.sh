#!/usr/bin/env bash
# Packages: upng-js 2.1.0 writes and reads, pngjs 7.0.0 reads.
# Behaviour: the PNG of a picture of few pixels and many colours is cut short, without an error.
# One would guess: a lossless PNG of 7 x 7 pixels is a whole file, whatever its colours.
# Seen: the file is at most four bytes a pixel plus 100 long; a palette can take 3 + 1 bytes for each colour besides the
# pixels, and what stands beyond is lost: the end mark, then pixels. No reader opens the file, the package itself among
# them. 7 x 7 of 24 colours is whole, 7 x 7 of 49 and 14 x 14 of 196 are not, nor is 8 x 8 of 64; 16 x 16 of 256 is.
# Matters for: attention and class maps saved in colours as they come out of a model (7 x 7, 14 x 14): whether a file is
# whole hangs on how many colours its map happens to have.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts upng-js@2.1.0 pngjs@7.0.0

cat >show.cjs <<'JS'
const UPNG = require('upng-js');
const { PNG } = require('pngjs');

const can = (read) => {
  try {
    return read() ? 'reads it' : 'reads other pixels';
  } catch {
    return 'fails';
  }
};
function chunks(file) {
  const found = [];
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at))
    found.push(file.toString('latin1', at + 4, at + 8));
  return found;
}
for (const [size, colours] of [
  [7, 8],
  [7, 24],
  [7, 49],
  [8, 64],
  [14, 196],
  [16, 256],
]) {
  const pixels = Buffer.alloc(4 * size * size);
  for (let i = 0; i < size * size; i++) {
    const level = ((i * 37) % (size * size)) % colours;
    pixels.set([level, 255 - level, (level * 7) & 255, 255], 4 * i);
  }
  const file = Buffer.from(
    UPNG.encode([pixels.buffer.slice(pixels.byteOffset, pixels.byteOffset + pixels.length)], size, size, 0),
  );
  console.log(
    `${size} x ${size} of ${colours} colours: ${file.length} bytes,`,
    chunks(file).join(' ') + ';',
    'upng-js',
    can(() => pixels.equals(Buffer.from(UPNG.toRGBA8(UPNG.decode(file))[0]))) + ', pngjs',
    can(() => pixels.equals(PNG.sync.read(file).data)),
  );
}
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
7 x 7 of 8 colours: 173 bytes, IHDR sRGB PLTE tRNS IDAT IEND; upng-js reads it, pngjs reads it
7 x 7 of 24 colours: 250 bytes, IHDR sRGB PLTE tRNS IDAT IEND; upng-js reads it, pngjs reads it
7 x 7 of 49 colours: 296 bytes, IHDR sRGB PLTE tRNS IDAT; upng-js fails, pngjs fails
8 x 8 of 64 colours: 356 bytes, IHDR sRGB PLTE tRNS IDAT; upng-js fails, pngjs fails
14 x 14 of 196 colours: 884 bytes, IHDR sRGB PLTE tRNS IDAT; upng-js fails, pngjs fails
16 x 16 of 256 colours: 142 bytes, IHDR sRGB IDAT IEND; upng-js reads it, pngjs reads it
SEEN
