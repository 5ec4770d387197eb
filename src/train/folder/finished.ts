// What a finished run has left is read once more before it is said to be finished: a disk may have lost what it said it had flushed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readLearnt } from '../../savedModel/learntClips.js';
import { readModelFolder } from '../../savedModel/index.js';
import { formatError, withHint } from '../../errors.js';
import { heldFile, readHeldOut } from './heldOut.js';

const hint = 'train it anew with --overwrite';

/** Throws `format` or `missing` where the model, or what is told with it, is not whole. Earlier versions did not tell it. */
export async function checkFinished(folder: string): Promise<void> {
  try {
    await readModelFolder(folder);
    await readLearnt(folder);
  } catch (error) {
    throw withHint(error, hint);
  }
  const held = join(folder, heldFile);
  if (!existsSync(held) || (await readHeldOut(folder))) return;
  throw formatError(held, 'what was answered for held-out clips', 'another content', hint);
}
