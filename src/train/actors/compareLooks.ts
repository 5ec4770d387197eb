// The check of the foreground direction that needs no label: on training clips the network looks at the whole picture, and
// again at squares around what it found. Where the direction finds things, both looks draw the same boxes.
import { meanAndDeviation } from '../../metrics/bootstrap.js';
import { mean } from '../../metrics/mean.js';
import { closerLook, type CloserOptions } from './closerLook.js';
import type { ActorSource } from './seeing.js';

/** What is compared. */
export type CompareOptions = CloserOptions & Pick<ActorSource, 'recipe' | 'listen' | 'signal'>;

/**
 * Mean IoU of the boxes of both looks over at most `recipe.actors.checkedClips` clips, fewer where those tell already on which side
 * of `recipe.actors.leastAgreement` it lies; null where no look drew any.
 */
export async function compareLooks(options: CompareOptions): Promise<number | null> {
  const { recipe, clips, signal, listen } = options;
  const { checkedClips, leastAgreement } = recipe.actors;
  const places = inRounds(evenly(clips.length, checkedClips));
  const found: number[] = [];
  for (const [done, place] of places.entries()) {
    signal?.throwIfAborted();
    const { agreement } = await closerLook(place, options);
    if (agreement !== null) found.push(agreement);
    listen({ kind: 'looks', done: done + 1, total: places.length });
    if (isClear(found, leastAgreement)) break;
  }
  return found.length > 0 ? mean(found) : null;
}

/** Values that tell on which side of `bound` their mean lies: it is three standard errors away, by eight of them at least. */
export function isClear(values: readonly number[], bound: number): boolean {
  if (values.length < 8) return false;
  const { mean: middle, deviation } = meanAndDeviation(values);
  return Math.abs(middle - bound) > (3 * deviation!) / Math.sqrt(values.length);
}

/** In three rounds, so that the first few are spread over all. */
function inRounds(places: readonly number[]): number[] {
  return [0, 1, 2].flatMap((round) => places.filter((_, i) => i % 3 === round));
}

/** At most `most` places out of `count`, evenly spread. */
function evenly(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.floor(((i + 0.5) * count) / most));
}
