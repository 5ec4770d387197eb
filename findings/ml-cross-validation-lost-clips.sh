#!/usr/bin/env bash
# Package: ml-cross-validation 1.3.0.
# Behaviour: where the clips left over would fill a fold of their own, they are in no fold at all.
# One would guess: folds differ by one clip at most and each clip is tested exactly once (the remainder is to go to the
# last fold, as the source says).
# Seen: folds are filled with floor(clips / folds) until no clip is left, which makes more folds than asked for, and
# those too many are thrown away: 9 of 99 clips are neither trained on nor tested, chosen anew at random each time.
# Matters for: accuracy over a part of the data, another part in each run, while the confusion matrix looks whole.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ml-cross-validation@1.3.0

cat >show.cjs <<'JS'
const { getFolds, kFold } = require('ml-cross-validation');

for (const [clips, k] of [
  [100, 10],
  [103, 10],
  [10, 4],
  [99, 10],
  [119, 20],
]) {
  const folds = getFolds(
    Array.from({ length: clips }, (_, i) => [i]),
    k,
  );
  const tested = new Set(folds.flatMap((fold) => fold.testIndex));
  const used = new Set(folds.flatMap((fold) => [...fold.trainIndex, ...fold.testIndex]));
  console.log(
    `${clips} clips, ${k} folds: ${folds.length} folds, ${tested.size} tested, ${clips - used.size} in no fold`,
  );
}
const features = Array.from({ length: 99 }, (_, i) => [i]);
const labels = features.map((_, i) => (i % 2 ? 'run' : 'jump'));
const matrix = kFold(features, labels, 10, (train, trainLabels, test) => test.map(() => 'run'));
console.log('clips counted in the confusion matrix of 99:', matrix.getTotalCount());
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
100 clips, 10 folds: 10 folds, 100 tested, 0 in no fold
103 clips, 10 folds: 10 folds, 103 tested, 0 in no fold
10 clips, 4 folds: 4 folds, 8 tested, 2 in no fold
99 clips, 10 folds: 10 folds, 90 tested, 9 in no fold
119 clips, 20 folds: 20 folds, 104 tested, 15 in no fold
clips counted in the confusion matrix of 99: 90
SEEN
