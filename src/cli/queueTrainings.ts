// Folds, rows, trials and runs through a queue: the command is divided into as many parts as it has trainings, and a job is one.
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { usageError, WhereWhenError } from '../errors.js';
import type { Divided } from '../scale/index.js';
import type { QueuedCommand } from './queuedCommand.js';
import { makeByQueue } from './queueOption.js';
import type { Shell } from './shell.js';

/** A command that is done in parts by workers. */
export interface QueuedTrainings {
  address: string;
  /** As it was given. */
  out: string;
  /** How many trainings it is. */
  count: number;
  /** What one of them is called: `fold`, `row`. */
  noun: string;
  signal: AbortSignal;
}

/** Options that stay with the producer; those that take a value, and those that do not. */
const [own, ownAlone] = [
  ['--queue', '--out', '--device', '--threads'],
  ['--json', '--debug'],
];

/** Has workers train whatever is left, then joins; `gather` is what `--gather` does. Undefined where the signal came first. */
export async function trainByQueue<Summary>(
  shell: Shell,
  { address, out, count, noun, signal }: QueuedTrainings,
  gather: () => Promise<Summary>,
): Promise<Summary | undefined> {
  const settings: QueuedCommand = { words: wordsFor(shell.words), out, cwd: process.cwd() };
  const divided = await dividedTrainings(settings, count);
  const progress = shell.progress('training', `${noun}s`);
  const failed: Error[] = [];
  try {
    const { missing } = await makeByQueue(address, divided, {
      work: { kind: 'command', settings, folder: out },
      clipAt: (place) => ({
        path: resolve(out),
        name: `${noun} ${place + 1}`,
        part: `${place + 1}/${count}`,
      }),
      produce: { isBulk: true },
      onError: (error) => void failed.push(error),
      ...{ progress, signal },
    });
    progress.stop();
    for (const error of failed) shell.say(`failed: ${error.message}`);
    if (failed.length > 0) throw failed[0];
    if (missing > 0) return undefined;
  } finally {
    progress.stop();
  }
  return gatherOrForget(divided, gather);
}

/** Throws `usage` for what cannot be asked of workers. */
export function requireQueued({ queue, overwrite }: { queue?: string; overwrite?: boolean }): void {
  if (queue !== undefined && overwrite)
    throw usageError(
      '--queue',
      'to stand without --overwrite',
      'both',
      'remove the folder first: workers would take away what others have made',
    );
}

/** The command's words but for those that stay with the producer. */
export function wordsFor(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (own.includes(word)) i++;
    else if (!ownAlone.includes(word) && !own.some((name) => word.startsWith(`${name}=`))) kept.push(word);
  }
  return kept;
}

async function dividedTrainings(settings: QueuedCommand, count: number): Promise<Divided> {
  const { hashOf, piecesFolder } = await import('../scale/index.js');
  const { words, out } = settings;
  return {
    folder: piecesFolder(join(out, 'parts'), { version: 1, queued: words, count }),
    keys: Array.from({ length: count }, (_, place) => hashOf(`${place + 1}/${count}`)),
  };
}

/** What was made and is gone since is made again by the next command. */
async function gatherOrForget<Summary>(divided: Divided, gather: () => Promise<Summary>): Promise<Summary> {
  try {
    return await gather();
  } catch (error) {
    if (error instanceof WhereWhenError && error.code === 'missing')
      await rm(divided.folder, { recursive: true, force: true });
    throw error;
  }
}
