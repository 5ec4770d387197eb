// `times.jsonl` in the model folder: how long a run had computed at each place that it was saved at. Times lie here and in no
// other file of a run, so that two runs of one training, stopped or not, leave the same bytes in all the others.
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { runFiles } from '../../epoch.js';
import { writeError, writeAtomically } from '../../atomicFile.js';

/** A place of a run: steps of the open epoch behind `epoch` whole ones; seconds of computing, over all sittings. */
const TimeRow = z.object({
  epoch: z.number().int().min(0),
  step: z.number().int().min(0),
  /** In the second part of a run, on all clips. */
  isRefit: z.literal(true).optional(),
  seconds: z.number().min(0),
});
export type TimeRow = z.infer<typeof TimeRow>;

/** Where the times of a run lie. */
export function timesFile(folder: string): string {
  return join(folder, runFiles.times);
}

/** Adds a place. Throws `output`. */
export async function appendTime(folder: string, row: TimeRow): Promise<void> {
  await appendFile(timesFile(folder), lineOf(row)).catch((cause: unknown) => {
    throw writeError(timesFile(folder), cause);
  });
}

/** Keeps the lines for which `isKept` holds; what a killed process left half-written goes too. */
export async function trimTimes(folder: string, isKept: (row: TimeRow) => boolean): Promise<void> {
  const rows = (await readTimes(folder)).filter(isKept);
  await writeAtomically(timesFile(folder), rows.map(lineOf).join(''));
}

/** All whole lines; none where there is no such file, as in runs of earlier versions. */
export async function readTimes(folder: string): Promise<TimeRow[]> {
  const text = await readFile(timesFile(folder), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      return [TimeRow.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}

function lineOf(row: TimeRow): string {
  return `${JSON.stringify(row)}\n`;
}
