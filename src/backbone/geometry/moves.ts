// Operations of an ONNX graph that move cells about: joined, cut, padded, resized, turned, or summed over an axis.
import { padded, resized, sliced, windowed, type CellRow, type Resizing } from './lines.js';
import type { OnnxNode } from './onnxNode.js';
import { asTokens, merged, type Placed, type PlaceRule } from './places.js';

/** The rules of operations that move cells. */
export const moveRules: Readonly<Record<string, PlaceRule>> = {
  Concat: (node, inputs) => besides(merged(inputs), node.integer('axis')),
  QLinearConcat: (node, inputs) => besides(merged(inputs), node.integer('axis')),
  Split: (node, [placed]) => besides(placed, node.integer('axis') ?? 0),
  Gather: (node, [placed]) => asTokens(besides(placed, node.integer('axis') ?? 0)),
  MatMul: (_, [left, right]) => product(left, right),
  MatMulInteger: (_, [left, right]) => product(left, right),
  Transpose: (node, [placed]) => placed && turned(placed, node.integers('perm')),
  Slice: (node, [placed]) => placed && cut(node, placed),
  Pad: (node, [placed]) => placed && widened(node, placed),
  Resize: (node, [placed]) => placed && scaled(node, placed),
  Upsample: (node, [placed]) => placed && scaled(node, placed),
  SpaceToDepth: (node, [placed]) => placed && blocks(node, placed),
  DepthToSpace: (node, [placed]) => placed && spread(node, placed),
  ...Object.fromEntries(
    ['Max', 'Mean', 'Min', 'Prod', 'Sum', 'SumSquare', 'L1', 'L2', 'LogSumExp'].map(
      (what): [string, PlaceRule] => [`Reduce${what}`, (node, [placed]) => placed && reduced(node, placed)],
    ),
  ),
};

/** `placed`, unless what happens along `axis` happens along its rows or columns. */
function besides(placed: Placed | undefined, axis: number | undefined): Placed | undefined {
  if (!placed?.axes || axis === undefined) return placed;
  const { rank, y, x } = placed.axes;
  const at = axis < 0 ? axis + rank : axis;
  return at === y || at === x ? undefined : placed;
}

/** Along the axis that is summed over the places go; the other axes keep theirs. */
function product(left: Placed | undefined, right: Placed | undefined): Placed | undefined {
  if (left && right) return asTokens(merged([left, right]));
  const { axes } = left ?? right!;
  if (!axes) return left ?? right;
  const summed = left ? axes.rank - 1 : axes.rank - 2;
  return summed === axes.y || summed === axes.x ? asTokens(left ?? right) : (left ?? right);
}

function turned({ y, x, axes }: Placed, order: readonly number[] | undefined): Placed {
  if (!axes) return { y, x };
  const { rank } = axes;
  const perm = order ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  return { y, x, axes: { rank, y: perm.indexOf(axes.y), x: perm.indexOf(axes.x) } };
}

/** Changes both lines of a grid by what a node says of their axes. */
function along(
  { y, x, axes }: Placed & { axes: NonNullable<Placed['axes']> },
  change: (line: CellRow, axis: number) => CellRow | undefined,
): Placed | undefined {
  const [down, across] = [change(y, axes.y), change(x, axes.x)];
  return down && across && { y: down, x: across, axes };
}

function cut(node: OnnxNode, placed: Placed): Placed | undefined {
  const old = node.integers('starts'); // before version 10 these were attributes
  const starts = old ?? node.numbers(1);
  const ends = old ? node.integers('ends') : node.numbers(2);
  const steps = node.numbers(4) ?? [];
  const { axes } = placed;
  if (!axes) return steps.every((step) => step === 1) ? placed : undefined;
  const asked = (old ? node.integers('axes') : node.numbers(3)) ?? starts?.map((_, i) => i);
  if (!asked) return undefined;
  const listed = asked.map((axis) => (axis < 0 ? axis + axes.rank : axis));
  return along({ ...placed, axes }, (line, axis) => {
    const i = listed.indexOf(axis);
    if (i < 0) return line;
    const [start, end, step = 1] = [starts?.[i], ends?.[i], steps[i]];
    if (start === undefined || end === undefined || step < 1) return undefined;
    const inside = (at: number): number => Math.min(line.length, Math.max(0, at < 0 ? at + line.length : at));
    return sliced(line, inside(start), inside(end), step);
  });
}

