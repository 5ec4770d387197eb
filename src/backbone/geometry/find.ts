// The geometry of every scale of a frozen network, by the best way that works: from the graph, else measured, else the
// middles of equal tiles; and what had to be said about it.
import type { CellAxis } from '../../model/cells.js';
import type { CellGeometry } from '../../model/index.js';
import type { NamedGrid } from './fromOnnx.js';
import { tileAxis } from './lines.js';
import { probeCells, type Probed } from './probe.js';

/** What was found, a geometry a scale. */
export interface Found {
  geometry: CellGeometry[];
  /** A sentence for each scale of which the graph did not tell it. */
  notes: string[];
}

/** Completes what the graph told; the network is only asked where it told not all. */
export async function completeGeometry(
  derived: readonly (CellGeometry | { lost: string })[],
  grids: readonly NamedGrid[],
  probed: Probed,
): Promise<Found> {
  const isKnown = (one: CellGeometry | { lost: string }): one is CellGeometry => !('lost' in one);
  if (derived.every(isKnown)) return { geometry: [...derived], notes: [] };
  const measured = await probeCells(probed);
  const notes: string[] = [];
  const geometry = derived.map((one, i) => {
    if (isKnown(one)) return one;
    const [grid, x, y] = [grids[i]!, measured.x[i], measured.y[i]];
    const way = x && y ? 'measured by moving a bright bar' : 'taken as the middles of equal tiles';
    notes.push(`where the cells of ${grid.name} look was ${way}: the graph cannot be followed (${one.lost})`);
    return x && y ? { x, y, source: 'probe' as const } : tileGeometry(grid, probed.size);
  });
  return { geometry, notes };
}

/** The middles of equal tiles. */
export function tileGeometry(
  { height, width }: { height: number; width: number },
  size: { height: number; width: number },
): CellGeometry {
  const x: CellAxis = tileAxis(size.width, width);
  return { x, y: tileAxis(size.height, height), source: 'tiles' };
}
