// A slow reference for networks in eight bits: every operation in plain loops over whole numbers, from what ONNX and ONNX
// Runtime say of it. It knows nothing of the code under test but the file that it reads.
import schema, { type onnx as Onnx } from 'onnx-proto';

const { onnx } = schema;

/** Numbers and their shape; bytes are whole numbers here. */
export interface Plain {
  shape: number[];
  data: Float64Array;
}

/** Every value of the file for one input. */
export function runReference(bytes: Uint8Array, input: Plain): Map<string, Plain> {
  const { graph } = onnx.ModelProto.decode(bytes);
  const values = new Map<string, Plain>((graph!.initializer ?? []).map((one) => [one.name!, decode(one)]));
  values.set(graph!.input![0]!.name!, input);
  for (const node of graph!.node ?? []) {
    const inputs = (node.input ?? []).map((name) => values.get(name)!);
    const operation = operations[node.opType!];
    if (!operation) throw new Error(`the reference has no ${node.opType}`);
    values.set(node.output![0]!, operation(inputs, attributesOf(node)));
  }
  return values;
}

function decode({ dims, rawData, dataType, name }: Onnx.ITensorProto): Plain {
  const { buffer } = new Uint8Array(rawData!);
  const { FLOAT, INT8, UINT8, INT32, INT64 } = onnx.TensorProto.DataType;
  const arrays = { [FLOAT]: Float32Array, [INT8]: Int8Array, [UINT8]: Uint8Array, [INT32]: Int32Array };
  const shape = (dims ?? []).map(Number);
  if (dataType === INT64) return { shape, data: Float64Array.from(new BigInt64Array(buffer), Number) };
  const Words = arrays[dataType as keyof typeof arrays];
  if (!Words) throw new Error(`the reference cannot read ${name}`);
  return { shape, data: Float64Array.from(new Words(buffer)) };
}

type Attributes = Record<string, number[]>;

function attributesOf({ attribute }: Onnx.INodeProto): Attributes {
  return Object.fromEntries(
    (attribute ?? []).map(({ name, i, ints }) => [name!, ints?.length ? ints.map(Number) : [Number(i ?? 0)]]),
  );
}

/** Halves go to the even neighbour, as the processor's rounding does. */
function rounded(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest === 0.5) return low % 2 === 0 ? low : low + 1;
  return rest < 0.5 ? low : low + 1;
}

const byte = (x: number): number => Math.min(255, Math.max(0, x));
const toByte = (real: number, scale: number, zero: number): number => byte(rounded(real / scale) + zero);

type Operation = (inputs: Plain[], attributes: Attributes) => Plain;

