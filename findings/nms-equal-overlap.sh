#!/usr/bin/env bash
# Packages: @tensorflow/tfjs-core and -backend-cpu 4.22.0, onnxruntime-web 1.30.0 with a model by onnx-proto 8.0.1.
# Behaviour: the two do not agree on boxes that overlap by exactly the threshold.
# One would guess: a box goes only if its overlap is above the threshold, in both.
# Seen: at IoU 0.5 and threshold 0.5 onnxruntime keeps the box and tfjs drops it. At threshold 0 tfjs leaves one box of
# any number, wherever they are, for an overlap of 0 is enough to go; at threshold 1 it still drops doubles.
# Matters for: boxes on a grid (anchors, halves, crops of equal size) meet thresholds exactly; a threshold of 0, meant
# for actors that may not touch, leaves one actor in the frame.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs-core@4.22.0 \
  @tensorflow/tfjs-backend-cpu@4.22.0 onnxruntime-web@1.30.0 onnx-proto@8.0.1

cat >show.cjs <<'JS'
console.warn = () => {}; // the advice to install another backend
const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');
const ort = require('onnxruntime-web');
const { onnx } = require('onnx-proto');

ort.env.wasm.numThreads = 1;
const [FLOAT, INT64] = [1, 7];
const scores = [0.9, 0.8, 0.7];
const tensor = (name, dataType, dims, data) => ({
  name,
  dataType,
  dims,
  rawData: new Uint8Array(data.buffer),
});

async function byOnnx(boxes, threshold) {
  const graph = {
    name: 'g',
    output: [
      {
        name: 'kept',
        type: { tensorType: { elemType: INT64, shape: { dim: [{ dimParam: 'n' }, { dimValue: 3 }] } } },
      },
    ],
    initializer: [
      tensor('boxes', FLOAT, [1, 3, 4], Float32Array.from(boxes.flat())),
      tensor('scores', FLOAT, [1, 1, 3], Float32Array.from(scores)),
      tensor('most', INT64, [1], BigInt64Array.of(10n)),
      tensor('iou', FLOAT, [1], Float32Array.of(threshold)),
    ],
    node: [{ opType: 'NonMaxSuppression', input: ['boxes', 'scores', 'most', 'iou'], output: ['kept'] }],
  };
  const model = onnx.ModelProto.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph,
  });
  const session = await ort.InferenceSession.create(onnx.ModelProto.encode(model).finish());
  const { kept } = await session.run({});
  return Array.from(kept.data, Number).filter((_, i) => i % 3 === 2);
}
const byTfjs = (boxes, threshold) =>
  Array.from(tf.image.nonMaxSuppression(tf.tensor2d(boxes), tf.tensor1d(scores), 10, threshold).dataSync());

(async () => {
  const whole = [0, 0, 8, 8];
  for (const [title, boxes, thresholds] of [
    ['whole, left half, far away', [whole, [0, 0, 8, 4], [20, 20, 28, 28]], [0.51, 0.5, 0.49]],
    ['apart from each other', [whole, [0, 10, 8, 18], [20, 20, 28, 28]], [0.01, 0]],
    ['the same box thrice', [whole, whole, whole], [1]],
  ])
    for (const threshold of thresholds)
      console.log(
        `${title}, threshold ${threshold}: onnxruntime keeps`,
        (await byOnnx(boxes, threshold)).join(' ') + ', tfjs',
        byTfjs(boxes, threshold).join(' '),
      );
})();
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
whole, left half, far away, threshold 0.51: onnxruntime keeps 0 1 2, tfjs 0 1 2
whole, left half, far away, threshold 0.5: onnxruntime keeps 0 1 2, tfjs 0 2
whole, left half, far away, threshold 0.49: onnxruntime keeps 0 2, tfjs 0 2
apart from each other, threshold 0.01: onnxruntime keeps 0 1 2, tfjs 0 1 2
apart from each other, threshold 0: onnxruntime keeps 0 1 2, tfjs 0
the same box thrice, threshold 1: onnxruntime keeps 0 1 2, tfjs 0
SEEN
