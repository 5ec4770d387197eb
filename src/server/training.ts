// A training that is running or over, read from the files it writes: rows of epochs, samples, and where it stands.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { EpochRow, EpochSamples, RunFacts, runFiles } from '../epoch.js';
import { trainingWarnings } from '../report/trainingWarnings.js';
import type { Training } from './api.js';

/** Is there a log of a training, or the mark of one that began? */
export async function hasTraining(folder: string): Promise<boolean> {
  return (await changedAt(folder)) > 0;
}

/** When the files of a training last changed, milliseconds since 1970; 0 where there are none. */
export async function changedAt(folder: string): Promise<number> {
  const times = await Promise.all(
    Object.values(runFiles).map((name) =>
      stat(join(folder, name)).then(
        (facts) => facts.mtimeMs,
        () => 0,
      ),
    ),
  );
  return Math.max(...times);
}

/** All of a training so far. A line that is cut, because it is being written, is left for the next look. */
export async function readTraining(folder: string): Promise<Training> {
  const rows = await readLines(join(folder, runFiles.log), EpochRow);
  const samples = await readLines(join(folder, runFiles.samples), EpochSamples);
  const facts = await readFacts(join(folder, runFiles.facts));
  return {
    rows,
    samples,
    epochs: facts?.epochs ?? null,
    isDone: facts?.isDone ?? rows.length > 0, // a run of an earlier version keeps no facts
    changed: await changedAt(folder),
    weights: facts?.losses,
    warnings: trainingWarnings(rows, { samples, weights: facts?.losses }),
  };
}

async function readLines<T>(path: string, form: z.ZodType<T>): Promise<T[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      return [form.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}

async function readFacts(path: string): Promise<RunFacts | undefined> {
  try {
    return RunFacts.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined; // a run of an earlier version keeps none
  }
}