const operations: Record<string, Operation> = {
  QLinearConv: convolution,
  NhwcMaxPool: ([x], attributes) => pooled(x!, attributes, (cells) => Math.max(...cells)),
  QLinearAveragePool([x, xs, xz, ys, yz], attributes) {
    const mean = (cells: number[], all: number): number => {
      const count = attributes.count_include_pad?.[0] === 1 ? all : cells.length;
      const real = (cells.reduce((sum, one) => sum + one - xz!.data[0]!, 0) / count) * xs!.data[0]!;
      return toByte(real, ys!.data[0]!, yz!.data[0]!);
    };
    return pooled(x!, attributes, mean);
  },
  QLinearGlobalAveragePool([x, xs, xz, ys, yz]) {
    const [n, h, w, c] = x!.shape as [number, number, number, number];
    const data = new Float64Array(n * c);
    for (let i = 0; i < x!.data.length; i++)
      data[Math.floor(i / (h * w * c)) * c + (i % c)]! += x!.data[i]! - xz!.data[0]!;
    const made = data.map((sum) => toByte((sum / (h * w)) * xs!.data[0]!, ys!.data[0]!, yz!.data[0]!));
    return { shape: [n, 1, 1, c], data: made };
  },
  QLinearAdd: (inputs) => both(inputs, (a, b) => a + b),
  QLinearMul: (inputs) => both(inputs, (a, b) => a * b),
  Clip: ([x, low, high]) => ({
    shape: x!.shape,
    data: x!.data.map((one) => Math.min(high!.data[0]!, Math.max(low!.data[0]!, one))),
  }),
  Identity: ([x]) => x!,
  Concat(parts) {
    const channels = parts.map(({ shape }) => shape[3]!);
    const total = channels.reduce((a, b) => a + b, 0);
    const cells = parts[0]!.data.length / channels[0]!;
    const data = new Float64Array(cells * total);
    let at = 0;
    parts.forEach((part, p) => {
      for (let cell = 0; cell < cells; cell++)
        data.set(part.data.subarray(cell * channels[p]!, (cell + 1) * channels[p]!), cell * total + at);
      at += channels[p]!;
    });
    return { shape: [...parts[0]!.shape.slice(0, 3), total], data };
  },
  QuantizeLinear: ([x, scale, zero]) => ({
    shape: x!.shape,
    data: x!.data.map((one) => toByte(Math.fround(one), scale!.data[0]!, zero!.data[0]!)),
  }),
  DequantizeLinear([x, scale, zero], { axis: [axis = 1] = [] }) {
    const inner = x!.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const place = (i: number): number =>
      scale!.data.length === 1 ? 0 : Math.floor(i / inner) % scale!.data.length;
    return {
      shape: x!.shape,
      data: x!.data.map((one, i) => (one - zero!.data[place(i)]!) * scale!.data[place(i)]!),
    };
  },
  Transpose([x], { perm }) {
    const shape = perm!.map((axis) => x!.shape[axis]!);
    const strides = x!.shape.map((_, axis) => x!.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    const data = new Float64Array(x!.data.length);
    for (let i = 0; i < data.length; i++) {
      let [rest, from] = [i, 0];
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        from += (rest % shape[axis]!) * strides[perm![axis]!]!;
        rest = Math.floor(rest / shape[axis]!);
      }
      data[i] = x!.data[from]!;
    }
    return { shape, data };
  },
  Mul: ([a, b]) => ({ shape: a!.shape, data: a!.data.map((x, i) => x * b!.data[i]!) }),
  Add: ([a, b]) => ({ shape: a!.shape, data: a!.data.map((x) => x + b!.data[0]!) }),
  Div: ([a, b]) => ({ shape: a!.shape, data: a!.data.map((x, i) => x / b!.data[i]!) }),
  Sqrt: ([a]) => ({ shape: a!.shape, data: a!.data.map(Math.sqrt) }),
  Sigmoid: ([a]) => ({ shape: a!.shape, data: a!.data.map((x) => 1 / (1 + Math.exp(-x))) }),
  Pow: ([a, b]) => ({ shape: a!.shape, data: a!.data.map((x) => x ** b!.data[0]!) }),
  /** Along rows of the last axis, as response norms use it. */
  AveragePool([x], { kernel_shape, pads }) {
    const [size, before] = [kernel_shape![1]!, pads![1]!];
    const row = x!.shape.at(-1)!;
    const data = x!.data.map((_, i) => {
      const [start, c] = [i - (i % row), i % row];
      let sum = 0;
      for (let k = c - before; k < c - before + size; k++) if (k >= 0 && k < row) sum += x!.data[start + k]!;
      return sum / size;
    });
    return { shape: x!.shape, data };
  },
};

function both([a, as, az, b, bs, bz, cs, cz]: Plain[], operation: (a: number, b: number) => number): Plain {
  const data = a!.data.map((one, i) => {
    // one number a channel and frame spreads over all cells
    const [, h, w, c] = a!.shape as [number, number, number, number];
    const at = b!.data.length === a!.data.length ? i : Math.floor(i / (h * w * c)) * c + (i % c);
    const left = (one - az!.data[0]!) * as!.data[0]!;
    const right = (b!.data[at]! - bz!.data[0]!) * bs!.data[0]!;
    return toByte(operation(left, right), cs!.data[0]!, cz!.data[0]!);
  });
  return { shape: a!.shape, data };
}

