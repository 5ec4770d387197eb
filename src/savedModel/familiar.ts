// What the clips of a training look like, beside its model: `familiar.safetensors`. A model without it says nothing of the kind.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../atomicFile.js';
import { formatError } from '../errors.js';
import type { FamiliarFrames, Familiarity, LogLaw, PooledStatistics } from '../infer/familiarity.js';
import { decodeSafetensors, encodeSafetensors } from '../model/index.js';
import { float32, type Tensor, type Tensors } from '../tensor.js';

/** The name of the file in a model folder. */
export const familiarFile = 'familiar.safetensors';

const framesPrefix = 'frames.';

/**
 * Writes `mean [C]`, `directions [d,C]`, `variances [d]`, `rest [1]` and `limit [1]`, and the same of single frames under `frames.`,
 * with `distances [2]` and `changes [2]`, middle and spread, for `limit`; without any, no file stays. Throws `output`.
 */
export async function writeFamiliar(folder: string, known: Familiarity | undefined): Promise<void> {
  const path = join(folder, familiarFile);
  if (!known) return rm(path, { force: true });
  const { limit, frames, ...whole } = known;
  const tensors = {
    ...tensorsOf(whole),
    limit: numbers([limit]),
    ...(frames && { ...tensorsOf(frames, framesPrefix), ...lawsOf(frames) }),
  };
  await writeAtomically(path, encodeSafetensors(tensors, {}));
}

function lawsOf({ distances, changes }: FamiliarFrames): Tensors {
  return {
    [`${framesPrefix}distances`]: numbers([distances.middle, distances.spread]),
    ...(changes && { [`${framesPrefix}changes`]: numbers([changes.middle, changes.spread]) }),
  };
}

function tensorsOf({ mean, directions, variances, rest }: PooledStatistics, prefix = ''): Tensors {
  return {
    [`${prefix}mean`]: numbers(mean),
    [`${prefix}directions`]: numbers(directions, [variances.length, mean.length]),
    [`${prefix}variances`]: numbers(variances),
    [`${prefix}rest`]: numbers([rest]),
  };
}

function numbers(values: ArrayLike<number>, shape = [values.length]): Tensor {
  return float32(Float32Array.from(values), shape);
}

/** Reads it; undefined where there is none. Throws `format`. */
export async function readFamiliar(folder: string): Promise<Familiarity | undefined> {
  const path = join(folder, familiarFile);
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes) return undefined;
  const { tensors } = decodeSafetensors(bytes, path);
  const whole = statisticsOf(tensors);
  const limit = numberOf(tensors, 'limit');
  const frames = `${framesPrefix}mean` in tensors ? framesOf(tensors) : undefined;
  if (whole && limit !== undefined && limit > 0 && frames !== null)
    return { ...whole, limit, ...(frames && { frames }) };
  throw formatError(
    path,
    'mean, directions, variances, rest and limit of pooled features',
    undefined,
    'delete the file, or train the model anew',
  );
}

/** Null where they are not whole. */
function framesOf(tensors: Tensors): FamiliarFrames | null {
  const known = statisticsOf(tensors, framesPrefix);
  const distances = lawOf(tensors, 'distances');
  const changes = `${framesPrefix}changes` in tensors ? lawOf(tensors, 'changes') : undefined;
  return known && distances && changes !== null ? { ...known, distances, ...(changes && { changes }) } : null;
}

function lawOf(tensors: Tensors, name: string): LogLaw | null {
  const [middle, spread] = (tensors[framesPrefix + name]?.data ?? []) as ArrayLike<number> & Iterable<number>;
  return middle !== undefined && spread !== undefined && spread > 0 ? { middle, spread } : null;
}

function statisticsOf(tensors: Tensors, prefix = ''): PooledStatistics | undefined {
  const of = (name: string): Float32Array =>
    (tensors[prefix + name]?.data as Float32Array | undefined) ?? new Float32Array();
  const [mean, directions, variances] = [of('mean'), of('directions'), of('variances')];
  const rest = numberOf(tensors, `${prefix}rest`);
  const isWhole = mean.length > 0 && directions.length === variances.length * mean.length;
  return isWhole && rest !== undefined && rest > 0 ? { mean, directions, variances, rest } : undefined;
}

function numberOf(tensors: Tensors, name: string): number | undefined {
  return (tensors[name]?.data as Float32Array | undefined)?.[0];
}
