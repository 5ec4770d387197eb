// Where the cells of a backbone's grids look in the frames that it takes, as `config.json` keeps it. Found by backbone/;
// here, so that whoever draws an answer needs no backbone.
import { z } from 'zod';
import { moderate, positiveFactor } from '../bounds.js';
import type { Cells } from '../localize/cells.js';

/** One axis, in pixels of the network's input, pixel `i` having its middle at `i`: from its edge that is `i + 1/2`. */
export const CellAxis = z.strictObject({
  /** The middle of what cell 0 looks at; below 0 where padding reaches out of the frame. */
  offset: moderate,
  /** From one cell to the next. */
  stride: positiveFactor,
  /** Pixels that a cell looks at: its receptive field. */
  extent: positiveFactor,
});
/** One axis of {@link CellGeometry}. */
export type CellAxis = z.infer<typeof CellAxis>;

/** Cell `[row, column]` looks at `(x.offset + x.stride * column, y.offset + y.stride * row)`. */
export const CellGeometry = z.strictObject({
  x: CellAxis,
  y: CellAxis,
  /** `graph`: derived from the network's operations. `probe`: measured. `tiles`: neither could be, so the middles of equal tiles. */
  source: z.enum(['graph', 'probe', 'tiles']),
});
/** Where the cells of one grid look. */
export type CellGeometry = z.infer<typeof CellGeometry>;

/**
 * Where a coarser grid is read when it is laid on the finest: at the places where the finer cells look, or as if cells of
 * both looked at the middles of equal tiles.
 */
export const Alignment = z.enum(['centres', 'tiles']);
/** How grids of several scales are laid on each other. */
export type Alignment = z.infer<typeof Alignment>;

/** What is read here of a `ModelConfig`. */
interface GridConfig {
  backbone: { geometry?: CellGeometry[] };
}

/** The geometry of the grid that attention sees, the finest of those that are stacked; undefined for a config that says nothing. */
export function geometryOf({ backbone }: GridConfig): CellGeometry | undefined {
  const finest = (a: CellGeometry, b: CellGeometry): CellGeometry => (b.x.stride < a.x.stride ? b : a);
  return backbone.geometry?.reduce(finest);
}

/** Where the cells of a model's maps look on the frames that it takes, for drawing; undefined as in {@link geometryOf}. */
export function cellsOf(
  config: GridConfig & { transform: { size: { width: number; height: number } } },
): Cells | undefined {
  const geometry = geometryOf(config);
  if (!geometry) return undefined;
  const { width, height } = config.transform.size;
  const fromEdge = ({ offset, stride }: CellAxis, size: number) => ({ offset: offset + 0.5, stride, size });
  return { x: fromEdge(geometry.x, width), y: fromEdge(geometry.y, height) };
}

/** The config with what `scales` know of their cells, where it says nothing itself. */
export function withGeometry<Config extends GridConfig>(
  config: Config,
  scales: readonly { geometry: CellGeometry }[],
): Config {
  if (config.backbone.geometry) return config;
  const geometry = scales.map((scale) => scale.geometry);
  return { ...config, backbone: { ...config.backbone, geometry } };
}
