// What is true of clips, as a command reads it.
import type { Truth } from '../truth.js';
import type { Shell } from './shell.js';

/** The truth in a file; undefined where none is named. Says what was mended of it. */
export async function givenTruth(shell: Shell, file: string | undefined): Promise<Truth | undefined> {
  if (file === undefined) return undefined;
  const { readTruth } = await import('../evaluate/index.js');
  const notes: string[] = [];
  const truth = await readTruth(file, notes);
  for (const note of notes) shell.say(note);
  return truth;
}
