// What a campaign is asked for, and what it tells.
import { parseArgs } from 'node:util';
import { usageError } from '../../src/errors.js';

/** The campaigns. */
export const KINDS = ['fuzz', 'kill', 'soak', 'faults'] as const;
/** One of them. */
export type Kind = (typeof KINDS)[number];

/** What is asked for. */
export interface CampaignOptions {
  kind: Kind;
  seed: number;
  /** Cases of each door or target. */
  count: number;
  /** Minutes after which it ends, whatever was reached. */
  minutes: number;
  /** Doors or targets; none: all. */
  doors: string[];
  /** The file that it goes on from. */
  log: string;
}

/** A line of the table at the end. */
export interface Row {
  name: string;
  runs: number;
  result: string;
  /** What should not have been. */
  finds: string[];
}

const COUNTS: Record<Kind, number> = { fuzz: 1000, kill: 5, soak: 10_000, faults: 1 };

/** Reads the command line. Throws `usage`. */
export function readOptions(args: readonly string[]): CampaignOptions {
  const option = { type: 'string' } as const;
  const options = { seed: option, count: option, minutes: option, doors: option, log: option };
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const kind = KINDS.find((one) => one === positionals[0]);
  if (kind === undefined || positionals.length > 1)
    throw usageError('campaign', KINDS.join(', '), positionals.join(' ') || 'nothing');
  const seed = numberOf('--seed', values.seed, 1);
  return {
    kind,
    seed,
    count: numberOf('--count', values.count, COUNTS[kind]),
    minutes: numberOf('--minutes', values.minutes, 60),
    doors: values.doors?.split(',') ?? [],
    log: values.log ?? `out/campaign/${kind}-${seed}.jsonl`,
  };
}

function numberOf(name: string, text: string | undefined, usual: number): number {
  const value = text === undefined ? usual : Number(text);
  if (!(value >= 0 && Number.isFinite(value))) throw usageError(name, 'a number of 0 or more', text);
  return value;
}

/** Throws `usage` for a name that is none of `known`. */
export function requireKnown(names: readonly string[], known: readonly string[]): void {
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined) throw usageError('--doors', known.join(', '), wrong);
}
