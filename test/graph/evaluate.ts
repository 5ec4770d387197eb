// Runs small graphs directly with ONNX Runtime, for the tests of this folder only.
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { toOnnx, type Expr, type Graph } from '../../src/graph/index.js';
import type { Shape, TensorArray } from '../../src/tensor.js';

/** A compiled graph: feeds by name to flat numbers by output. */
export interface Compiled {
  run(feeds: Record<string, Feed>): Promise<Record<string, number[]>>;
}

/** A feed with its shape. */
export interface Feed {
  shape: Shape;
  data: readonly number[] | TensorArray;
  dtype?: 'float32' | 'int64' | 'int32' | 'uint8' | 'bool';
}

/** Compiles outputs and updates. */
export async function compile(
  outputs: Record<string, Expr>,
  updates: Graph['updates'] = [],
): Promise<Compiled> {
  const session = await InferenceSession.create(toOnnx({ outputs, updates }), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  return {
    async run(feeds) {
      const known = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name));
      const results = await session.run(
        Object.fromEntries(known.map(([name, feed]) => [name, tensor(feed)])),
      );
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, numbers(value)]));
    },
  };
}

/** Computes named expressions once. */
export async function evaluate(
  outputs: Record<string, Expr>,
  feeds: Record<string, Feed> = {},
): Promise<Record<string, number[]>> {
  return (await compile(outputs)).run(feeds);
}

function numbers(value: OrtTensor): number[] {
  return Array.from(value.data as ArrayLike<number | bigint>, Number);
}

function tensor({ shape, data, dtype = 'float32' }: Feed): OrtTensor {
  const dims = [...shape];
  if (dtype === 'int64') return new OrtTensor('int64', BigInt64Array.from(data as number[], BigInt), dims);
  if (dtype === 'int32') return new OrtTensor('int32', Int32Array.from(data as number[]), dims);
  if (dtype === 'uint8') return new OrtTensor('uint8', Uint8Array.from(data as number[]), dims);
  if (dtype === 'bool') return new OrtTensor('bool', Uint8Array.from(data as number[]), dims);
  return new OrtTensor('float32', Float32Array.from(data as number[]), dims);
}

/** The largest difference between two lists, as a share of `1 + |value|`. */
export function distance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((worst, x, i) => {
    const gap = Math.abs(x - b[i]!) / (1 + Math.abs(b[i]!));
    return Number.isNaN(gap) ? Infinity : Math.max(worst, gap);
  }, 0);
}
