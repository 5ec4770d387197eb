#!/usr/bin/env bash
# Packages: @tensorflow/tfjs-layers 4.22.0 on @tensorflow/tfjs-core and @tensorflow/tfjs-backend-cpu 4.22.0.
# Behaviour: the metrics `precision` and `recall` count a prediction only if it is exactly 1.
# One would guess: a probability above one half is a detection, as for Keras' metrics of these names and as for
# `binaryAccuracy` beside them.
# Seen: a classifier that has all clips right has accuracy 1 and precision 0, in `evaluate` as in training; after a
# round of the same probabilities precision is 1. `recall` can be called but not given to `compile`.
# Matters for: watching a detector of rare actions, where accuracy says little: precision stays 0 however good it gets,
# unless a sigmoid is so sure that float32 makes it 1.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs-layers@4.22.0 \
  @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0

cat >show.cjs <<'JS'
console.warn = () => {}; // the advice to install another backend
const tf = require('@tensorflow/tfjs-core');
const { layers, metrics, sequential } = require('@tensorflow/tfjs-layers');
require('@tensorflow/tfjs-backend-cpu');

// One score a clip; the probability of a fall is the sigmoid of steepness * (score - 0.5).
const scores = tf.tensor2d([[0.9], [0.8], [0.2], [0.1]]);
const falls = tf.tensor2d([[1], [1], [0], [0]]);
for (const steepness of [10, 100]) {
  const model = sequential();
  const weights = [tf.tensor2d([[steepness]]), tf.tensor1d([-steepness / 2])];
  model.add(layers.dense({ units: 1, inputShape: [1], activation: 'sigmoid', weights }));
  model.compile({ loss: 'binaryCrossentropy', optimizer: 'sgd', metrics: ['accuracy', 'precision'] });
  const [, accuracy, precision] = model.evaluate(scores, falls).map((value) => value.dataSync()[0]);
  const probabilities = model.predict(scores);
  const shown = Array.from(probabilities.dataSync(), (value) => value.toFixed(3)).join(' ');
  console.log(`probabilities ${shown}: accuracy ${accuracy}, precision ${precision}`);
  const value = (metric, predicted) => metric(falls, predicted).dataSync()[0];
  const rounded = tf.round(probabilities);
  console.log('  recall', value(metrics.recall, probabilities));
  console.log(
    '  rounded: precision',
    value(metrics.precision, rounded),
    'recall',
    value(metrics.recall, rounded),
  );
}
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
probabilities 0.982 0.953 0.047 0.018: accuracy 1, precision 0
  recall 0
  rounded: precision 1 recall 1
probabilities 1.000 1.000 0.000 0.000: accuracy 1, precision 1
  recall 1
  rounded: precision 1 recall 1
SEEN
