// Connected regions of the pixels above a threshold.

/** One region: its bounding rectangle in pixels (`x1`, `y1` are outer edges), size, mass above the threshold, peak. */
export interface Region {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  area: number;
  mass: number;
  peak: number;
}

/**
 * The 8-connected regions of `[height, width]` whose values lie above `threshold`, in reading order of their
 * first pixel. Diagonal neighbours touch, as in the contour finder that the released scripts call.
 */
export function regions(map: ArrayLike<number>, height: number, width: number, threshold: number): Region[] {
  const seen = new Uint8Array(height * width);
  const stack = new Int32Array(height * width);
  const found: Region[] = [];
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] || !(map[start]! > threshold)) continue;
    found.push(fill(start));
  }
  return found;

  function fill(start: number): Region {
    const region: Region = { x0: width, y0: height, x1: 0, y1: 0, area: 0, mass: 0, peak: -Infinity };
    let top = 0;
    stack[top++] = start;
    seen[start] = 1;
    while (top > 0) {
      const at = stack[--top]!;
      const x = at % width;
      const y = (at - x) / width;
      add(region, x, y, map[at]!, threshold);
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const next = ny * width + nx;
          if (seen[next] || !(map[next]! > threshold)) continue;
          seen[next] = 1;
          stack[top++] = next;
        }
      }
    }
    return region;
  }
}

function add(region: Region, x: number, y: number, value: number, threshold: number): void {
  region.x0 = Math.min(region.x0, x);
  region.y0 = Math.min(region.y0, y);
  region.x1 = Math.max(region.x1, x + 1);
  region.y1 = Math.max(region.y1, y + 1);
  region.area++;
  region.mass += value - threshold;
  region.peak = Math.max(region.peak, value);
}

/** What makes one region beat another. */
export type RegionRule = 'rectangle' | 'peak' | 'mass';

/** The number by which a rule ranks regions; larger is better. */
export function regionValue(region: Region, rule: RegionRule): number {
  if (rule === 'rectangle') return (region.x1 - region.x0) * (region.y1 - region.y0);
  return rule === 'peak' ? region.peak : region.mass;
}
