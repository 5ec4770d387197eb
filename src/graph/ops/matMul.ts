// Matrix products, batched and broadcast as in ONNX and numpy.
import { broadcast, defineOperation, Expr, mustHold, sameShape, showShape } from '../expr.js';
import { requireSameDType } from './compare.js';
import { concat, reshape, transpose } from './shape.js';

const matMulOperation = defineOperation({
  name: 'matMul',
  infer([a, b]) {
    requireSameDType('matMul', a!, b!);
    const shapes = () => `${showShape(a!.shape)} and ${showShape(b!.shape)}`;
    mustHold(a!.rank >= 2 && b!.rank >= 2, 'matMul', 'both sides need at least two axes', shapes);
    const [rows, inner] = a!.shape.slice(-2) as [number, number];
    const [length, columns] = b!.shape.slice(-2) as [number, number];
    mustHold(inner === length, 'matMul', 'columns of the first and rows of the second must agree', shapes);
    const batch = broadcast('matMul', [a!.shape.slice(0, -2), b!.shape.slice(0, -2)]);
    return { shape: [...batch, rows, columns], dtype: a!.dtype };
  },
  emit: (builder, inputs) => builder.add('MatMul', inputs),
  derivative(node, gradient, index) {
    const [a, b] = [node.inputs[0]!, node.inputs[1]!];
    return index === 0 ? matMul(gradient, swapLast(b)) : matMul(swapLast(a), gradient);
  },
  /** A B + C D = [A C] [B; D]: one long product for a weight that is used at every step. */
  sumOf(nodes) {
    const [first] = nodes;
    const alike = nodes.every((node) => node.rank === 2 && sameShape(node.shape, first!.shape));
    if (!alike) return undefined;
    const left = concat(
      nodes.map((node) => transpose(node.inputs[0]!)),
      0,
    );
    const right = concat(
      nodes.map((node) => node.inputs[1]!),
      0,
    );
    return matMul(transpose(left), right);
  },
});

/** `x` with its last two axes exchanged. */
export function swapLast(x: Expr): Expr {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/** Matrix product of the last two axes; the axes before them broadcast. */
export function matMul(a: Expr, b: Expr): Expr {
  if (a.rank > 2 && b.rank === 2) {
    // one large product, and a gradient of `b` that needs no sum over the batch
    const rows = reshape(a, [-1, a.shape.at(-1)!]);
    return reshape(matMul(rows, b), [...a.shape.slice(0, -1), b.shape[1]!]);
  }
  return Expr.make(matMulOperation, [a, b], {});
}
