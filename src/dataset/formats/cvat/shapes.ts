// CVAT's shapes on a frame as boxes: rectangles (turned ones too), polygons, polylines, points, ellipses, cuboids, masks
// and skeletons each become the box around them.
import { z } from 'zod';
import type { Box } from '../../../result.js';
import type { KeyBox } from '../interpolate.js';

const number = z
  .string()
  .regex(/^-?\d+(\.\d+)?(e[-+]?\d+)?$/i, 'expected a number')
  .transform(Number)
  .refine(Number.isFinite, 'expected a finite number');
const flag = z.enum(['0', '1']).default('0');
const Attribute = z.object({ '@name': z.string(), '#text': z.coerce.string().default('') });
const common = { '@frame': number, '@outside': flag, attribute: z.array(Attribute).default([]) };
const points = z.string().regex(/^[^;]+(;[^;]+)*$/, 'expected points x,y;x,y');

const BoxElement = z
  .object({
    ...common,
    '@xtl': number,
    '@ytl': number,
    '@xbr': number,
    '@ybr': number,
    '@rotation': number.optional(),
  })
  .refine(
    (b) => b['@xbr'] >= b['@xtl'] && b['@ybr'] >= b['@ytl'],
    'a box must have xtl <= xbr and ytl <= ybr',
  );
const PointsElement = z.object({ ...common, '@points': points });
const EllipseElement = z.object({ ...common, '@cx': number, '@cy': number, '@rx': number, '@ry': number });
const MaskElement = z.object({
  ...common,
  '@left': number,
  '@top': number,
  '@width': number,
  '@height': number,
});
const CuboidElement = z.looseObject(common);
const SkeletonElement = z.object({
  ...common,
  points: z.array(z.object({ '@outside': flag, '@points': points })).default([]),
});

/** Elements of a track, each a list. */
export const CvatShapes = {
  box: z.array(BoxElement).default([]),
  polygon: z.array(PointsElement).default([]),
  polyline: z.array(PointsElement).default([]),
  points: z.array(PointsElement).default([]),
  ellipse: z.array(EllipseElement).default([]),
  cuboid: z.array(CuboidElement).default([]),
  mask: z.array(MaskElement).default([]),
  skeleton: z.array(SkeletonElement).default([]),
};
/** The XML elements that may stand several times. */
export const SHAPE_NAMES = Object.keys(CvatShapes);
type CvatShapes = { [Name in keyof typeof CvatShapes]: z.infer<(typeof CvatShapes)[Name]> };

/** A drawn box with the values of the track's attributes there. */
export interface ShapeKey extends KeyBox {
  values: ReadonlyMap<string, string>;
}

/** The drawn boxes of a track, and how many came from each other shape. */
export function keysOf(shapes: CvatShapes): { keys: ShapeKey[]; others: Map<string, number> } {
  const others = new Map<string, number>();
  const keys: ShapeKey[] = [];
  const add = (shape: z.infer<z.ZodObject<typeof common>>, box: Box | undefined): void => {
    if (!box) return;
    const values = new Map(shape.attribute.map((one) => [one['@name'], one['#text'].trim()]));
    keys.push({ frame: shape['@frame'], isShown: shape['@outside'] === '0', box, values });
  };
  for (const one of shapes.box) add(one, turned(one));
  for (const [name, boxOf] of OTHERS) {
    for (const one of shapes[name]) add(one, boxOf(one as never));
    if (shapes[name].length > 0) others.set(name, shapes[name].length);
  }
  return { keys, others };
}

const OTHERS: readonly [Exclude<keyof CvatShapes, 'box'>, (shape: never) => Box | undefined][] = [
  ['polygon', ({ '@points': p }: z.infer<typeof PointsElement>) => around(pairs(p))],
  ['polyline', ({ '@points': p }: z.infer<typeof PointsElement>) => around(pairs(p))],
  ['points', ({ '@points': p }: z.infer<typeof PointsElement>) => around(pairs(p))],
  [
    'ellipse',
    (e: z.infer<typeof EllipseElement>) =>
      around([
        [e['@cx'] - e['@rx'], e['@cy'] - e['@ry']],
        [e['@cx'] + e['@rx'], e['@cy'] + e['@ry']],
      ]),
  ],
  ['cuboid', (c: z.infer<typeof CuboidElement>) => around(corners(c))],
  [
    'mask',
    (m: z.infer<typeof MaskElement>) => [
      m['@left'],
      m['@top'],
      m['@left'] + m['@width'],
      m['@top'] + m['@height'],
    ],
  ],
  [
    'skeleton',
    (s: z.infer<typeof SkeletonElement>) =>
      around(s.points.filter((p) => p['@outside'] === '0').flatMap((p) => pairs(p['@points']))),
  ],
];

/** A rectangle turned by `rotation` degrees about its middle: the upright box around it. */
function turned(b: z.infer<typeof BoxElement>): Box {
  const [x0, y0, x1, y1] = [b['@xtl'], b['@ytl'], b['@xbr'], b['@ybr']];
  const angle = ((b['@rotation'] ?? 0) * Math.PI) / 180;
  if (angle === 0) return [x0, y0, x1, y1];
  const [cx, cy, w, h] = [(x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2];
  const [c, s] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  return [cx - w * c - h * s, cy - w * s - h * c, cx + w * c + h * s, cy + w * s + h * c];
}

function pairs(text: string): [number, number][] {
  return text.split(';').map((pair) => {
    const [x = NaN, y = NaN] = pair.split(',').map(Number);
    return [x, y];
  });
}

/** A cuboid's eight corners: `xtl1`, `ytl1`, `xbl1`, ... */
function corners(cuboid: Readonly<Record<string, unknown>>): [number, number][] {
  const at = (letter: string): number[] =>
    Object.entries(cuboid)
      .filter(([name]) => new RegExp(`^@${letter}[tb][lr][12]$`).test(name))
      .map(([, value]) => Number(value));
  const [xs, ys] = [at('x'), at('y')];
  return xs.map((x, i) => [x, ys[i] ?? NaN]);
}

/** The box around points; undefined for none. */
function around(places: readonly (readonly [number, number])[]): Box | undefined {
  if (places.length === 0) return undefined;
  const [xs, ys] = [places.map(([x]) => x), places.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
