#!/usr/bin/env bash
# Package: onnxruntime-web 1.30.0 (its wasm engine, run in Node), models built with onnx-proto 8.0.1.
# Behaviour: whether NaN comes through a maximum over time hangs on where it stands, and on who asks.
# One would guess: NaN in the window gives NaN, as in PyTorch; at least the same answer for the same window.
# Seen: MaxPool leaves NaN out, and of NaN alone makes -3.4e38, a finite score. If its second output, Indices, exists as
# well, it gives NaN where NaN comes first in the window and leaves it out elsewhere. ReduceMax does that too.
# Matters for: broken frames (0 / 0 in a normalisation) disappear in pooled scores, and a check for NaN at the output
# of the model finds nothing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts onnxruntime-web@1.30.0 onnx-proto@8.0.1

cat >show.cjs <<'JS'
const ort = require('onnxruntime-web');
const { onnx } = require('onnx-proto');

ort.env.wasm.numThreads = 1;
const [FLOAT, INT64, INTS] = [1, 7, 7];
const value = (name, elemType, dims) => ({
  name,
  type: { tensorType: { elemType, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
});

/** The maximum over three frames by one operation of `opType`; `more` are further outputs of it. */
async function maximum(opType, attribute, frames, more = []) {
  const graph = {
    name: 'g',
    input: [value('x', FLOAT, [1, 1, 3])],
    output: [value('y', FLOAT, [1, 1, 1]), ...more.map((name) => value(name, INT64, [1, 1, 1]))],
    node: [{ opType, input: ['x'], output: ['y', ...more], attribute: [attribute] }],
  };
  const model = onnx.ModelProto.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph,
  });
  const session = await ort.InferenceSession.create(onnx.ModelProto.encode(model).finish());
  const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.from(frames), [1, 1, 3]) });
  return Number(y.data[0].toPrecision(2));
}

(async () => {
  const [kernel, axes] = [
    { name: 'kernel_shape', type: INTS, ints: [3] },
    { name: 'axes', type: INTS, ints: [2] },
  ];
  for (const frames of [
    [NaN, 1, 2],
    [1, NaN, 2],
    [1, 2, NaN],
    [NaN, NaN, NaN],
  ]) {
    const pool = await maximum('MaxPool', kernel, frames);
    const indexed = await maximum('MaxPool', kernel, frames, ['indices']);
    const reduced = await maximum('ReduceMax', axes, frames);
    console.log(`${frames}: MaxPool ${pool}, MaxPool with Indices ${indexed}, ReduceMax ${reduced}`);
  }
})();
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
NaN,1,2: MaxPool 2, MaxPool with Indices NaN, ReduceMax NaN
1,NaN,2: MaxPool 2, MaxPool with Indices 2, ReduceMax 2
1,2,NaN: MaxPool 2, MaxPool with Indices 2, ReduceMax 2
NaN,NaN,NaN: MaxPool -3.4e+38, MaxPool with Indices NaN, ReduceMax NaN
SEEN
