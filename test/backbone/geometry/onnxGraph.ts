// Foreign networks that a test writes node by node, with weights drawn above 0, so that no cell is blind to what it sees.
import schema, { type onnx as Onnx } from 'onnx-proto';
import { Random } from '../../../src/random.js';
import { sizeOf, type Tensor } from '../../../src/tensor.js';

const { onnx } = schema;

/** One operation: its inputs by name, its output, its attributes (text, a whole number, or several). */
export interface NodeText {
  type: string;
  inputs: string[];
  output: string;
  /** Outputs behind the first. */
  more?: string[];
  attributes?: Record<string, string | number | number[]>;
  domain?: string;
}

/** A network from `frames [n,3,height,width]` to the outputs that are named. */
export interface GraphText {
  nodes: NodeText[];
  /** Shapes of weights that are drawn, and whole numbers that stand in the file. */
  weights?: Record<string, number[]>;
  integers?: Record<string, number[]>;
  decimals?: Record<string, number[]>;
  /** Weights that are told. */
  tensors?: Record<string, Tensor>;
  outputs: string[];
  /** Axes of outputs that have not four. */
  axes?: Record<string, number>;
  height: number;
  width: number;
  /** Frames a run; free where absent. */
  batch?: number;
}

/** The network as an ONNX file. */
export function onnxOf({
  nodes,
  weights = {},
  integers = {},
  decimals = {},
  tensors = {},
  outputs,
  axes = {},
  height,
  width,
  batch,
}: GraphText): Uint8Array {
  const dims = (batch === undefined ? [{ dimParam: 'n' }] : [{ dimValue: batch }]).concat(
    [3, height, width].map((dimValue) => ({ dimValue })) as never[],
  );
  const free = ['n', 'c', 'h', 'w'].map((dimParam) => ({ dimParam }));
  return onnx.ModelProto.encode(
    onnx.ModelProto.create({
      irVersion: 8,
      opsetImport: [
        { domain: '', version: 17 },
        { domain: 'com.microsoft', version: 1 },
      ],
      graph: {
        name: 'test',
        node: nodes.map(nodeOf),
        initializer: [
          ...Object.entries(weights).map(([name, shape]) => drawn(name, shape)),
          ...Object.entries(tensors).map(([name, tensor]) => toldTensor(name, tensor)),
          ...Object.entries(integers).map(([name, values]) => listed(name, values, 'INT64')),
          ...Object.entries(decimals).map(([name, values]) => listed(name, values, 'FLOAT')),
        ],
        input: [valueOf('frames', dims)],
        output: outputs.map((name) => valueOf(name, free.slice(0, axes[name] ?? 4))),
      },
    }),
  ).finish();
}

function valueOf(name: string, dim: Onnx.TensorShapeProto.IDimension[]): Onnx.IValueInfoProto {
  return { name, type: { tensorType: { elemType: 1, shape: { dim } } } };
}

function nodeOf({
  type,
  inputs,
  output,
  more = [],
  attributes = {},
  domain = '',
}: NodeText): Onnx.INodeProto {
  const { INT, INTS, STRING } = onnx.AttributeProto.AttributeType;
  const attribute = Object.entries(attributes).map(([name, value]) => {
    if (typeof value === 'string') return { name, type: STRING, s: new TextEncoder().encode(value) };
    return Array.isArray(value) ? { name, type: INTS, ints: value } : { name, type: INT, i: value };
  });
  return { opType: type, domain, input: inputs, output: [output, ...more], attribute };
}

function drawn(name: string, dims: number[]): Onnx.ITensorProto {
  const random = Random.from(1, name);
  const floatData = Array.from({ length: sizeOf(dims) }, () => random.uniform(0.1, 1));
  return { name, dims, dataType: onnx.TensorProto.DataType.FLOAT, floatData };
}

function toldTensor(name: string, { shape, data }: Tensor): Onnx.ITensorProto {
  const [dims, floatData] = [[...shape], Array.from(data, Number)];
  return { name, dims, dataType: onnx.TensorProto.DataType.FLOAT, floatData };
}

function listed(name: string, values: number[], type: 'INT64' | 'FLOAT'): Onnx.ITensorProto {
  const dataType = onnx.TensorProto.DataType[type];
  const data = type === 'INT64' ? { int64Data: values } : { floatData: values };
  return { name, dims: [values.length], dataType, ...data };
}
