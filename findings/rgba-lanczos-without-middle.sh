#!/usr/bin/env bash
# Packages: @rgba-image/lanczos 0.1.1, and ndarray-lanczos 0.3.0, which names it as its model.
# Behaviour: the pixel that lies exactly under the new one has weight 0, where the filter has its maximum.
# One would guess: made a third as large, a frame's new pixel is above all the middle one of nine old ones.
# Seen: the middle one does not count. A dot there is gone, and lines through the middles, too; made three times as large
# a dot has a black hole, at the same size a frame changes, and a strip of one row comes out empty. Even ratios never
# meet the place and are right, and so is a frame of one colour, the usual test. ndarray-lanczos has the weight.
# Matters for: frames made smaller by odd ratios, 1920 to 640 or 672 to 224: each pixel is made of its neighbours, and
# thin things, a ball or a mark, go.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @rgba-image/lanczos@0.1.1 \
  ndarray-lanczos@0.3.0 ndarray@1.0.19

cat >show.mjs <<'JS'
import rgba from '@rgba-image/lanczos';
import ndarray from 'ndarray';
import { lanczos3 } from 'ndarray-lanczos';

function frame(width, height, grey) {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const value = grey(i % width, Math.floor(i / width));
    data.set([value, value, value, 255], 4 * i);
  }
  return { width, height, data };
}
const middleRow = ({ width, height, data }) =>
  Array.from({ length: width }, (_, x) => data[4 * (width * Math.floor(height / 2) + x)]).join(' ');
function byRgba(source, width, height) {
  const small = frame(width, height, () => 0);
  rgba.lanczos(source, small);
  return middleRow(small);
}
function byNdarray(source, width, height) {
  const small = frame(width, height, () => 0);
  const array = ({ data, width, height }) => ndarray(new Uint8Array(data.buffer), [height, width, 4]);
  lanczos3(array(source), array(small));
  return middleRow(small);
}
const dot = (column, row) => (x, y) => (x === column && y === row ? 255 : 0);
for (const [title, source, width, height] of [
  ['a third, one grey', frame(15, 15, () => 200), 5, 5],
  ['a third, middle dot', frame(15, 15, dot(7, 7)), 5, 5],
  ['a third, lines in the middle', frame(15, 15, (x) => (x % 3 === 1 ? 255 : 0)), 5, 5],
  ['a half, dot', frame(10, 10, dot(5, 5)), 5, 5],
  ['same size, a ramp', frame(6, 6, (x) => 30 * x), 6, 6],
  ['threefold, middle dot', frame(3, 3, dot(1, 1)), 9, 9],
  ['a half, one row of one grey', frame(16, 1, () => 200), 8, 1],
]) {
  console.log(title);
  console.log('  rgba-image:', byRgba(source, width, height));
  console.log('  ndarray:   ', byNdarray(source, width, height));
}
JS
node show.mjs | tee seen.txt

diff - seen.txt <<'SEEN'
a third, one grey
  rgba-image: 200 200 200 200 200
  ndarray:    200 200 200 200 200
a third, middle dot
  rgba-image: 0 0 0 0 0
  ndarray:    0 0 29 0 0
a third, lines in the middle
  rgba-image: 0 0 0 0 0
  ndarray:    91 84 86 84 91
a half, dot
  rgba-image: 2 0 52 15 0
  ndarray:    2 0 52 15 0
same size, a ramp
  rgba-image: 0 10 60 90 140 150
  ndarray:    0 30 60 90 120 150
threefold, middle dot
  rgba-image: 0 0 0 0 0 0 0 0 0
  ndarray:    0 0 88 198 255 198 88 0 0
a half, one row of one grey
  rgba-image: 0 0 0 0 0 0 0 0
  ndarray:    200 200 200 200 200 200 200 200
SEEN
