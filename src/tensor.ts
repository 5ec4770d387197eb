// Numbers with a shape: what goes into a compiled graph, comes out of it, and lies in a file.

/** Element types that cross the doors of this project. */
export type DType = 'float32' | 'float64' | 'float16' | 'int64' | 'int32' | 'uint8' | 'bool';

/** Lengths of the axes, outermost first. */
export type Shape = readonly number[];

/** The array that holds a dtype's elements; float16 is kept as its 16 bits. */
export type TensorArray = Float32Array | Float64Array | Uint16Array | BigInt64Array | Int32Array | Uint8Array;

/** A dense row-major array. `data.length` is the product of `shape`. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TensorArray;
}

/** Named tensors: parameters, feeds, results, the content of a safetensors file. */
export type Tensors = Record<string, Tensor>;

/** Number of elements of a shape; a scalar `[]` has one. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, length) => size * length, 1);
}

/** A float32 tensor over `data` (not copied), by default a vector. */
export function float32(data: Float32Array | readonly number[], shape: Shape = [data.length]): Tensor {
  return { dtype: 'float32', shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

/** An int64 tensor, by default a vector. */
export function int64(data: BigInt64Array | readonly number[], shape: Shape = [data.length]): Tensor {
  const words = data instanceof BigInt64Array ? data : BigInt64Array.from(data, (x) => BigInt(x));
  return { dtype: 'int64', shape, data: words };
}
