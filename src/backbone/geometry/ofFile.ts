// Where the cells of an ONNX file's outputs look: as a model keeps it, by the file's graph, or by asking the network.
import { formatError } from '../../errors.js';
import type { Alignment, CellGeometry } from '../../model/index.js';
import type { Tensor } from '../../tensor.js';
import { extractorOf, type ExtractorParts } from '../extractor.js';
import { completeGeometry, tileGeometry, type Found } from './find.js';
import type { OnnxSource } from '../onnx/source.js';
import { geometryAt, type NamedGrid } from './fromOnnx.js';

/** What settings say of it. */
export interface FileSettings {
  file: string;
  alignment?: Alignment;
  geometry?: readonly CellGeometry[];
}

type FileNetwork = Omit<ExtractorParts, 'identity' | 'scales'>;

/** The geometry of each of `grids`, which are outputs of the file. */
export async function geometryOfFile(
  { geometry }: FileSettings,
  source: OnnxSource,
  grids: readonly NamedGrid[],
  network: FileNetwork,
): Promise<Found> {
  if (geometry?.length === grids.length) return { geometry: [...geometry], notes: [] };
  const { size } = network.preprocessing;
  const derived = geometryAt((await source.facts()).places, grids);
  return completeGeometry(derived, grids, { size, look: (frames) => eachOutput(network, grids, frames) });
}

/** The features of frames at each output by itself. */
async function eachOutput(
  network: FileNetwork,
  grids: readonly NamedGrid[],
  frames: Tensor,
): Promise<Tensor[]> {
  const features: Tensor[] = [];
  for (const [i, grid] of grids.entries()) {
    const scales = [{ ...grid, geometry: tileGeometry(grid, network.preprocessing.size) }];
    const outputs = [network.outputs[i]!];
    features.push(await extractorOf({ ...network, scales, outputs, identity: '' }).extract(frames));
  }
  return features;
}

/**
 * How the outputs are laid on each other: as the settings say, else at the places where their cells look if that is known of
 * all of them. Throws `format` where it is asked for and not known.
 */
export function alignmentFor(
  { file, alignment }: FileSettings,
  geometry: readonly CellGeometry[],
): Alignment {
  const isKnown = geometry.every(({ source }) => source !== 'tiles');
  if (geometry.length === 1) return 'tiles';
  if (alignment !== 'centres' || isKnown) return alignment ?? (isKnown ? 'centres' : 'tiles');
  throw formatError(
    file,
    'outputs of which it is known where their cells look',
    'at least one that tells it neither by its graph nor when it is measured',
    "alignment 'tiles' lays them on each other as equal tiles",
  );
}
