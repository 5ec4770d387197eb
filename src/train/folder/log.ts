// `log.jsonl` in the model folder: one line an epoch. A resumed run drops the lines of epochs that it
// makes again, so the file always tells one story.
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EpochRow, runFiles } from '../../epoch.js';
import { writeError, writeAtomically } from '../../atomicFile.js';
import { readTimes } from './times.js';

/** What an epoch did, and the seconds of computing before it ended. */
export type LogRow = EpochRow & { seconds: number };

/** Where the log of a run lies. */
export function logFile(folder: string): string {
  return join(folder, runFiles.log);
}

/** Adds a line, without its seconds: those lie in `times.jsonl`. Throws `output`. */
export async function appendLog(folder: string, row: EpochRow): Promise<void> {
  try {
    await appendFile(logFile(folder), `${JSON.stringify({ ...row, seconds: undefined })}\n`);
  } catch (cause) {
    throw writeError(logFile(folder), cause);
  }
}

/**
 * Keeps the lines of the first `epochs` epochs, of the second part where `isRefit` (the first is then whole), and gives
 * them; what a killed process left half-written goes too.
 */
export async function trimLog(folder: string, epochs: number, isRefit = false): Promise<EpochRow[]> {
  const rows = (await readRows(folder)).filter((row) => isBehind(row, epochs, isRefit));
  await writeAtomically(logFile(folder), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return rows;
}

/** Is a line of an epoch that a run has behind it? */
export function isBehind(line: { epoch: number; isRefit?: true }, epochs: number, isRefit: boolean): boolean {
  return line.isRefit ? isRefit && line.epoch <= epochs : isRefit || line.epoch <= epochs;
}

/** Of how many of the first `last` epochs of its part, from 1 on, a run has no line. */
export function lackingLines(
  lines: readonly { epoch: number; isRefit?: true }[],
  last: number,
  isRefit = false,
): number {
  const own = lines.filter((line) => (line.isRefit ?? false) === isRefit);
  const known = new Set(own.map(({ epoch }) => epoch));
  let lacking = 0;
  for (let epoch = 1; epoch <= last; epoch++) lacking += Number(!known.has(epoch));
  return lacking;
}

/** All whole lines of the log, with the seconds that the run had computed then; none when there is no log. */
export async function readLog(folder: string): Promise<LogRow[]> {
  const ended = (await readTimes(folder)).filter(({ step }) => step === 0);
  const secondsAt = new Map(ended.map((one) => [placeOf(one), one.seconds]));
  return (await readRows(folder)).map((row) => ({
    ...row,
    seconds: row.seconds ?? secondsAt.get(placeOf(row)) ?? 0, // earlier versions wrote them into the row
  }));
}

function placeOf({ epoch, isRefit = false }: { epoch: number; isRefit?: boolean }): string {
  return `${isRefit}/${epoch}`;
}

/** The lines as they were written. */
async function readRows(folder: string): Promise<EpochRow[]> {
  const text = await readFile(logFile(folder), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      const row: unknown = JSON.parse(line);
      EpochRow.parse(row);
      return [row as EpochRow]; // with what the form does not name
    } catch {
      return []; // empty, cut by a kill, or no row of an epoch
    }
  });
}