interface Window {
  kernel: number[];
  strides: number[];
  dilations: number[];
  pads: number[];
  out: number[];
}

function windowOf(attributes: Attributes, [, height, width]: number[], kernel: number[]): Window {
  const { strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0], ceil_mode: [ceil] = [0] } = attributes;
  const out = [height!, width!].map((length, axis) => {
    const span = dilations[axis]! * (kernel[axis]! - 1) + 1;
    const steps = (length + pads[axis]! + pads[axis + 2]! - span) / strides[axis]!;
    const count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    // a window that would begin behind the picture is none
    return ceil && (count - 1) * strides[axis]! >= length + pads[axis]! ? count - 1 : count;
  });
  return { kernel, strides, dilations, pads, out };
}

/** Calls `see` with the place of every cell of the input that a window at `y, x` covers, and which cell of the kernel it is. */
function covered(
  { kernel, strides, dilations, pads }: Window,
  [, height, width]: number[],
  y: number,
  x: number,
  see: (row: number, column: number, place: number) => void,
): void {
  for (let ky = 0; ky < kernel[0]!; ky++) {
    for (let kx = 0; kx < kernel[1]!; kx++) {
      const row = y * strides[0]! - pads[0]! + ky * dilations[0]!;
      const column = x * strides[1]! - pads[1]! + kx * dilations[1]!;
      if (row < 0 || column < 0 || row >= height! || column >= width!) continue;
      see(row, column, ky * kernel[1]! + kx);
    }
  }
}

function pooled(x: Plain, attributes: Attributes, reduce: (cells: number[], all: number) => number): Plain {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const window = windowOf(attributes, x.shape, attributes.kernel_shape!);
  const [rows, columns] = window.out as [number, number];
  const data: number[] = [];
  for (let frame = 0; frame < n; frame++)
    for (let y = 0; y < rows; y++)
      for (let column = 0; column < columns; column++)
        for (let channel = 0; channel < c; channel++) {
          const cells: number[] = [];
          covered(window, x.shape, y, column, (row, at) =>
            cells.push(x.data[((frame * h + row) * w + at) * c + channel]!),
          );
          data.push(reduce(cells, window.kernel[0]! * window.kernel[1]!));
        }
  return { shape: [n, rows, columns, c], data: Float64Array.from(data) };
}

function convolution([x, xs, xz, weight, ws, , ys, yz, bias]: Plain[], attributes: Attributes): Plain {
  const [n, h, w, c] = x!.shape as [number, number, number, number];
  const [out, depth, kh, kw] = weight!.shape as [number, number, number, number];
  const window = windowOf(attributes, x!.shape, [kh, kw]);
  const [rows, columns] = window.out as [number, number];
  const each = out / (attributes.group?.[0] ?? 1);
  const data = new Float64Array(n * rows * columns * out);
  let made = 0;
  for (let frame = 0; frame < n; frame++)
    for (let y = 0; y < rows; y++)
      for (let column = 0; column < columns; column++)
        for (let o = 0; o < out; o++) {
          const first = Math.floor(o / each) * depth;
          let sum = bias!.data[o]!;
          covered(window, x!.shape, y, column, (row, at, place) => {
            const from = ((frame * h + row) * w + at) * c + first;
            const own = o * depth * kh * kw + place;
            for (let d = 0; d < depth; d++)
              sum += (x!.data[from + d]! - xz!.data[0]!) * weight!.data[own + d * kh * kw]!;
          });
          const real = sum * Math.fround((xs!.data[0]! * ws!.data[o]!) / ys!.data[0]!);
          data[made++] = byte(rounded(Math.fround(real)) + yz!.data[0]!);
        }
  return { shape: [n, rows, columns, out], data };
}
