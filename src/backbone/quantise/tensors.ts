// Tensors of an ONNX file as ours, and ours as those of a file.
import schema, { type onnx as Onnx } from 'onnx-proto';
import { onnxType } from '../../graph/ops/compare.js';
import type { Tensor } from '../../tensor.js';
import { toFloat32 } from '../weights/toFloat32.js';

const { onnx } = schema;
const { FLOAT, FLOAT16, DOUBLE, INT64, INT32 } = onnx.TensorProto.DataType;

/** A tensor of a file: floats of any width as float32, whole numbers as they are; undefined for other types. */
export function decodeTensor(proto: Onnx.ITensorProto): Tensor | undefined {
  const shape = (proto.dims ?? []).map(Number);
  const raw = proto.rawData?.length ? new Uint8Array(proto.rawData) : undefined; // a copy begins at a multiple of its words
  const listed = { float: proto.floatData ?? [], int32: proto.int32Data ?? [], int64: proto.int64Data ?? [] };
  switch (proto.dataType) {
    case FLOAT:
      return {
        dtype: 'float32',
        shape,
        data: raw ? new Float32Array(raw.buffer) : Float32Array.from(listed.float),
      };
    case FLOAT16: {
      const data = raw ? new Uint16Array(raw.buffer) : Uint16Array.from(listed.int32);
      return toFloat32({ dtype: 'float16', shape, data });
    }
    case DOUBLE: {
      const data = raw ? new Float64Array(raw.buffer) : Float64Array.from(proto.doubleData ?? []);
      return toFloat32({ dtype: 'float64', shape, data });
    }
    case INT64: {
      const data = raw
        ? new BigInt64Array(raw.buffer)
        : BigInt64Array.from(listed.int64, (x) => BigInt(Number(x)));
      return { dtype: 'int64', shape, data };
    }
    case INT32:
      return {
        dtype: 'int32',
        shape,
        data: raw ? new Int32Array(raw.buffer) : Int32Array.from(listed.int32),
      };
    default:
      return undefined;
  }
}

/** A tensor as a file holds it. */
export function encodeTensor(name: string, { dtype, shape, data }: Tensor): Onnx.ITensorProto {
  return { name, dataType: onnxType[dtype], dims: [...shape], rawData: bytesOf(data) };
}

/** Whole numbers of -128..127 as a file holds them. */
export function encodeInt8(name: string, data: Int8Array, shape: readonly number[]): Onnx.ITensorProto {
  return { name, dataType: onnx.TensorProto.DataType.INT8, dims: [...shape], rawData: bytesOf(data) };
}

function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength); // little-endian, as every platform of ours
}
