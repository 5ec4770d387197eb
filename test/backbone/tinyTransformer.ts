// A vision transformer of a few numbers, as an ONNX file and as plain arithmetic: patches, tokens of the class and registers
// before them, places, blocks of attention and two layers, and a normalisation at the end.
import { Random } from '../../src/random.js';
import { float32, sizeOf, type Shape, type Tensor } from '../../src/tensor.js';
import { onnxOf, type GraphText, type NodeText } from './geometry/onnxGraph.js';

/** How it is made. */
export interface TransformerOptions {
  /** Tokens before those of the patches. */
  prefix: number;
  width?: number;
  height?: number;
  blocks?: number;
  /** Outputs beside `last_hidden_state`, by the names of tensors: `block1` is the end of the first block. */
  also?: string[];
  /** Whether the file says something that hides from a reader of its graph where its tokens look. */
  isHidden?: boolean;
}

const edge = 4; // pixels of a patch
const E = 6; // numbers of a token

/** All its weights, by their names. */
function weightsOf({
  prefix,
  width = 24,
  height = 16,
  blocks = 3,
}: TransformerOptions): Record<string, Tensor> {
  const tokens = prefix + (width / edge) * (height / edge);
  const shapes: Record<string, Shape> = {
    patch: [E, 3, edge, edge],
    ...(prefix > 0 && { prefix: [1, prefix, E] }),
    places: [1, tokens, E],
    scale: [E],
    shift: [E],
  };
  for (let b = 1; b <= blocks; b++)
    Object.assign(shapes, {
      ...{ [`q${b}`]: [E, E], [`k${b}`]: [E, E], [`v${b}`]: [E, E] },
      ...{ [`in${b}`]: [E, 2 * E], [`out${b}`]: [2 * E, E] },
    });
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const random = Random.from(3, name);
      const data = Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(-0.6, 0.6));
      return [name, float32(data, shape)];
    }),
  );
}

/** The file: `frames [n,3,height,width]` to `pooled [n,E]`, what is asked for, and `last_hidden_state [n,tokens,E]`. */
export function transformerOnnx(options: TransformerOptions): Uint8Array {
  const { prefix, width = 24, height = 16, blocks = 3, also = [], isHidden = false } = options;
  const node = (type: string, inputs: string[], output: string, attributes = {}): NodeText => ({
    ...{ type, inputs, output, attributes },
  });
  const nodes: NodeText[] = [
    node('Conv', ['frames', 'patch'], 'grid', { strides: [edge, edge] }),
    node('Reshape', ['grid', 'flat'], 'rows'),
    node('Transpose', ['rows'], 'patches', { perm: [0, 2, 1] }),
    ...(prefix === 0
      ? []
      : [
          node('Shape', ['frames'], 'sizes'),
          node('Gather', ['sizes', 'first'], 'frames_count', { axis: 0 }),
          node('Concat', ['frames_count', 'prefix_size'], 'prefix_shape', { axis: 0 }),
          node('Expand', ['prefix', 'prefix_shape'], 'prefixes'),
          node('Concat', ['prefixes', 'patches'], 'tokens', { axis: 1 }),
        ]),
    node('Add', [prefix === 0 ? 'patches' : 'tokens', 'places'], 'block0'),
  ];
  for (let b = 1; b <= blocks; b++) nodes.push(...blockNodes(b, node));
  const last = `block${blocks}`;
  const seen = isHidden ? 'seen' : last;
  if (isHidden) {
    nodes.push(
      node('Trilu', [last], 'upper', { upper: 1 }),
      node('Trilu', [last, 'below'], 'lower', { upper: 0 }),
      node('Add', ['upper', 'lower'], seen), // both halves of a matrix are the matrix
    );
  }
  nodes.push(
    node('LayerNormalization', [seen, 'scale', 'shift'], 'last_hidden_state', { axis: -1 }),
    node('Gather', ['last_hidden_state', 'zero'], 'pooled', { axis: 1 }),
  );
  const graph: GraphText = {
    nodes,
    tensors: { ...weightsOf(options), root: float32([1 / Math.sqrt(E)]) },
    integers: { flat: [0, E, -1], first: [0], zero: [0], prefix_size: [prefix, E], below: [-1] },
    outputs: ['pooled', ...also, 'last_hidden_state'],
    axes: { pooled: 3, last_hidden_state: 3, ...Object.fromEntries(also.map((name) => [name, 3])) },
    ...{ width, height },
  };
  return onnxOf(graph);
}

