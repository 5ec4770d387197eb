// `log.jsonl` in the model folder: one line an epoch. A resumed run drops the lines of epochs that it
// makes again, so the file always tells one story.
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochRow } from '../epoch.js';
import { outputError, writeAtomically } from '../data/index.js';

/** What an epoch did. */
export type LogRow = EpochRow;

/** Where the log of a run lies. */
export function logFile(folder: string): string {
  return join(folder, 'log.jsonl');
}

/** Adds a line. Throws `output`. */
export async function appendLog(folder: string, row: LogRow): Promise<void> {
  try {
    await appendFile(logFile(folder), `${JSON.stringify(row)}\n`);
  } catch (cause) {
    throw outputError(logFile(folder), cause);
  }
}

/**
 * Keeps the lines of the first `epochs` epochs, of the second part where `isRefit` (the first is then whole); what a
 * killed process left half-written goes too.
 */
export async function trimLog(folder: string, epochs: number, isRefit = false): Promise<void> {
  const isKept = (row: LogRow): boolean =>
    row.isRefit ? isRefit && row.epoch <= epochs : isRefit || row.epoch <= epochs;
  const rows = (await readLog(folder)).filter(isKept);
  await writeAtomically(logFile(folder), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/** All whole lines of the log; none when there is no log. */
export async function readLog(folder: string): Promise<LogRow[]> {
  const text = await readFile(logFile(folder), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as LogRow];
    } catch {
      return []; // empty, or cut by a kill
    }
  });
}
