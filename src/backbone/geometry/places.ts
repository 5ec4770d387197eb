// What is known of where the cells of a value look, while an ONNX graph is followed. A value is a grid whose row and column
// axes are known, or, once it was reshaped, tokens: their axes are not known, and whether their number still fits is asked
// at the end. Attention mixes tokens over the whole picture; each still stands for its patch.
import { joined, type CellRow } from './lines.js';
import type { OnnxNode } from './onnxNode.js';

/** Where the cells of a value look. */
export interface Placed {
  y: CellRow;
  x: CellRow;
  /** Which of `rank` axes are rows and columns; undefined for tokens. */
  axes?: { y: number; x: number; rank: number };
}

/** What is known of a value: its places; nothing to place, as in weights and in means over the picture; or why it was lost. */
export type Value = Placed | 'nowhere' | { lost: string };

/** The places that an operation makes of its inputs (undefined for those without); undefined where it cannot be followed. */
export type PlaceRule = (
  node: OnnxNode,
  inputs: readonly (Placed | undefined)[],
) => Placed | 'nowhere' | undefined;

/** The places of values that are combined cell by cell; undefined where they do not lie on each other. */
export function merged(inputs: readonly (Placed | undefined)[]): Placed | undefined {
  const all = inputs.filter((one) => one !== undefined);
  const y = joined(all.map((one) => one.y));
  const x = joined(all.map((one) => one.x));
  const grids = all.flatMap(({ axes }) => axes ?? []);
  const [axes] = grids;
  // A grid of fewer axes is broadcast against the last ones: counted from behind they must be the same.
  const fromBehind = (one: NonNullable<Placed['axes']>) => `${one.rank - one.y},${one.rank - one.x}`;
  if (!y || !x || grids.some((one) => fromBehind(one) !== fromBehind(axes!))) return undefined;
  const widest = grids.reduce<Placed['axes']>((a, b) => (a && a.rank >= b.rank ? a : b), undefined);
  return { y, x, ...(widest && { axes: widest }) };
}

/** The same places on axes that are not followed any further. */
export function asTokens(placed: Placed | undefined): Placed | undefined {
  return placed && { y: placed.y, x: placed.x };
}
