#!/usr/bin/env bash
# Package: mat-for-js 1.1.0 (reads MATLAB 5 files).
# Behaviour: of an array with three dimensions the third is stepped over wrongly, without an error.
# One would guess: joints(1, 1, t) of a 2 x 15 x T array is the x of joint 1 in frame t, as in MATLAB.
# Seen: the stride of frame t is 15 * t in place of 2 * 15 * t (the sizes are not multiplied up), so a track
# mixes frames and joints. All values exist in the file, hence nothing looks broken. Matrices are right.
# Matters for: joint positions (2 x joints x frames) and mask videos (height x width x frames) of action data.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mat-for-js@1.1.0

cat >show.mjs <<'JS'
import { read } from 'mat-for-js';

const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
const element = (type, bytes) =>
  Buffer.concat([Buffer.from(new Int32Array([type, bytes.length]).buffer), padded(bytes)]);
const doubles = (name, dims, values) =>
  element(
    14,
    Buffer.concat([
      element(6, Buffer.from(new Int32Array([6, 0]).buffer)), // class double
      element(5, Buffer.from(new Int32Array(dims).buffer)),
      element(1, Buffer.from(name)),
      element(9, Buffer.from(new Float64Array(values).buffer)),
    ]),
  );

const header = Buffer.alloc(128, ' ');
header.write('MATLAB 5.0 MAT-file');
header.writeInt16LE(0x0100, 124);
header.write('IM', 126);

// The value says where it stands: 100 * frame + 10 * joint + coordinate, in column order as MATLAB writes it.
const [coordinates, joints, frames] = [2, 3, 4];
const values = [];
for (let t = 0; t < frames; t++)
  for (let j = 0; j < joints; j++) for (let c = 0; c < coordinates; c++) values.push(100 * t + 10 * j + c);
const file = Buffer.concat([
  header,
  doubles('pair', [2, 2], [0, 1, 10, 11]),
  doubles('joints', [coordinates, joints, frames], values),
]);
const { data } = read(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));

console.log('pair[c][j], a matrix:', JSON.stringify(data.pair));
console.log('joints[0][0] guessed:', JSON.stringify([0, 100, 200, 300]));
console.log('joints[0][0] seen:   ', JSON.stringify(data.joints[0][0]));
JS
node show.mjs | tee seen.txt

diff - seen.txt <<'SEEN'
pair[c][j], a matrix: [[0,10],[1,11]]
joints[0][0] guessed: [0,100,200,300]
joints[0][0] seen:    [0,11,100,111]
SEEN
