#!/usr/bin/env bash
# Package: onnxruntime-web 1.30.0 (its wasm engine, run in Node), models built with onnx-proto 8.0.1.
# Behaviour: Resize in mode `linear` on uint8 frames drops what stands behind the point; it does not round.
# One would guess: the nearest grey level, as image libraries give; the error is then zero on the average.
# Seen: each pixel is the float32 result rounded down. Over a frame of noise made half as large the mean is 0.38 grey
# levels too low (rounding would leave it 0.13 too high here, as results lie on quarters and halves go up).
# Matters for: preprocessing put inside the model darkens every frame against the same model fed with float32, by more
# the more often it is resized, and scores no longer agree with those of the training code.
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
const [FLOAT, UINT8, STRING] = [1, 2, 3];
const value = (name, elemType, dims) => ({
  name,
  type: { tensorType: { elemType, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
});

async function resized(elemType, frame, from, to) {
  const scales = Float32Array.from(from, (size, axis) => to[axis] / size);
  const graph = {
    name: 'g',
    input: [value('x', elemType, from)],
    output: [value('y', elemType, to)],
    initializer: [{ name: 'scales', dataType: FLOAT, dims: [4], rawData: new Uint8Array(scales.buffer) }],
    node: [
      {
        opType: 'Resize',
        input: ['x', '', 'scales'],
        output: ['y'],
        attribute: [{ name: 'mode', type: STRING, s: Buffer.from('linear') }],
      },
    ],
  };
  const model = onnx.ModelProto.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph,
  });
  const session = await ort.InferenceSession.create(onnx.ModelProto.encode(model).finish());
  const tensor =
    elemType === UINT8
      ? new ort.Tensor('uint8', frame, from)
      : new ort.Tensor('float32', Float32Array.from(frame), from);
  return Array.from((await session.run({ x: tensor })).y.data);
}
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

(async () => {
  const row = Uint8Array.of(0, 3, 6, 9);
  for (const [name, type] of [
    ['float32', FLOAT],
    ['uint8', UINT8],
  ]) {
    console.log(
      `a row of four to eight, ${name}:`,
      (await resized(type, row, [1, 1, 1, 4], [1, 1, 1, 8])).join(' '),
    );
  }
  let state = 1;
  const noise = Uint8Array.from({ length: 4096 }, () => (state = (state * 48271) % 2147483647) & 255);
  const exact = await resized(FLOAT, noise, [1, 1, 64, 64], [1, 1, 32, 32]);
  const whole = await resized(UINT8, noise, [1, 1, 64, 64], [1, 1, 32, 32]);
  console.log(
    'all rounded down:',
    whole.every((value, i) => value === Math.floor(exact[i])),
  );
  console.log(
    'mean error:',
    (mean(whole) - mean(exact)).toFixed(2),
    'where rounding has',
    (mean(exact.map(Math.round)) - mean(exact)).toFixed(2),
  );
})();
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
a row of four to eight, float32: 0 0.75 2.25 3.75 5.25 6.75 8.25 9
a row of four to eight, uint8: 0 0 2 3 5 6 8 9
all rounded down: true
mean error: -0.38 where rounding has 0.13
SEEN
