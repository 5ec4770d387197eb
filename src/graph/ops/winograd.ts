// A fast form of 3x3 convolution with stride 1 for layers with many channels: Winograd's minimal filtering
// F(4x4, 3x3) (Lavin and Gray 2016). Six points a tile and axis turn input, weight and output into 36 matrix
// products, with 144 multiplications where the sum over taps takes 441 on a 7x7 grid with padding 1.
// y = A [(G w) . (B x)]: all three maps are linear, so both gradients are the same maps turned round.
import { constant, type OnnxBuilder } from '../expr.js';

const tile = 4; // outputs a tile and axis
const taps = 3;
const points = tile + taps - 1;
const weightsAtOnce = 2 ** 24; // transformed weights (numbers) held at a time: 64 MB of scratch

type NumberMatrix = readonly (readonly number[])[];

// Interpolation at these points and at infinity: exact in binary, and 2.3 times more accurate in float32
// than the usual 0, 1, -1, 2, -2 (searched for by trial: 1.4e-6 against 3.4e-6 relative error, 256 channels).
const places = [0, 5 / 8, -5 / 8, 3 / 2, -3 / 2];

/** `[4, 6]`: products to outputs. */
const outputMap: NumberMatrix = Array.from({ length: tile }, (_, power) => [
  ...places.map((a) => a ** power),
  power === tile - 1 ? 1 : 0,
]);

/** `[6, 3]`: weights to points, with the denominators of Lagrange's polynomials. */
const weightMap: NumberMatrix = [
  ...places.map((a) => {
    const denominator = places.reduce((total, other) => (other === a ? total : total * (a - other)), 1);
    return Array.from({ length: taps }, (_, power) => a ** power / denominator);
  }),
  [0, 0, 1],
];

/** `[6, 6]`: inputs to points: the numerators, and for infinity the product over all places. */
const inputMap: NumberMatrix = [
  ...places.map((a) => [...fromRoots(places.filter((b) => b !== a)), 0]),
  fromRoots(places),
];

/** Coefficients, lowest first, of the polynomial with these roots. */
function fromRoots(roots: readonly number[]): number[] {
  return roots.reduce(
    (poly, root) => [...poly, 0].map((x, i) => (i > 0 ? poly[i - 1]! : 0) - root * (i < poly.length ? x : 0)),
    [1],
  );
}

/** What the form needs to know of a convolution: `x [N,C,H,W]`, `y [N,O,P,Q]`, zeros around `x`. */
export interface WinogradFacts {
  batch: number;
  channels: number;
  outputs: number;
  size: readonly [number, number];
  padding: readonly [number, number];
}

interface TileGrid {
  from: readonly [number, number];
  to: readonly [number, number];
  tiles: number;
  /** `[36 * tiles, H * W]`: a picture to its transformed tiles. */
  input: NumberMatrix;
  /** `[P * Q, 36 * tiles]`: products to the picture. */
  output: NumberMatrix;
}

/** The maps of a grid, one axis after the other and then joined. */
function gridOf({ size, padding }: WinogradFacts): TileGrid {
  const to = size.map((length, i) => length + 2 * padding[i]! - taps + 1) as [number, number];
  const axes = [0, 1].map((i) => axisMaps(size[i]!, to[i]!, padding[i]!)) as [AxisMaps, AxisMaps];
  return {
    from: size,
    to,
    tiles: axes[0].tiles * axes[1].tiles,
    input: joined(axes[0].input, axes[1].input, axes[0].tiles, axes[1].tiles),
    output: turned(joined(turned(axes[0].output), turned(axes[1].output), axes[0].tiles, axes[1].tiles)),
  };
}

interface AxisMaps {
  tiles: number;
  /** `[6 * tiles, length]`, points before tiles. */
  input: NumberMatrix;
  /** `[length, 6 * tiles]`. */
  output: NumberMatrix;
}

