#!/usr/bin/env bash
# Package: bayesian-changepoint 1.0.1 (changes of level in a series, such as one brightness a frame).
# Behaviour: of a series longer than 1000 values only the first 1000 are looked at, again and again; and a step is found
# or not by how far its level is from zero.
# One would guess: changes are found where they are, as far as the series goes, and adding a constant to all values
# changes nothing.
# Seen: of two flashes in 2000 frames the second is not found; in its stead the end of the first is reported once more,
# 1000 frames late. A step of 10 is found from 0 to 10 and from -5 to 5, not from 20 to 30 or from 120 to 130: the mean
# expected before the first value is 0, with a variance of 1, and there is no option for it.
# Matters for: cuts and flashes by brightness (0 to 255) in clips longer than 40 s. Take off the first value, and let
# `chunkSize` be the length of the series.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts bayesian-changepoint@1.0.1

cat >show.cjs <<'JS'
const { default: BayesianChangePoint } = require('bayesian-changepoint');

function changes(series, chunkSize = 1000) {
  const breakpointVerifier = (next, previous) => Math.abs(next.data - previous.data) >= 5;
  const detection = new BayesianChangePoint({ breakpointVerifier, chunkSize });
  detection.exec(series);
  return (
    detection
      .breakPoints()
      .map(({ index }) => index)
      .join(' ') || 'none'
  );
}
const isFlash = (frame) => (frame >= 300 && frame < 400) || (frame >= 1650 && frame < 1750);
const flashes = Array.from({ length: 2000 }, (_, frame) => (isFlash(frame) ? 10 : 0));
console.log('flashes at frames 300 to 400 and 1650 to 1750 of 2000:', changes(flashes));
console.log('the same, chunkSize 2000:', changes(flashes, 2000));
for (const from of [-30, -5, 0, 10, 20, 120]) {
  const step = Array.from({ length: 40 }, (_, frame) => (frame < 20 ? from : from + 10));
  console.log(`a step at frame 20 from ${from} to ${from + 10}:`, changes(step));
}
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
flashes at frames 300 to 400 and 1650 to 1750 of 2000: 300 400 1400
the same, chunkSize 2000: 300 400 1650 1750
a step at frame 20 from -30 to -20: none
a step at frame 20 from -5 to 5: 20
a step at frame 20 from 0 to 10: 20
a step at frame 20 from 10 to 20: 20
a step at frame 20 from 20 to 30: none
a step at frame 20 from 120 to 130: none
SEEN
