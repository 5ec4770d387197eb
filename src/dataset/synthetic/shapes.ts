// Outlines of the things on stage, in their own units: a closed path around the origin.
// The actor and the distractors are of the same kinds, so that a shape alone says nothing.

/** A point `[x, y]`, y downwards. */
export type Point = readonly [number, number];

/** The kinds of outline. */
export const kinds = ['disc', 'square', 'triangle', 'star', 'hexagon', 'cross'] as const;
export type Kind = (typeof kinds)[number];

/** `corners` points on circles of the given radii, in turn; the first one points upwards. */
function polygon(corners: number, ...radii: number[]): Point[] {
  return Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * i) / corners - Math.PI / 2;
    const radius = radii[i % radii.length]!;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

const arm = 0.36; // half the width of the cross's arms
const cross: Point[] = [
  [-arm, -1], [arm, -1], [arm, -arm], [1, -arm], [1, arm], [arm, arm],
  [arm, 1], [-arm, 1], [-arm, arm], [-1, arm], [-1, -arm], [-arm, -arm],
]; // prettier-ignore

const outlines: Record<Kind, Point[]> = {
  disc: polygon(40, 1),
  square: [[-1, -1], [1, -1], [1, 1], [-1, 1]], // prettier-ignore
  triangle: polygon(3, 1),
  star: polygon(10, 1, 0.5),
  hexagon: polygon(6, 1),
  cross,
};

/** The outline of `kind`, turned by `angle` radians and scaled so that its bounding box has the area `side^2`, centred on the origin. */
export function outline(kind: Kind, angle: number, side: number): Point[] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const turned = outlines[kind].map(([x, y]): Point => [c * x - s * y, s * x + c * y]);
  const [x0, y0, x1, y1] = bounds(turned);
  const scale = side / Math.sqrt((x1 - x0) * (y1 - y0));
  const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return turned.map(([x, y]): Point => [(x - cx) * scale, (y - cy) * scale]);
}

/** `[x0, y0, x1, y1]` around points. */
export function bounds(points: readonly Point[]): [number, number, number, number] {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
