#!/usr/bin/env bash
# Package: ml-logistic-regression 2.0.0.
# Behaviour: the model has no constant term, and learns no label beyond the number of classes less one.
# One would guess: two classes with a gap between them on one axis are told apart; labels 1 and 2 come back as 1 and 2.
# Seen: the probability is the sigmoid of weights times features alone, so the border goes through zero: with features
# that are all positive all clips fall into one class, however long it is trained; a column of ones or features less
# their mean set it right. Of n labels it looks for 0 to n - 1 in any case: numbered from 1 as in class lists, the last
# class comes back as 0; of labels 5 and 2 none is learned. No error in either case.
# Matters for: a quick classifier on pooled features or speeds, never negative after a ReLU: accuracy at chance looks
# like bad features.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ml-logistic-regression@2.0.0 ml-matrix@6.12.1

cat >show.cjs <<'JS'
const module_ = require('ml-logistic-regression');
const { Matrix } = require('ml-matrix');

const LogisticRegression = module_.default ?? module_;
const speeds = [1, 2, 3, 4, 10, 11, 12, 13]; // four walks, four runs
function predicted(rows, labels, numSteps) {
  const model = new LogisticRegression({ numSteps, learningRate: 5e-3 });
  model.train(new Matrix(rows), Matrix.columnVector(labels));
  return model.predict(new Matrix(rows)).join(' ');
}
const classes = [0, 0, 0, 0, 1, 1, 1, 1];
console.log('classes:              ', classes.join(' '));
for (const steps of [1000, 50000])
  console.log(
    `speed, ${steps} steps:`.padEnd(22),
    predicted(
      speeds.map((speed) => [speed]),
      classes,
      steps,
    ),
  );
console.log(
  'speed less its mean:  ',
  predicted(
    speeds.map((speed) => [speed - 7]),
    classes,
    1000,
  ),
);
console.log(
  'speed and a one:      ',
  predicted(
    speeds.map((speed) => [speed, 1]),
    classes,
    50000,
  ),
);
for (const labels of [
  [1, 2],
  [5, 2],
]) {
  console.log('labels:               ', classes.map((label) => labels[label]).join(' '));
  console.log(
    'speed less its mean:  ',
    predicted(
      speeds.map((speed) => [speed - 7]),
      classes.map((label) => labels[label]),
      1000,
    ),
  );
}
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
classes:               0 0 0 0 1 1 1 1
speed, 1000 steps:     1 1 1 1 1 1 1 1
speed, 50000 steps:    1 1 1 1 1 1 1 1
speed less its mean:   0 0 0 0 1 1 1 1
speed and a one:       0 0 0 0 1 1 1 1
labels:                1 1 1 1 2 2 2 2
speed less its mean:   1 1 1 1 0 0 0 0
labels:                5 5 5 5 2 2 2 2
speed less its mean:   0 0 0 0 0 0 0 0
SEEN
