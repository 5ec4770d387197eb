// Who is asked for, and how often the network looks: the same options for each command that answers.
import { InvalidArgumentError, Option } from 'commander';
import { usageError } from '../errors.js';

/** What commander makes of `--class` and `--looks`. */
export interface LookOptions {
  class?: string[];
  looks?: 1 | 2;
}

/** `--class NAME`, several times; `all` for every class of the model. */
export function classOption(): Option {
  return new Option(
    '--class <name>',
    'say where this class is done, likely or not; several times, or all',
  ).argParser((name: string, before: string[] = []) => [...before, name]);
}

/** `--looks N` */
export function looksOption(): Option {
  return new Option(
    '--looks <n>',
    'how often the network looks: 2 looks again, closer, at what the first look found, for twice the time (default: as the model was trained)',
  ).argParser((text: string): 1 | 2 => {
    if (text === '1' || text === '2') return text === '1' ? 1 : 2;
    throw new InvalidArgumentError('expected 1 or 2');
  });
}

/** The classes that are asked for. Throws `usage` for one that the model does not know. */
export function askedClasses(names: readonly string[] = [], known: readonly string[]): readonly string[] {
  if (names.includes('all')) return known;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw usageError('--class', `a class of the model (${known.join(', ')}), or all`, unknown);
}
