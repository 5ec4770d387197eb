// `log.jsonl` in the model folder: one line an epoch. A resumed run drops the lines of epochs that it
// makes again, so the file always tells one story.
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EpochRow, runFiles } from '../../epoch.js';
import { writeError, writeAtomically } from '../../atomicFile.js';

/** What an epoch did. */
export type LogRow = EpochRow;

/** Where the log of a run lies. */
export function logFile(folder: string): string {
  return join(folder, runFiles.log);
}

/** Adds a line. Throws `output`. */
export async function appendLog(folder: string, row: LogRow): Promise<void> {
  try {
    await appendFile(logFile(folder), `${JSON.stringify(row)}\n`);
  } catch (cause) {
    throw writeError(logFile(folder), cause);
  }
}

/**
 * Keeps the lines of the first `epochs` epochs, of the second part where `isRefit` (the first is then whole), and gives
 * them; what a killed process left half-written goes too.
 */
export async function trimLog(folder: string, epochs: number, isRefit = false): Promise<LogRow[]> {
  const rows = (await readLog(folder)).filter((row) => isBehind(row, epochs, isRefit));
  await writeAtomically(logFile(folder), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return rows;
}

/** Is a line of an epoch that a run has behind it? */
export function isBehind(line: { epoch: number; isRefit?: true }, epochs: number, isRefit: boolean): boolean {
  return line.isRefit ? isRefit && line.epoch <= epochs : isRefit || line.epoch <= epochs;
}

/** All whole lines of the log; none when there is no log. */
export async function readLog(folder: string): Promise<LogRow[]> {
  const text = await readFile(logFile(folder), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      const row: unknown = JSON.parse(line);
      EpochRow.parse(row);
      return [row as LogRow]; // with what the form does not name
    } catch {
      return []; // empty, cut by a kill, or no row of an epoch
    }
  });
}
