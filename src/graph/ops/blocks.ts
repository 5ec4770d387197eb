// Pictures taken apart into the pixels of a block: what a convolution with a stride reads, made neighbours.
import { defineOperation, Expr, mustHold, showShape, type Operation } from '../expr.js';

interface BlockFacts {
  size: number;
}

const spaceToDepthOperation: Operation<BlockFacts> = defineOperation({
  name: 'spaceToDepth',
  infer([x], { size }) {
    const [batch, channels, height, width] = x!.shape as [number, number, number, number];
    mustHold(
      x!.rank === 4 && height % size === 0 && width % size === 0,
      'spaceToDepth',
      `input must be [N,C,H,W] with H and W multiples of ${size}`,
      () => showShape(x!.shape),
    );
    return { shape: [batch, channels * size ** 2, height / size, width / size], dtype: x!.dtype };
  },
  emit: (builder, inputs, _node, { size }) => builder.add('SpaceToDepth', inputs, { blocksize: { i: size } }),
  derivative: (_node, gradient, _index, facts) => Expr.make(depthToSpaceOperation, [gradient], facts),
});

const depthToSpaceOperation: Operation<BlockFacts> = defineOperation({
  name: 'depthToSpace',
  infer([x], { size }) {
    const [batch, channels, height, width] = x!.shape as [number, number, number, number];
    mustHold(
      x!.rank === 4 && channels % size ** 2 === 0,
      'depthToSpace',
      `input must be [N,C,H,W] with C a multiple of ${size ** 2}`,
      () => showShape(x!.shape),
    );
    return { shape: [batch, channels / size ** 2, height * size, width * size], dtype: x!.dtype };
  },
  emit: (builder, inputs, _node, { size }) => builder.add('DepthToSpace', inputs, { blocksize: { i: size } }),
  derivative: (_node, gradient, _index, facts) => Expr.make(spaceToDepthOperation, [gradient], facts),
});

/** `[N,C,H,W]` to `[N, size*size*C, H/size, W/size]`: channel `(row * size + column) * C + c` is one pixel of each block. */
export function spaceToDepth(x: Expr, size: number): Expr {
  return size === 1 ? x : Expr.make(spaceToDepthOperation, [x], { size });
}

/** The inverse of {@link spaceToDepth}. */
export function depthToSpace(x: Expr, size: number): Expr {
  return size === 1 ? x : Expr.make(depthToSpaceOperation, [x], { size });
}
