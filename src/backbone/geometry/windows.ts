// Convolutions and poolings of an ONNX graph. Their last two axes are rows and columns, whatever a value was before; in
// networks of eight bits the two before the last.
import { samePads, windowed, type Kernel, type CellRow } from './lines.js';
import type { OnnxNode } from './onnxNode.js';
import type { Placed, PlaceRule } from './places.js';

/** Operations with a weight, and which of their inputs it is. */
const CONVOLUTIONS = { Conv: 1, FusedConv: 1, ConvInteger: 1, QLinearConv: 3 };
const POOLINGS = ['MaxPool', 'AveragePool', 'LpPool', 'NhwcMaxPool', 'QLinearAveragePool'];

/** The rules of operations that move a kernel over the cells. */
export const windowRules: Readonly<Record<string, PlaceRule>> = {
  ...Object.fromEntries(
    Object.entries(CONVOLUTIONS).map(([type, weight]): [string, PlaceRule] => [
      type,
      (node, [placed]) => moved(node, placed, node.integers('kernel_shape') ?? node.shape(weight)?.slice(2)),
    ]),
  ),
  ...Object.fromEntries(
    POOLINGS.map((type): [string, PlaceRule] => [
      type,
      (node, [placed]) => moved(node, placed, node.integers('kernel_shape')),
    ]),
  ),
};

function moved(
  node: OnnxNode,
  placed: Placed | undefined,
  sizes: readonly number[] | undefined,
): Placed | undefined {
  if (!placed || !sizes || sizes.length < 2) return undefined;
  const rank = sizes.length + 2;
  const { axes } = placed;
  const x = rank - (isChannelsLast(node) ? 2 : 1);
  if (axes && (axes.y !== x - 1 || axes.x !== x)) return undefined;
  const kernel = (fromBehind: 1 | 2, { length }: CellRow): Kernel =>
    kernelOf(node, sizes, sizes.length - fromBehind, length);
  return {
    y: windowed(placed.y, kernel(2, placed.y)),
    x: windowed(placed.x, kernel(1, placed.x)),
    axes: { rank, y: x - 1, x },
  };
}

/** Networks in eight bits have their channels behind rows and columns. */
function isChannelsLast(node: OnnxNode): boolean {
  return node.type === 'NhwcMaxPool' || node.integer('channels_last') === 1;
}

/** The kernel along one of the axes that it is moved on. */
function kernelOf(node: OnnxNode, sizes: readonly number[], axis: number, length: number): Kernel {
  const kernel = {
    size: sizes[axis]!,
    stride: node.integers('strides')?.[axis] ?? 1,
    dilation: node.integers('dilations')?.[axis] ?? 1,
    isCeil: node.integer('ceil_mode') === 1,
  };
  const auto = node.text('auto_pad');
  if (auto === 'SAME_UPPER') return { ...kernel, ...samePads(length, kernel, 'upper') };
  if (auto === 'SAME_LOWER') return { ...kernel, ...samePads(length, kernel, 'lower') };
  const pads = auto === 'VALID' ? undefined : node.integers('pads');
  return { ...kernel, before: pads?.[axis] ?? 0, after: pads?.[sizes.length + axis] ?? 0 };
}
