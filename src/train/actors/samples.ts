// What the class scores are learnt from: one row a clip, and one a part of a mosaic: `[mean x, mean d]` over its cells and
// frames, with its class, or nothing. Rows of mosaics lie in the store under a key of their own, so that what was computed
// once is not computed again.
import { classIndicesOf } from '../../dataset/clipClasses.js';
import { kept } from '../../store/kept.js';
import { middles, placesIn } from '../../localize/cells.js';
import { framesOfPart } from '../../localize/looks.js';
import { Random } from '../../random.js';
import { float32, type Tensor } from '../../tensor.js';
import { composeMosaic, type Mosaic, type MosaicPart } from './mosaics.js';
import type { ScaleRange } from './scaleFeatures.js';
import { cellsOfFinest } from './scales.js';
import type { ActorSource, Seeing } from './seeing.js';

/** One row `[2F]` and its class, its classes, or `K` for nothing. */
export interface ActorSample {
  row: Float64Array;
  label: number | readonly number[];
}

/** Raise it when mosaics or their rows change: stored ones are then made anew. */
const mosaicVersion = 4;

/** What a picture says, and each of its parts: the mean of roots and of changes over its cells and all frames, `[2F]`. */
export function rowsOf(
  features: Tensor,
  { start, end }: ScaleRange,
  parts: readonly (((cell: number) => boolean) | undefined)[] = [undefined],
): Float64Array[] {
  const [frames, , height, width] = features.shape as [number, number, number, number];
  const cells = Array.from({ length: height * width }, (_, p) => p);
  const regions = parts.map((isIn) => Int32Array.from(isIn ? cells.filter(isIn) : cells));
  const rows = regions.map(() => new Float64Array(2 * (end - start)));
  const sums = { x: new Float64Array(cells.length), d: new Float64Array(cells.length) };
  for (let c = start; c < end; c++) {
    sumChannel(features, c, sums);
    for (const [r, region] of regions.entries()) {
      const places = frames * Math.max(1, region.length);
      rows[r]![c - start] = sumAt(sums.x, region) / places;
      rows[r]![end - 2 * start + c] = sumAt(sums.d, region) / places;
    }
  }
  return rows;
}

/**
 * Sums over the frames of one channel's roots and of their changes, at each cell: of each frame the mean of its steps to the frames
 * beside it. As `rootsOf` and `changesOf` have them, without keeping them.
 */
function sumChannel(
  { data, shape }: Tensor,
  channel: number,
  { x, d }: { x: Float64Array; d: Float64Array },
): void {
  const [frames, C] = shape as [number, number];
  const cells = x.length;
  const before = new Float64Array(cells);
  x.fill(0);
  d.fill(0);
  for (let i = 0; i < frames; i++) {
    const from = (i * C + channel) * cells;
    // A step counts half on both of its frames, whole on the first and the last of all, which have no other.
    const share = i === 0 ? 0 : (i === 1 ? 1 : 0.5) + (i === frames - 1 ? 1 : 0.5);
    for (let p = 0; p < cells; p++) {
      const value = data[from + p] as number;
      const root = value < 0 ? -Math.sqrt(-value) : Math.sqrt(value);
      x[p]! += root;
      d[p]! += share * Math.abs(root - before[p]!);
      before[p] = root;
    }
  }
}

function sumAt(values: Float64Array, places: Int32Array): number {
  let sum = 0;
  for (const p of places) sum += values[p]!;
  return sum;
}

/** Where mosaics are made and kept. */
export interface MosaicSource extends Pick<ActorSource, 'clips' | 'store' | 'frozen' | 'classes' | 'recipe'> {
  scale: ScaleRange;
  seeing: Pick<Seeing, 'framesOf' | 'see'>;
}

/** The rows of one mosaic, from the store or made now. */
export async function mosaicSamples(mosaic: Mosaic, source: MosaicSource): Promise<ActorSample[]> {
  const { store, clips, classes, scale, recipe, frozen } = source;
  const { parts, seed } = mosaic;
  const facts = {
    ...{ kind: 'mosaic', mosaicVersion, seed, scale, frames: recipe.frames, backbone: frozen.identity },
    parts: parts.map((part) => ({ ...part, clip: clips[part.clip]!.key })),
  };
  const { rows } = await kept(store, facts, async () => ({ rows: await makeRows(mosaic, source) }));
  const length = rows!.shape[1]!;
  return parts.map(({ clip, state }, i) => ({
    row: Float64Array.from(rows!.data.subarray(i * length, (i + 1) * length) as Float32Array),
    label: state === 'acts' ? classIndicesOf(clips[clip]!) : classes,
  }));
}

/** A mosaic shows a quarter of a clip's frames: many mosaics tell more than long ones. */
const mosaicParts = 4;

async function makeRows(mosaic: Mosaic, { recipe, frozen, scale, seeing }: MosaicSource): Promise<Tensor> {
  const { size } = frozen;
  const random = Random.from(mosaic.seed, 'mosaic');
  const frames = framesOfPart(recipe.frames, mosaicParts);
  const from = random.integer(0, recipe.frames - frames + 1) * size.width * size.height * 3;
  const pictures = new Map<number, Uint8Array>();
  for (const { clip } of mosaic.parts) pictures.set(clip, (await seeing.framesOf(clip)).subarray(from));
  const data = composeMosaic(mosaic, (clip) => pictures.get(clip)!, { frames, size, random });
  const features = await seeing.see(data);
  const [, channels, height, width] = features.shape as [number, number, number, number];
  const cells = cellsOfFinest(frozen);
  const centres = { x: middles(width, cells?.x), y: middles(height, cells?.y) };
  const inParts = mosaic.parts.map((part) => cellsOf(part, centres));
  const rows = rowsOf(features, { start: 0, end: channels }, inParts);
  return float32(Float32Array.from(rows.flatMap((row) => [...row])), [
    rows.length,
    2 * (scale.end - scale.start),
  ]);
}

/** Whether a cell looks at a part of the picture; `centres` are the middles of columns and rows in shares of it. */
function cellsOf(
  { x, y, width, height }: MosaicPart,
  centres: { x: readonly number[]; y: readonly number[] },
): (cell: number) => boolean {
  const across = new Set(placesIn([x, x + width], centres.x));
  const down = new Set(placesIn([y, y + height], centres.y));
  const columns = centres.x.length;
  return (cell) => across.has(cell % columns) && down.has(Math.floor(cell / columns));
}
