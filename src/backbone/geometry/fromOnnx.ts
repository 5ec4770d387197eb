// Where the cells of the outputs of an ONNX file look, read from its graph: what every operation does to it, from the
// frame on. What comes out is checked against the grids that the network really gave.
import type { CellGeometry } from '../../model/index.js';
import type { FrameSize, FeatureGrid } from '../backbone.js';
import { axisOf, pixelLine } from './lines.js';
import { readGraph, type OnnxGraph, type OnnxNode } from './onnxNode.js';
import { asTokens, merged, type Value } from './places.js';
import { follow } from './rules.js';

/** What is known of a file beside its bytes. */
export interface OnnxFrames {
  /** The name of the input that takes frames, `[n,3,H,W]`. */
  input: string;
  size: FrameSize;
  /** The input is bytes `[n,H,W,4]` instead. */
  takesBytes?: boolean;
}

/** A grid among the outputs, as the network gave it. */
export type NamedGrid = FeatureGrid & { name: string };

/** The geometry of each of `outputs`, or what stood in the way. */
export function geometryFromOnnx(
  bytes: Uint8Array,
  frames: OnnxFrames,
  outputs: readonly NamedGrid[],
): (CellGeometry | { lost: string })[] {
  return geometryAt(placesInOnnx(readGraph(bytes), frames), outputs);
}

/** The same where it is known already where every value looks. */
export function geometryAt(
  places: ReadonlyMap<string, Value>,
  outputs: readonly NamedGrid[],
): (CellGeometry | { lost: string })[] {
  return outputs.map((grid) => geometryOf(places.get(grid.name) ?? 'nowhere', grid));
}

/** What is known of where every value of a graph looks, in the order in which they are made. */
export function placesInOnnx(
  graph: OnnxGraph,
  { input, size, takesBytes = false }: OnnxFrames,
): Map<string, Value> {
  const frame = {
    y: pixelLine(size.height),
    x: pixelLine(size.width),
    axes: takesBytes ? { rank: 4, y: 1, x: 2 } : { rank: 4, y: 2, x: 3 },
  };
  return walked(graph, new Map<string, Value>([[input, frame]]));
}

/** What is known of every value once all nodes are followed, beginning with `known`. */
function walked({ nodes }: OnnxGraph, known: ReadonlyMap<string, Value>): Map<string, Value> {
  const values = new Map(known);
  for (const node of nodes) {
    const value = valueOf(node, values);
    const isScaled = node.type === 'DynamicQuantizeLinear'; // its scale and its zero stand beside its numbers
    node.outputs.forEach((name, i) => values.set(name, isScaled && i > 0 ? 'nowhere' : value));
  }
  return values;
}

function valueOf(node: OnnxNode, values: ReadonlyMap<string, Value>): Value {
  const { branches } = node;
  if (branches.length === 0)
    return follow(
      node,
      node.inputs.map((name) => values.get(name) ?? 'nowhere'),
    );
  if (node.type !== 'If') return { lost: `the operation ${node.type}` };
  return either(branches.map((branch) => walked(branch, values).get(branch.outputs[0] ?? '') ?? 'nowhere'));
}

/** What holds whichever branch is taken. */
function either(values: readonly Value[]): Value {
  const places = values.flatMap((value) => (typeof value === 'object' && 'y' in value ? value : []));
  if (places.length === 0) return values[0] ?? 'nowhere';
  const both = places.length === values.length ? asTokens(merged(places.map(asTokens))) : undefined;
  return both ?? { lost: 'branches that look at different places, If' };
}

function geometryOf(value: Value, { height, width }: NamedGrid): CellGeometry | { lost: string } {
  if (value === 'nowhere') return { lost: 'an output that looks at the whole picture' };
  if ('lost' in value) return value;
  const { y, x, axes } = value;
  const isGrid = !axes || (axes.rank === 4 && axes.y === 2 && axes.x === 3);
  if (isGrid && y.length === height && x.length === width)
    return { x: axisOf(x), y: axisOf(y), source: 'graph' };
  return { lost: `${y.length} x ${x.length} cells by the graph, ${height} x ${width} in truth` };
}
