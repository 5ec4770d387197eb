// A foreign network of a few bytes: two grids, a vector, and a batch that is free or not.
import { writeFileSync } from 'node:fs';
import schema from 'onnx-proto';
import { constant, conv, input, relu, toOnnx, type Expr } from '../../src/graph/index.js';
import { Random } from '../../src/random.js';

const { onnx } = schema;

/** How the network is made. */
export interface TinyOptions {
  /** Frames a run; free where absent. */
  batch?: number;
  width?: number;
  height?: number;
  seed?: number;
}

/** Input `pixels [n,3,h,w]`; outputs `vector [n,5]`, `fine [n,4,h/2,w/2]`, `coarse [n,5,h/4,w/4]`. */
export function tinyOnnx({ batch, width = 12, height = 8, seed = 1 }: TinyOptions = {}): Uint8Array {
  const random = Random.from(seed, 'tiny');
  const weight = (out: number, into: number): Expr =>
    constant(
      Float32Array.from({ length: out * into * 4 }, () => random.uniform(-1, 1)),
      [out, into, 2, 2],
    );
  const pixels = input('pixels', [batch ?? 1, 3, height, width]);
  const fine = relu(conv(pixels, weight(4, 3), { stride: 2 }));
  const coarse = conv(fine, weight(5, 4), { stride: 2 });
  return rewritten(toOnnx({ outputs: { fine, coarse }, updates: [] }), batch);
}

/** Adds the vector, which our own graph would fix to its batch, as the first output, and frees the batch. */
function rewritten(bytes: Uint8Array, batch: number | undefined): Uint8Array {
  const model = onnx.ModelProto.decode(bytes);
  const { node, input: inputs, output: outputs } = model.graph!;
  node!.push(
    onnx.NodeProto.create({ opType: 'GlobalAveragePool', input: ['coarse'], output: ['pooled'] }),
    onnx.NodeProto.create({ opType: 'Flatten', input: ['pooled'], output: ['vector'] }),
  );
  const dim = [{ dimValue: batch ?? 1 }, { dimValue: 5 }];
  const vector = { name: 'vector', type: { tensorType: { elemType: 1, shape: { dim } } } };
  outputs!.unshift(onnx.ValueInfoProto.create(vector));
  for (const value of batch === undefined ? [...inputs!, ...outputs!] : []) {
    value.type!.tensorType!.shape!.dim![0] = onnx.TensorShapeProto.Dimension.create({ dimParam: 'frames' });
  }
  return onnx.ModelProto.encode(model).finish();
}

/** The network with its weights in the file `path`, which it names `location`, as exporters of large networks write it. */
export function withExternalWeights(bytes: Uint8Array, location: string, path: string): Uint8Array {
  const model = onnx.ModelProto.decode(bytes);
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const tensor of model.graph!.initializer!) {
    const raw = Uint8Array.from(tensor.rawData!);
    if (raw.length === 0) continue;
    const facts = { location, offset: `${offset}`, length: `${raw.length}` };
    tensor.externalData = Object.entries(facts).map(([key, value]) =>
      onnx.StringStringEntryProto.create({ key, value }),
    );
    tensor.dataLocation = onnx.TensorProto.DataLocation.EXTERNAL;
    tensor.rawData = new Uint8Array(0);
    parts.push(raw);
    offset += raw.length;
  }
  writeFileSync(path, Buffer.concat(parts));
  return onnx.ModelProto.encode(model).finish();
}
