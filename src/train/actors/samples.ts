// What the class scores are learnt from: one row a clip, and one a part of a mosaic: `[mean x, mean d]` over its cells and
// frames, with its class, or nothing. Rows of mosaics lie in the store under a key of their own, so that what was computed
// once is not computed again.
import { createHash } from 'node:crypto';
import type { FeatureExtractor } from '../../backbone/index.js';
import { classIndicesOf, type ClipStore, type StoredClip } from '../../data/index.js';
import { Random } from '../../random.js';
import { float32, type Tensor } from '../../tensor.js';
import { composeMosaic, type Mosaic, type MosaicPart } from './mosaics.js';
import { changesOf, regionMean, rootsOf, type ScaleRange } from './scaleFeatures.js';

/** One row `[2F]` and its class, its classes, or `K` for nothing. */
export interface ActorSample {
  row: Float64Array;
  label: number | readonly number[];
}

/** Raise it when mosaics or their rows change: stored ones are then made anew. */
const mosaicVersion = 2;

/** What a picture says, and each of its parts: the mean of roots and of changes over its cells and all frames, `[2F]`. */
export function rowsOf(
  features: Tensor,
  scale: ScaleRange,
  parts: readonly (((cell: number) => boolean) | undefined)[] = [undefined],
): Float64Array[] {
  const x = rootsOf(features, scale);
  const d = changesOf(x);
  return parts.map((isIn) => Float64Array.of(...regionMean(x, isIn), ...regionMean(d, isIn)));
}

/** Where mosaics are made and kept. */
export interface MosaicSource {
  clips: readonly StoredClip[];
  /** Frames uint8 `[n,H,W,3]` of a clip, by its place in `clips`. */
  framesOf: (clip: number) => Promise<Uint8Array>;
  extractor: Pick<FeatureExtractor, 'extract' | 'preprocessing' | 'identity'>;
  store: ClipStore;
  scale: ScaleRange;
  /** The middles of a grid's columns and rows in shares of the picture. */
  centres: { x: readonly number[]; y: readonly number[] };
  frames: number;
  classes: number;
}

/** The rows of one mosaic, from the store or made now. */
export async function mosaicSamples(mosaic: Mosaic, source: MosaicSource): Promise<ActorSample[]> {
  const { store, clips, classes } = source;
  const key = keyOf(mosaic, source);
  const known = await store.readVerified(key);
  const rows = known?.tensors.rows ?? (await makeRows(mosaic, source));
  if (!known) await store.write(key, { rows });
  const length = rows.shape[1]!;
  return mosaic.parts.map(({ clip, state }, i) => ({
    row: Float64Array.from(rows.data.subarray(i * length, (i + 1) * length) as Float32Array),
    label: state === 'acts' ? classIndicesOf(clips[clip]!) : classes,
  }));
}

/** Frames of a mosaic: half of a clip's, one after another, so that change is that of clips, and twice as many can be seen. */
function mosaicFrames(frames: number): number {
  return Math.max(Math.min(frames, 2), frames >> 1);
}

async function makeRows(mosaic: Mosaic, source: MosaicSource): Promise<Tensor> {
  const { extractor, scale, centres, frames: n } = source;
  const { size } = extractor.preprocessing;
  const random = Random.from(mosaic.seed, 'mosaic');
  const frames = mosaicFrames(n);
  const from = random.integer(0, n - frames + 1) * size.width * size.height * 3;
  const pictures = new Map<number, Uint8Array>();
  for (const { clip } of mosaic.parts) pictures.set(clip, (await source.framesOf(clip)).subarray(from));
  const data = composeMosaic(mosaic, (clip) => pictures.get(clip)!, { frames, size, random });
  const shape = [frames, size.height, size.width, 3];
  const own = await extractor.extract({ dtype: 'uint8', shape, data }, scale);
  const whole = { start: 0, end: scale.end - scale.start };
  const inParts = mosaic.parts.map((part) => cellsOf(part, centres));
  const rows = rowsOf(own, whole, inParts);
  const length = rows[0]!.length;
  const all = new Float32Array(rows.length * length);
  rows.forEach((row, i) => all.set(row, i * length));
  return float32(all, [rows.length, length]);
}

/** Whether a cell looks at a part of the picture. */
function cellsOf(
  { x, y, width, height }: MosaicPart,
  centres: MosaicSource['centres'],
): (cell: number) => boolean {
  const columns = centres.x.length;
  return (cell) => {
    const [cx, cy] = [centres.x[cell % columns]!, centres.y[Math.floor(cell / columns)]!];
    return cx >= x && cx < x + width && cy >= y && cy < y + height;
  };
}

function keyOf({ parts, seed }: Mosaic, { clips, extractor, scale, frames }: MosaicSource): string {
  const facts = {
    ...{ kind: 'mosaic', mosaicVersion, seed, scale, frames, backbone: extractor.identity },
    parts: parts.map((part) => ({ ...part, clip: clips[part.clip]!.key })),
  };
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 40);
}
