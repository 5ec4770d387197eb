#!/usr/bin/env bash
# Package: onnxruntime-web 1.30.0 (its wasm engine, run in Node), model built with onnx-proto 8.0.1.
# Behaviour: a model whose every tensor is float16 is not computed in float16.
# One would guess: 100 * 1024 is more than 65504, float16's greatest number, hence infinity, and stays so when divided.
# Seen: 100 comes back. The engine has no float16 form of these operations and works in float32 from the first to
# the last, rounding at the outputs only; with `graphOptimizationLevel: 'disabled'` just the same. Made an output as
# well, the product is infinity, and the quotient of that infinity is still 100.
# Matters for: a float16 model whose scores are right on a CPU overflows on a device that computes as it is written, and
# inner tensors made outputs to find out why do not fit those that follow from them.
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
const FLOAT16 = 10;
const [HUNDRED, FACTOR] = [0x5640, 0x6400]; // 100 and 1024 as float16
const names = { 0x5640: '100', 0x7c00: 'infinity' };
const value = (name) => ({
  name,
  type: { tensorType: { elemType: FLOAT16, shape: { dim: [{ dimValue: 1 }] } } },
});

async function run(outputs, options) {
  const graph = {
    name: 'g',
    input: [value('x')],
    output: outputs.map(value),
    initializer: [
      { name: 'k', dataType: FLOAT16, dims: [1], rawData: new Uint8Array(Uint16Array.of(FACTOR).buffer) },
    ],
    node: [
      { opType: 'Mul', input: ['x', 'k'], output: ['product'] },
      { opType: 'Div', input: ['product', 'k'], output: ['quotient'] },
    ],
  };
  const model = onnx.ModelProto.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph,
  });
  const session = await ort.InferenceSession.create(onnx.ModelProto.encode(model).finish(), options);
  const result = await session.run({ x: new ort.Tensor('float16', Uint16Array.of(HUNDRED), [1]) });
  return outputs
    .map(
      (name) =>
        `${name} ${names[new Uint16Array(result[name].data.buffer, result[name].data.byteOffset, 1)[0]]}`,
    )
    .join(', ');
}

(async () => {
  console.log('one output:           ', await run(['quotient']));
  console.log('optimisation disabled:', await run(['quotient'], { graphOptimizationLevel: 'disabled' }));
  console.log('both are outputs:     ', await run(['product', 'quotient']));
})();
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
one output:            quotient 100
optimisation disabled: quotient 100
both are outputs:      product infinity, quotient 100
SEEN
