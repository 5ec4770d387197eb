// What is on the page is written behind it: each change waits here until the browser has kept it. What the browser has no room
// for goes on waiting, is read from here, and is tried again with the next change, so that a full storage loses nothing.
import { signal } from '@preact/signals';
import { openKeep, StorageFull, type Entry, type Keep, type StoreName } from './keep.js';
import { askToStay, measureRoom } from './room.js';

/** How keeping goes. */
export type Keeping = 'opening' | 'kept' | 'full' | 'unavailable';

/** How it goes now. */
export const keeping = signal<Keeping>('opening');
/** Takes that are only in memory. */
export const unsaved = signal<ReadonlySet<string>>(new Set());

let keep: Keep | null = null;
let last: Promise<void> = Promise.resolve();
let hasAsked = false;
const waiting = new Map<string, Entry>();

/** Opens the browser's storage; null where it keeps nothing. */
export async function openStorage(): Promise<Keep | null> {
  keep = await openKeep().catch(() => null);
  keeping.value = keep ? 'kept' : 'unavailable';
  await measureRoom();
  return keep;
}

/** A value that was kept, or waits to be. */
export async function read<T>(store: StoreName, key: string): Promise<T | undefined> {
  const entry = waiting.get(nameOf({ store, key }));
  return entry ? (entry.value as T | undefined) : keep?.get<T>(store, key);
}

/** Writes entries, after all that were given before. Resolves when they are kept or wait for room. */
export function save(entries: readonly Entry[]): Promise<void> {
  for (const entry of entries) waiting.set(nameOf(entry), entry);
  last = last.then(flush);
  return last;
}

/** Keeps something that can be made again: where there is no room it is let go without a word. */
export async function saveIfRoom(entry: Entry): Promise<void> {
  if (keeping.value === 'kept') await keep?.write([entry]).catch(() => undefined);
}

/** Forgets everything, kept or waiting. */
export async function forgetAll(): Promise<void> {
  waiting.clear();
  await last;
  await keep?.clear();
  if (keep) keeping.value = 'kept';
  tellUnsaved();
  await measureRoom();
}

async function flush(): Promise<void> {
  if (!keep) return tellUnsaved();
  const isFirstClip = !hasAsked && [...waiting.values()].some(isClip);
  try {
    await writeParts(keep).catch(async (error: unknown) => {
      if (!(error instanceof StorageFull)) throw error;
      await keep!.clear(['features']); // they can be computed again, takes cannot
      await writeParts(keep!);
    });
    keeping.value = 'kept';
  } catch (error) {
    keeping.value = error instanceof StorageFull ? 'full' : 'unavailable';
  }
  tellUnsaved();
  if (isFirstClip) hasAsked = true;
  await (isFirstClip ? askToStay() : measureRoom());
}

/** Deletions first, for they make room; then take by take, so that one that is too large keeps no other from being written. */
async function writeParts(to: Keep): Promise<void> {
  const deletions = [...waiting.values()].filter(({ value }) => value === undefined);
  await writePart(to, deletions);
  const parts = new Map<string, Entry[]>();
  for (const entry of waiting.values()) {
    const part = entry.store === 'lesson' ? 'lesson' : entry.key;
    parts.set(part, [...(parts.get(part) ?? []), entry]);
  }
  const faults: unknown[] = [];
  for (const part of parts.values())
    await writePart(to, part).catch((error: unknown) => void faults.push(error));
  if (faults.length > 0) throw faults[0] as Error;
}

async function writePart(to: Keep, entries: readonly Entry[]): Promise<void> {
  await to.write(entries);
  for (const entry of entries) {
    if (waiting.get(nameOf(entry)) === entry) waiting.delete(nameOf(entry)); // unless it changed meanwhile
  }
}

function tellUnsaved(): void {
  const takes = [...waiting.values()].filter(({ store, value }) => store !== 'lesson' && value !== undefined);
  unsaved.value = new Set(takes.map(({ key }) => key));
}

function isClip({ store, value }: Entry): boolean {
  return store === 'clips' && value !== undefined;
}

function nameOf({ store, key }: Pick<Entry, 'store' | 'key'>): string {
  return `${store} ${key}`;
}

addEventListener('beforeunload', (event) => {
  if (unsaved.peek().size > 0) event.preventDefault(); // the browser asks before it closes the page
});
