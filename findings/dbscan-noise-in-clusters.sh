#!/usr/bin/env bash
# Packages: density-clustering 1.3.0, sdbscan 0.3.3, @cdxoo/dbscan 1.1.1 (DBSCAN in all three).
# Behaviour: frames in a cluster are listed as noise, too; whether one step is "within one step" differs by package.
# One would guess: each frame is in a cluster or noise; a neighbour at distance epsilon counts, as the algorithm's paper
# and scikit-learn have it; and a frame is one of its own neighbours.
# Seen: two of them note a border frame as noise when they meet it, take it into a cluster later and leave it in the
# list, so that clusters and noise add up to more than there is. The same two want less than epsilon: of frames one
# apart epsilon 1 makes no cluster. sdbscan takes epsilon, but does not count the frame itself.
# Matters for: frames or detections grouped in time, whose distances are whole: one setting, three groupings.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts density-clustering@1.3.0 sdbscan@0.3.3 @cdxoo/dbscan@1.1.1

cat >show.cjs <<'JS'
const { DBSCAN } = require('density-clustering');
const sdbscan = require('sdbscan');
const cdxoo = require('@cdxoo/dbscan');

const frames = [10, 11, 12, 20, 21, 22, 40];
const rows = frames.map((frame) => [frame]);
const show = (name, clusters, noise) =>
  console.log(
    `  ${name}`.padEnd(22),
    'clusters',
    JSON.stringify(clusters.map((cluster) => cluster.map((i) => frames[i]).sort())),
    'noise',
    JSON.stringify(noise.map((i) => frames[i])),
  );
for (const [epsilon, minimum] of [
  [1.5, 2],
  [1.5, 3],
  [1, 2],
]) {
  console.log(`frames ${frames.join(' ')}, epsilon ${epsilon}, at least ${minimum}`);
  const dbscan = new DBSCAN();
  show('density-clustering', dbscan.run(rows, epsilon, minimum), dbscan.noise);
  const distanceFunction = (a, b) => Math.abs(a - b);
  const found = cdxoo({ dataset: frames, epsilon, minimumPoints: minimum, distanceFunction });
  show('@cdxoo/dbscan', found.clusters, found.noise);
  const { clusters, noise } = (sdbscan.default ?? sdbscan)(rows, epsilon, minimum);
  const place = ([frame]) => frames.indexOf(frame);
  show(
    'sdbscan',
    clusters.map(({ data }) => data.map(place)),
    noise.map(place),
  );
}
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
frames 10 11 12 20 21 22 40, epsilon 1.5, at least 2
  density-clustering   clusters [[10,11,12],[20,21,22]] noise [40]
  @cdxoo/dbscan        clusters [[10,11,12],[20,21,22]] noise [40]
  sdbscan              clusters [[10,11,12],[20,21,22]] noise [40]
frames 10 11 12 20 21 22 40, epsilon 1.5, at least 3
  density-clustering   clusters [[10,11,12],[20,21,22]] noise [10,20,40]
  @cdxoo/dbscan        clusters [[10,11,12],[20,21,22]] noise [10,20,40]
  sdbscan              clusters [] noise [10,11,12,20,21,22,40]
frames 10 11 12 20 21 22 40, epsilon 1, at least 2
  density-clustering   clusters [] noise [10,11,12,20,21,22,40]
  @cdxoo/dbscan        clusters [] noise [10,11,12,20,21,22,40]
  sdbscan              clusters [[10,11,12],[20,21,22]] noise [40]
SEEN
