// What several parts need and one must make: whoever comes first makes it while the others wait, and then find it made.
import { join } from 'node:path';
import { takeLock, whileHeld } from '../lock.js';

/** Longer than any preparation: a holder that dies is known by its lock, not by the time. */
const PATIENCE = 30 * 24 * 3600;

/** Does `work`, which finds what was made before and makes the rest, while no other process does it below `folder`. */
export function inTurn<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, '.wherewhen.turn.lock');
  return whileHeld(takeLock(path, { waitSeconds: PATIENCE, shown: folder }), work);
}
