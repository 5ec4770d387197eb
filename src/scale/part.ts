// Which process does what, with no server: every process lists the same work and takes its part of it. Work is laid in the
// order of a hash of its content and dealt out like cards, so parts differ by one piece at most, equal content comes to one
// process, and all processes agree without a word.
import { createHash } from 'node:crypto';
import { usageError, WhereWhenError } from '../errors.js';
import type { Environment } from '../environment.js';

/** The part of one process: `index` in 1 .. `of`. */
export interface Part {
  index: number;
  of: number;
}

/** The whole, as one part. */
export const wholePart: Part = { index: 1, of: 1 };

const FORM = 'i/N with i in 1 .. N, auto, or auto/N';

/**
 * `2/8`, or where an engine numbers the processes: `auto`, the place of a task in its Slurm array, whatever its numbers are;
 * `auto/8`, the index that counts from 0 of a Kubernetes indexed job, or of a Slurm array `0-7`. Throws `usage`.
 */
export function parsePart(text: string, environment: Environment = process.env): Part {
  const [, index, of] = /^(\d+|auto)(?:\/(\d+))?$/.exec(text) ?? [];
  if (index === undefined) throw wrong(FORM, text);
  if (index !== 'auto') {
    if (of === undefined) throw wrong(FORM, text);
    return checkedPart({ index: Number(index), of: Number(of) }, text);
  }
  if (of === undefined) return arrayPart(environment);
  const counted = environment.JOB_COMPLETION_INDEX ?? environment.SLURM_ARRAY_TASK_ID;
  if (counted === undefined) throw noEngine('JOB_COMPLETION_INDEX or SLURM_ARRAY_TASK_ID');
  const told = `index ${counted}, counted from 0, of ${of}`;
  return checkedPart({ index: wholeNumber('the index', counted) + 1, of: Number(of) }, told);
}

/** The place of a task in its Slurm array: its numbers may begin anywhere and go by steps, but not jump. */
function arrayPart(environment: Environment): Part {
  const { JOB_COMPLETION_INDEX: kubernetes, SLURM_ARRAY_TASK_ID: id } = environment;
  if (kubernetes !== undefined && id === undefined)
    throw wrong('auto/N, N being the completions of the job', `auto, and the index ${kubernetes} alone`);
  if (id === undefined) throw noEngine('SLURM_ARRAY_TASK_ID');
  const numberOf = (name: string, usual?: string): number =>
    wholeNumber(name, environment[name] ?? usual ?? 'nothing');
  const [of, least] = [numberOf('SLURM_ARRAY_TASK_COUNT'), numberOf('SLURM_ARRAY_TASK_MIN')];
  const [most, step] = [
    numberOf('SLURM_ARRAY_TASK_MAX', `${least + of - 1}`),
    numberOf('SLURM_ARRAY_TASK_STEP', '1'),
  ];
  const numbers = `numbers ${least} to ${most} by ${step}, ${of} of them`;
  if (step < 1 || (most - least) / step + 1 !== of)
    throw wrong('a Slurm array whose numbers do not jump, as 0-7 or 10-80:10, or auto/N', numbers);
  return checkedPart(
    { index: (wholeNumber('SLURM_ARRAY_TASK_ID', id) - least) / step + 1, of },
    `task ${id} of ${numbers}`,
  );
}

function checkedPart(part: Part, told: string): Part {
  const { index, of } = part;
  if (Number.isSafeInteger(index) && Number.isSafeInteger(of) && index >= 1 && index <= of) return part;
  throw wrong(FORM, told);
}

function wholeNumber(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw wrong(`a whole number in ${name}`, text);
}

function noEngine(names: string): WhereWhenError {
  return wrong(
    `${names} in the environment, as an engine sets it`,
    'none',
    'without one: --part 1/4, --part 2/4, ...',
  );
}

function wrong(expected: string, received: string, hint?: string): WhereWhenError {
  return usageError('--part', expected, received, hint);
}

/** `part 2/8` */
export function tellPart({ index, of }: Part): string {
  return `part ${index}/${of}`;
}

/** SHA-256 (hex) of what a piece of work is. */
export function hashOf(...facts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/**
 * Which of the pieces of work belong to a part, rising places in `keys`; a key is a hash of a piece's content. Every piece is
 * in one part; the parts of distinct keys differ by one key at most.
 */
export function dealt(keys: readonly string[], { index, of }: Part): number[] {
  const ranks = new Map([...new Set(keys)].sort().map((key, rank) => [key, rank]));
  return keys.flatMap((key, place) => (ranks.get(key)! % of === index - 1 ? [place] : []));
}
