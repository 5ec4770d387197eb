// What the model that a run keeps answered for the clips that it held out, a file in the run's folder: so that the end of a run
// can say more than a share, also of one that was resumed or trained anew on those clips too.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../atomicFile.js';
import type { HeldOut } from '../run/heldAnswers.js';

/** The name of the file in a run's folder. */
export const heldFile = 'held-out.json';

const place = z.number().int().min(0);
const HeldOutFile = z.object({
  version: z.literal(1),
  /** The epoch that was chosen on these clips. */
  epoch: place,
  answers: z.array(
    z.object({
      ...{ clip: z.string(), group: z.string(), truth: z.array(place), answer: place },
      meanAnswer: place.optional(),
      probability: z.number().optional(),
    }),
  ),
});

/** Writes the file. Throws `output`. */
export async function writeHeldOut(folder: string, { epoch, answers }: HeldOut): Promise<void> {
  await writeAtomically(join(folder, heldFile), `${JSON.stringify({ version: 1, epoch, answers })}\n`);
}

/** Reads it; undefined where nothing was held out, and for what is no such file: an older run's, or one cut by hand. */
export async function readHeldOut(folder: string): Promise<HeldOut | undefined> {
  const text = await readFile(join(folder, heldFile), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return HeldOutFile.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
