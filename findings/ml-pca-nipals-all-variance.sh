#!/usr/bin/env bash
# Package: ml-pca 4.1.1.
# Behaviour: with the method NIPALS the shares of variance are of the components asked for, not of the data.
# One would guess: the first two components explain what the first two of SVD explain, for they are the same ones.
# Seen: two of six components explain 67 and 33, together 100 per cent, where SVD says 43 and 21; one alone
# explains 100. Eigenvalues are sums of squares, not variances: (clips - 1) times as great. The components agree but for
# their signs. Two is the method's default number.
# Matters for: choosing how many components of clip features to keep by the variance explained: two always suffice.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ml-pca@4.1.1

cat >show.cjs <<'JS'
const { PCA } = require('ml-pca');

// 60 clips of six features; each feature varies as much as its number says.
let state = 1;
const noise = () => (state = (state * 48271) % 2147483647) / 2147483647 - 0.5;
const clips = Array.from({ length: 60 }, () => [4, 3, 2.8, 2.5, 2, 1].map((spread) => spread * noise()));
const show = (title, values) =>
  console.log(title.padEnd(26), values.map((value) => value.toFixed(2)).join(' '));

const svd = new PCA(clips);
show('SVD explains:', svd.getExplainedVariance());
for (const nCompNIPALS of [1, 2, 6])
  show(
    `NIPALS, ${nCompNIPALS}, explains:`,
    new PCA(clips, { method: 'NIPALS', nCompNIPALS }).getExplainedVariance(),
  );
const two = new PCA(clips, { method: 'NIPALS' });
show('its cumulative variance:', two.getCumulativeVariance());
show('eigenvalues, SVD:', svd.getEigenvalues().slice(0, 2));
show(
  'eigenvalues, NIPALS / 59:',
  two.getEigenvalues().map((value) => value / 59),
);
const size = (pca) => pca.predict(clips.slice(0, 1)).to2DArray()[0].slice(0, 2).map(Math.abs);
show('clip 0, SVD:', size(svd));
show('clip 0, NIPALS:', size(two));
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
SVD explains:              0.43 0.21 0.15 0.11 0.08 0.02
NIPALS, 1, explains:       1.00
NIPALS, 2, explains:       0.67 0.33
NIPALS, 6, explains:       0.43 0.21 0.15 0.11 0.08 0.02
its cumulative variance:   0.67 1.00
eigenvalues, SVD:          1.67 0.83
eigenvalues, NIPALS / 59:  1.67 0.83
clip 0, SVD:               2.36 0.91
clip 0, NIPALS:            2.36 0.91
SEEN
