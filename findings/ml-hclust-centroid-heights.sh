#!/usr/bin/env bash
# Package: ml-hclust 4.0.0 (agglomerative clustering).
# Behaviour: with the method `centroid` heights are not distances of centroids, unless the caller squares.
# One would guess: two clusters are joined at the distance of their means, as SciPy and MATLAB have it.
# Seen: the recursion for squared distances is run on the plain Euclidean ones that are the package's default: 9.63 for
# means 10.25 apart, 60 for means 70 apart; the wider the clusters, the farther off. With squared distances handed in it
# is exact, and heights are squares then.
# Matters for: joining frames, boxes or tracks up to a distance in pixels or seconds: `cut(10)` makes one cluster of two
# whose means are farther apart than that.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ml-hclust@4.0.0

cat >show.cjs <<'JS'
const { agnes } = require('ml-hclust');

const squared = (a, b) => a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0);
function show(title, seconds, meansApart) {
  const rows = seconds.map((second) => [second]);
  const plain = agnes(rows, { method: 'centroid' });
  const exact = agnes(rows, { method: 'centroid', distanceFunction: squared });
  console.log(
    `${title}: means ${meansApart} apart, height ${plain.height.toFixed(2)},`,
    `root of the height with squared distances ${Math.sqrt(exact.height).toFixed(2)}`,
  );
  return plain;
}
const pairs = show('0 1, 10 11.5', [0, 1, 10, 11.5], 10.25);
console.log('clusters of cut(10):', pairs.cut(10).length, 'where the means are 10.25 apart');
show('0 20, 70 90  ', [0, 20, 70, 90], 70);
show('0 8, 20      ', [0, 8, 20], 16);
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
0 1, 10 11.5: means 10.25 apart, height 9.63, root of the height with squared distances 10.25
clusters of cut(10): 1 where the means are 10.25 apart
0 20, 70 90  : means 70 apart, height 60.00, root of the height with squared distances 70.00
0 8, 20      : means 16 apart, height 14.00, root of the height with squared distances 16.00
SEEN
