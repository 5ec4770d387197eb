// What a lesson is made of, kept in the browser's IndexedDB: facts of takes, their clips, small films and features, and what
// was learnt. What belongs together is written in one transaction: a page that is closed in the middle leaves no half take.
import { texts } from '../words/index.js';

const NAME = 'wherewhen-teach';
const VERSION = 1;
const STORES = ['lesson', 'takes', 'clips', 'films', 'features', 'taught'] as const;

/** The stores: `lesson` and `taught` hold one value each, the others one a take. */
export type StoreName = (typeof STORES)[number];

/** One thing to be kept; without a value it is deleted. */
export interface Entry {
  store: StoreName;
  key: string;
  value?: unknown;
}

/** The browser has no room left. What was there stays. */
export class StorageFull extends Error {}

/** An open place to keep things. */
export interface Keep {
  /** All values of a store by their keys. */
  all<T>(store: StoreName): Promise<Map<string, T>>;
  get<T>(store: StoreName, key: string): Promise<T | undefined>;
  /** Writes all entries or none. Throws {@link StorageFull}, and what the browser says of any other fault. */
  write(entries: readonly Entry[]): Promise<void>;
  /** Empties stores, by default all. */
  clear(stores?: readonly StoreName[]): Promise<void>;
}

/** Opens it. Throws where the browser keeps nothing (a private window, a page without an origin). */
export async function openKeep(): Promise<Keep> {
  const opening = indexedDB.open(NAME, VERSION);
  opening.onupgradeneeded = () => {
    for (const store of STORES) opening.result.createObjectStore(store);
  };
  const base = await answered(opening);
  base.onversionchange = () => base.close(); // another tab brings a newer form
  return {
    async all<T>(store: StoreName) {
      const from = base.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([answered(from.getAllKeys()), answered(from.getAll())]);
      return new Map(keys.map((key, i) => [String(key), values[i] as T]));
    },
    get: <T>(store: StoreName, key: string) =>
      answered(base.transaction(store).objectStore(store).get(key)) as Promise<T | undefined>,
    write: (entries) => write(base, entries),
    clear: (stores = STORES) =>
      finished(base.transaction(stores, 'readwrite'), (transaction) => {
        for (const store of stores) transaction.objectStore(store).clear();
      }),
  };
}

async function write(base: IDBDatabase, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const stores = [...new Set(entries.map(({ store }) => store))];
  await finished(base.transaction(stores, 'readwrite'), (transaction) => {
    for (const { store, key, value } of entries) {
      if (value === undefined) transaction.objectStore(store).delete(key);
      else transaction.objectStore(store).put(value, key);
    }
  });
}

function finished(transaction: IDBTransaction, act: (transaction: IDBTransaction) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(faultOf(transaction.error));
    transaction.oncomplete = () => resolve();
    transaction.onabort = fail;
    transaction.onerror = fail;
    act(transaction);
  });
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(faultOf(request.error));
  });
}

function faultOf(error: DOMException | null): Error {
  if (error?.name === 'QuotaExceededError') return new StorageFull(error.message);
  return error ?? new Error(texts.value.storage.gaveUp);
}
