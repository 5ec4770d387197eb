// A take that was deleted can be brought back until the next one is deleted.
import { signal } from '@preact/signals';
import { removeTake } from './lesson.js';
import type { Take } from './take.js';

/** The last deletion: what was deleted, and how it comes back. */
export const deletion = signal<{ name: string; undo: () => void } | null>(null);

/** Deletes a take. */
export async function deleteTake(take: Take, name: string): Promise<void> {
  const bringBack = await removeTake(take.id);
  const undo = (): void => {
    bringBack();
    deletion.value = null;
  };
  deletion.value = { name, undo };
}
