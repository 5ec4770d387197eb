// What was taught as one zip. The same content gives the same bytes.
import { zipSync, type Zippable } from 'fflate';
import { usageError } from '../../errors.js';
import type { TeachBackbone } from '../backbone.js';
import type { Taught } from '../options.js';
import { TakeFacts } from '../take.js';
import { modelFilesOf } from '../taught.js';
import { hashOf } from '../weights.js';
import { clipName, mostZipBytes, tableName, zipNames, type TeachTable } from './form.js';

/** A take with its film. */
export interface ZippedTake extends TakeFacts {
  /** The bytes of the video file that `id` names. */
  clip: Uint8Array;
}

/** What a zip holds. */
export interface TeachZip {
  /** Absent where nothing was learnt yet. */
  model?: Pick<Taught, 'config' | 'tensors'>;
  takes: readonly ZippedTake[];
  backbone: TeachBackbone;
  /** The bytes of `backbone.onnx`, so that the zip needs nothing beside it. */
  network?: Uint8Array;
  /** Parts of the recipe that differ from the usual ones. */
  recipe?: Record<string, unknown>;
}

const encode = (value: unknown): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);

/** The first moment that a zip can name: files of a zip say when they were written, and ours do not. */
const noTime = new Date(1980, 0, 1);

/** The bytes of the zip. Throws `usage` for takes of one name, and for more bytes than a page can hold. */
export function writeTeachZip({ model, takes, backbone, network, recipe = {} }: TeachZip): Uint8Array {
  const files: Record<string, Uint8Array> = { [zipNames.backbone]: encode(backbone) };
  if (network) files[zipNames.network] = network;
  if (model) {
    const { 'config.json': config, 'model.safetensors': weights } = modelFilesOf(model);
    Object.assign(files, { [zipNames.config]: config, [zipNames.weights]: weights });
  }
  for (const take of takes) {
    if (clipName(take) in files) throw usageError('teach zip: takes', 'another `id` for each', take.id);
    files[clipName(take)] = take.clip;
  }
  const all = Object.values(files).reduce((sum, { length }) => sum + length, 0);
  if (all > mostZipBytes) throw usageError('teach zip', `at most ${mostZipBytes} bytes`, `${all}`);
  const table: TeachTable = {
    ...{ version: 1, takes: takes.map(({ clip, ...facts }) => (void clip, facts)), recipe },
    files: Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [name, { bytes: bytes.length, sha256: hashOf(bytes) }]),
    ),
  };
  const zipped: Zippable = { [tableName]: encode(table) };
  // Films and networks do not get smaller; weights hardly do.
  for (const [name, bytes] of Object.entries(files)) zipped[name] = [bytes, { level: 0 }];
  return zipSync(zipped, { level: 6, mtime: noTime });
}