type Node = (type: string, inputs: string[], output: string, attributes?: object) => NodeText;

function blockNodes(b: number, node: Node): NodeText[] {
  const x = `block${b - 1}`;
  return [
    ...['q', 'k', 'v'].map((name) => node('MatMul', [x, `${name}${b}`], `${name}${b}x`)),
    node('Transpose', [`k${b}x`], `k${b}t`, { perm: [0, 2, 1] }),
    node('MatMul', [`q${b}x`, `k${b}t`], `scores${b}`),
    node('Mul', [`scores${b}`, 'root'], `scaled${b}`),
    node('Softmax', [`scaled${b}`], `shares${b}`, { axis: -1 }),
    node('MatMul', [`shares${b}`, `v${b}x`], `mixed${b}`),
    node('Add', [x, `mixed${b}`], `attended${b}`),
    node('MatMul', [`attended${b}`, `in${b}`], `wide${b}`),
    node('Relu', [`wide${b}`], `kept${b}`),
    node('MatMul', [`kept${b}`, `out${b}`], `narrow${b}`),
    node('Add', [`attended${b}`, `narrow${b}`], `block${b}`),
  ];
}

/** Tokens as rows of numbers. */
type Rows = number[][];

/**
 * The tokens of the patches behind block `block`, or of the end without one, of one frame of `pixels [3,height,width]`, as
 * `[E][rows * columns]`: by loops over numbers, and nothing else.
 */
export function transformerByHand(pixels: Float32Array, options: TransformerOptions, block?: number): Rows {
  const { prefix, width = 24, height = 16, blocks = 3 } = options;
  const weights = weightsOf(options);
  const at = (name: string, i: number): number => Number(weights[name]!.data[i]);
  const x: Rows = Array.from({ length: prefix }, (_, t) => range(E).map((e) => at('prefix', t * E + e)));
  for (let row = 0; row < height / edge; row++)
    for (let column = 0; column < width / edge; column++)
      x.push(
        range(E).map((e) => {
          let sum = 0;
          for (let i = 0; i < 3 * edge * edge; i++) {
            const [c, dy, dx] = [Math.floor(i / (edge * edge)), Math.floor(i / edge) % edge, i % edge];
            const pixel = (c * height + row * edge + dy) * width + column * edge + dx;
            sum += at('patch', e * 3 * edge * edge + i) * pixels[pixel]!;
          }
          return sum;
        }),
      );
  let rows = x.map((token, t) => token.map((value, e) => value + at('places', t * E + e)));
  const times = (left: Rows, name: string, into: number): Rows =>
    left.map((token) =>
      range(into).map((j) => token.reduce((sum, value, i) => sum + value * at(name, i * into + j), 0)),
    );
  const plus = (a: Rows, b: Rows): Rows => a.map((token, t) => token.map((value, e) => value + b[t]![e]!));
  for (let b = 1; b <= (block ?? blocks); b++) {
    const [q, k, v] = ['q', 'k', 'v'].map((name) => times(rows, `${name}${b}`, E)) as [Rows, Rows, Rows];
    const mixed = q.map((query) => {
      const powers = k.map((key) =>
        Math.exp(key.reduce((sum, value, e) => sum + value * query[e]!, 0) / Math.sqrt(E)),
      );
      const total = powers.reduce((a, c) => a + c, 0);
      return range(E).map((e) => powers.reduce((sum, power, t) => sum + (power / total) * v[t]![e]!, 0));
    });
    const attended = plus(rows, mixed);
    const kept = times(attended, `in${b}`, 2 * E).map((token) => token.map((value) => Math.max(0, value)));
    rows = plus(attended, times(kept, `out${b}`, E));
  }
  const ended = block === undefined ? rows.map((token) => normalised(token, at)) : rows;
  const patches = ended.slice(prefix);
  return range(E).map((e) => patches.map((token) => token[e]!));
}

function normalised(token: number[], at: (name: string, i: number) => number): number[] {
  const mean = token.reduce((a, b) => a + b, 0) / E;
  const variance = token.reduce((sum, value) => sum + (value - mean) ** 2, 0) / E;
  return token.map(
    (value, e) => ((value - mean) / Math.sqrt(variance + 1e-5)) * at('scale', e) + at('shift', e),
  );
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
