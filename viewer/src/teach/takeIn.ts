// Brings clips into the lesson: each gets its small film first, which also shows whether the browser can read it at all.
import { signal } from '@preact/signals';
import { texts } from '../words/index.js';
import type { FoundClip } from './foundClips.js';
import { actionNamed, addTake, isComing } from './lesson.js';
import type { Take } from './take.js';

/** What is being read, and what was refused, for the reader. */
export const reading = signal('');
export const refused = signal<readonly string[]>([]);

/** What is known of a clip besides its file. */
export type Origin = Pick<Take, 'action' | 'source' | 'group'> & Partial<Pick<Take, 'isTest' | 'marks'>>;

/** Adds one clip as a take. Throws what is wrong with the file. */
export async function takeClip(clip: File, origin: Origin): Promise<Take> {
  const { filmOfClip } = await import('./film.js'); // mediabunny comes with the first clip, not with the first view
  const { film, picture, seconds } = await filmOfClip(clip);
  const facts = { isTest: false, marks: [], ...origin, file: clip.name, seconds, film };
  return addTake(facts, { clip, film: picture });
}

/** Adds clips, to `action` or to the action that their folder names. A clip that cannot be read is named, and the others go on. */
export async function takeClips(found: readonly FoundClip[], action: string | null): Promise<number> {
  refused.value = [];
  isComing.value = true;
  let count = 0;
  for (const [i, { file, folder }] of found.entries()) {
    reading.value = texts.value.take.reading(i + 1, found.length);
    const place = action ?? (folder === null ? null : (actionNamed(folder)?.id ?? null));
    if (place === null) continue;
    try {
      await takeClip(file, { action: place, source: 'file', group: '' });
      count++;
    } catch (error) {
      const says = texts.value.take.refused(file.name, (error as Error).message);
      refused.value = [...refused.value, says];
    }
  }
  [reading.value, isComing.value] = ['', false];
  return count;
}