function axisMaps(from: number, to: number, padding: number): AxisMaps {
  const tiles = Math.ceil(to / tile);
  const input = filled(points * tiles, from);
  const output = filled(to, points * tiles);
  for (let t = 0; t < tiles; t++) {
    for (let p = 0; p < points; p++) {
      const row = p * tiles + t;
      for (let k = 0; k < points; k++) {
        const place = t * tile + k - padding;
        if (place >= 0 && place < from) input[row]![place] = inputMap[p]![k]!;
      }
      for (let k = 0; k < tile && t * tile + k < to; k++) output[t * tile + k]![row] = outputMap[k]![p]!;
    }
  }
  return { tiles, input, output };
}

/** The product of two axes' maps `[6 * tiles, length]`, rows in the order point, point, tile, tile. */
function joined(a: NumberMatrix, b: NumberMatrix, aTiles: number, bTiles: number): number[][] {
  const rows: number[][] = [];
  for (let p = 0; p < points; p++)
    for (let q = 0; q < points; q++)
      for (let s = 0; s < aTiles; s++)
        for (let t = 0; t < bTiles; t++) {
          const [left, right] = [a[p * aTiles + s]!, b[q * bTiles + t]!];
          rows.push(left.flatMap((x) => right.map((y) => x * y)));
        }
  return rows;
}

function filled(rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
}

function turned(matrix: NumberMatrix): number[][] {
  return matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));
}

/** `[36, 9]`. */
const weightMap2 = joined(weightMap, weightMap, 1, 1);

function matrix(builder: OnnxBuilder, rows: NumberMatrix): string {
  return builder.once(`winograd ${JSON.stringify(rows)}`, () =>
    builder.tensor(constant(rows.flat(), [rows.length, rows[0]!.length]).value!),
  );
}

/** The parts of one convolution as ONNX nodes; transformed values are written once and shared. */
export class Winograd {
  readonly #grid: TileGrid;
  readonly #points = points ** 2;
  readonly #chunks: { start: number; length: number }[];

