// What the clips of a training look like, beside its model: `familiar.safetensors`. A model without it says nothing of the kind.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../atomicFile.js';
import { formatError } from '../errors.js';
import type { Familiarity } from '../infer/familiarity.js';
import { decodeSafetensors, encodeSafetensors } from '../model/index.js';
import { float32 } from '../tensor.js';

/** The name of the file in a model folder. */
export const familiarFile = 'familiar.safetensors';

/** Writes `mean [C]`, `directions [d,C]`, `variances [d]`, `rest [1]` and `limit [1]`; without any, no file stays. Throws `output`. */
export async function writeFamiliar(folder: string, known: Familiarity | undefined): Promise<void> {
  const path = join(folder, familiarFile);
  if (!known) return rm(path, { force: true });
  const numbers = (values: ArrayLike<number>, shape = [values.length]) =>
    float32(Float32Array.from(values), shape);
  const { mean, directions, variances, rest, limit } = known;
  const tensors = {
    mean: numbers(mean),
    directions: numbers(directions, [variances.length, mean.length]),
    variances: numbers(variances),
    rest: numbers([rest]),
    limit: numbers([limit]),
  };
  await writeAtomically(path, encodeSafetensors(tensors, {}));
}

/** Reads it; undefined where there is none. Throws `format`. */
export async function readFamiliar(folder: string): Promise<Familiarity | undefined> {
  const path = join(folder, familiarFile);
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes) return undefined;
  const { tensors } = decodeSafetensors(bytes, path);
  const of = (name: string): Float32Array =>
    (tensors[name]?.data as Float32Array | undefined) ?? new Float32Array();
  const [mean, directions, variances] = [of('mean'), of('directions'), of('variances')];
  const [[rest], [limit]] = [of('rest'), of('limit')];
  const isWhole = mean.length > 0 && directions.length === variances.length * mean.length;
  if (isWhole && rest !== undefined && rest > 0 && limit !== undefined && limit > 0)
    return { mean, directions, variances, rest, limit };
  throw formatError(
    path,
    'mean, directions, variances, rest and limit of pooled features',
    undefined,
    'delete the file, or train the model anew',
  );
}