function widened(node: OnnxNode, placed: Placed): Placed | undefined {
  const { axes } = placed;
  if (!axes) return placed; // of tokens it is not known along which axis
  const pads = node.integers('pads') ?? node.integers('paddings') ?? node.numbers(1);
  if (!pads) return undefined;
  const listed = node.numbers(3)?.map((axis) => (axis < 0 ? axis + axes.rank : axis));
  return along({ ...placed, axes }, (line, axis) => {
    const i = listed ? listed.indexOf(axis) : axis;
    return i < 0 ? line : padded(line, pads[i]!, pads[pads.length / 2 + i]!);
  });
}

const REACHES: Readonly<Record<string, number>> = { nearest: 0, linear: 1, cubic: 3 };

/** Of a resize of NCHW by numbers that stand in the file. */
function scaled(node: OnnxNode, { y, x, axes = { rank: 4, y: 2, x: 3 } }: Placed): Placed | undefined {
  const sizes = node.inputs[3] ? node.numbers(3) : undefined;
  // Scales are input 2 since version 11, where input 1 is a region; before they were input 1 or an attribute.
  const scales = node.decimals('scales') ?? node.numbers(node.inputs.length > 2 ? 2 : 1);
  const mode = node.text('mode') ?? 'nearest';
  const reach = REACHES[mode];
  const places = placesOf(node, mode);
  if (reach === undefined || !places || node.integers('axes')) return undefined;
  return along({ y, x, axes }, (line, axis) => {
    const size = sizes?.[axis];
    const scale = size === undefined ? scales?.[axis] : size / line.length;
    if (!scale) return undefined;
    const length = size ?? Math.floor(line.length * scale);
    return resized(line, { scale, length, places, reach });
  });
}

/**
 * What new cells stand for. Those of `nearest` repeat an old one in blocks, whatever the rounding is called: a block's
 * middle is the middle of the cell.
 */
function placesOf(node: OnnxNode, mode: string): Resizing['places'] | undefined {
  if (mode === 'nearest') return 'halfPixel';
  const asked = node.text('coordinate_transformation_mode');
  if (asked === undefined) return node.inputs.length > 2 ? 'halfPixel' : 'asymmetric';
  if (asked === 'asymmetric') return asked;
  if (asked === 'align_corners') return 'corners';
  return asked.includes('half_pixel') ? 'halfPixel' : undefined;
}

/** A block of cells becomes channels of one. */
function blocks(node: OnnxNode, placed: Placed): Placed | undefined {
  const size = node.integer('blocksize');
  if (!placed.axes || !size) return undefined;
  return along({ ...placed, axes: placed.axes }, (line) => windowed(line, { size, stride: size }));
}

/** Channels of one cell become a block of cells. */
function spread(node: OnnxNode, placed: Placed): Placed | undefined {
  const scale = node.integer('blocksize');
  if (!placed.axes || !scale) return undefined;
  return along({ ...placed, axes: placed.axes }, (line) =>
    resized(line, { scale, length: line.length * scale, places: 'halfPixel', reach: 0 }),
  );
}

/** Means and the like over channels keep the places; those over rows and columns have none. */
function reduced(node: OnnxNode, placed: Placed): Placed | 'nowhere' | undefined {
  const { axes } = placed;
  if (!axes) return placed;
  const asked = node.integers('axes') ?? node.numbers(1);
  if (!asked) return node.inputs.length > 1 ? undefined : 'nowhere';
  const listed = asked.map((axis) => (axis < 0 ? axis + axes.rank : axis));
  const over = [axes.y, axes.x].filter((axis) => listed.includes(axis));
  if (over.length === 2) return 'nowhere';
  if (over.length === 1) return undefined;
  if (node.integer('keepdims') !== 0) return placed;
  const after = (axis: number): number => axis - listed.filter((gone) => gone < axis).length;
  return { ...placed, axes: { rank: axes.rank - listed.length, y: after(axes.y), x: after(axes.x) } };
}