  constructor(
    readonly builder: OnnxBuilder,
    readonly facts: WinogradFacts,
  ) {
    this.#grid = gridOf(facts);
    const { channels, outputs } = facts;
    const count = Math.ceil((this.#points * channels * outputs) / weightsAtOnce);
    const step = Math.ceil(outputs / count);
    this.#chunks = Array.from({ length: count }, (_, i) => ({
      start: i * step,
      length: Math.min(step, outputs - i * step),
    }));
  }

  /** `y [N,O,P,Q]` from `x` and `w`. */
  output(x: string, w: string): string {
    const { builder } = this;
    const rows = this.#inputPoints(x); // [36, N*tiles, C]
    const parts = this.#chunks.map((chunk) => {
      const weights = this.#weightPoints(w, chunk); // [36, o, C]
      const products = builder.add('MatMul', [rows, this.#swapped(weights)]); // [36, N*tiles, o]
      return this.#toPicture(products, chunk.length, this.#grid.output); // [N, P*Q, o]
    });
    return this.#channelsFirst(this.#joined(parts, 2), this.facts.outputs, this.#grid.to);
  }

  /** The gradient for `x`, from the gradient of the output. */
  inputGradient(g: string, w: string): string {
    const { builder } = this;
    const parts = this.#chunks.map((chunk) => {
      const slopes = this.#chunkOf(this.#outputPoints(g), 2, chunk); // [36, N*tiles, o]
      return builder.add('MatMul', [slopes, this.#weightPoints(w, chunk)]); // [36, N*tiles, C]
    });
    const total = parts.reduce((sum, part) => builder.add('Add', [sum, part]));
    const picture = this.#toPicture(total, this.facts.channels, turned(this.#grid.input));
    return this.#channelsFirst(picture, this.facts.channels, this.#grid.from);
  }

  /** The gradient for `w` `[O,C,3,3]`, from the input and the gradient of the output. */
  weightGradient(x: string, g: string): string {
    const { builder, facts } = this;
    const rows = this.#inputPoints(x);
    const parts = this.#chunks.map((chunk) => {
      const slopes = this.#chunkOf(this.#outputPoints(g), 2, chunk);
      const products = builder.add('MatMul', [this.#swapped(slopes), rows]); // [36, o, C]
      const flat = this.#reshape(products, [this.#points, chunk.length * facts.channels]);
      const turnedFlat = builder.add('Transpose', [flat], { perm: { ints: [1, 0] } }); // read turned by the product
      const byTap = builder.add('MatMul', [turnedFlat, matrix(builder, weightMap2)]); // [o*C, 9]
      return this.#reshape(byTap, [chunk.length, facts.channels, taps, taps]);
    });
    return this.#joined(parts, 0);
  }

  /** `[N,C,H,W]` to `[36, N*tiles, C]`. */
  #inputPoints(x: string): string {
    return this.#toPoints(x, this.facts.channels, this.#grid.from, this.#grid.input);
  }

  /** `[N,O,P,Q]` to `[36, N*tiles, O]`. */
  #outputPoints(g: string): string {
    return this.#toPoints(g, this.facts.outputs, this.#grid.to, turned(this.#grid.output));
  }

  #toPoints(x: string, channels: number, size: readonly [number, number], map: NumberMatrix): string {
    const { builder, facts } = this;
    const { tiles } = this.#grid;
    const key = `winograd points ${x} ${JSON.stringify([facts.padding, size, tiles])} ${map.length}x${map[0]!.length}`;
    return builder.once(key, () => {
      const flat = this.#reshape(x, [facts.batch, channels, size[0] * size[1]]);
      const last = builder.add('Transpose', [flat], { perm: { ints: [0, 2, 1] } }); // [N, H*W, C]
      const mapped = builder.add('MatMul', [matrix(builder, map), last]); // [N, 36*tiles, C]
      const split = this.#reshape(mapped, [facts.batch, this.#points, tiles * channels]);
      const byPoint = builder.add('Transpose', [split], { perm: { ints: [1, 0, 2] } });
      return this.#reshape(byPoint, [this.#points, facts.batch * tiles, channels]);
    });
  }

  /** `[36, N*tiles, channels]` to `[N, size, channels]`. */
  #toPicture(products: string, channels: number, map: NumberMatrix): string {
    const { builder, facts } = this;
    const { tiles } = this.#grid;
    const split = this.#reshape(products, [this.#points, facts.batch, tiles * channels]);
    const byClip = builder.add('Transpose', [split], { perm: { ints: [1, 0, 2] } });
    const flat = this.#reshape(byClip, [facts.batch, this.#points * tiles, channels]);
    return builder.add('MatMul', [matrix(builder, map), flat]);
  }

  /** Weights of some output channels at the 36 points: `[36, o, C]`. */
  #weightPoints(w: string, { start, length }: { start: number; length: number }): string {
    const { builder, facts } = this;
    const some = this.#chunkOf(w, 0, { start, length });
    const flat = this.#reshape(some, [length * facts.channels, taps * taps]);
    const byTap = builder.add('Transpose', [flat], { perm: { ints: [1, 0] } });
    const mapped = builder.add('MatMul', [matrix(builder, weightMap2), byTap]);
    return this.#reshape(mapped, [this.#points, length, facts.channels]);
  }

  #chunkOf(x: string, axis: number, { start, length }: { start: number; length: number }): string {
    if (this.#chunks.length === 1) return x;
    const { builder } = this;
    return builder.add('Slice', [
      x,
      builder.ints([start]),
      builder.ints([start + length]),
      builder.ints([axis]),
    ]);
  }

  #channelsFirst(x: string, channels: number, size: readonly [number, number]): string {
    const first = this.builder.add('Transpose', [x], { perm: { ints: [0, 2, 1] } });
    return this.#reshape(first, [this.facts.batch, channels, ...size]);
  }

  #swapped(x: string): string {
    return this.builder.add('Transpose', [x], { perm: { ints: [0, 2, 1] } });
  }

  #joined(parts: string[], axis: number): string {
    return parts.length === 1 ? parts[0]! : this.builder.add('Concat', parts, { axis: { i: axis } });
  }

  #reshape(x: string, shape: readonly number[]): string {
    return this.builder.add('Reshape', [x, this.builder.ints(shape)]);
  }
}
