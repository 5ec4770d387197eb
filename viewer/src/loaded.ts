// Something that is asked for, has come, or failed.
import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** The three states of what is asked for; a value that was there stays while a newer one is on its way. */
export type Loaded<T> =
  | { state: 'waiting'; value?: T }
  | { state: 'ready'; value: T }
  | { state: 'failed'; error: Error; value?: T };

/** Asks anew whenever `key` changes, and never shows the answer to an older key. An empty key asks for nothing. */
export function useLoaded<T>(key: string, work: (signal: AbortSignal) => Promise<T>): Signal<Loaded<T>> {
  const loaded = useSignal<Loaded<T>>({ state: 'waiting' });
  useEffect(() => {
    loaded.value = { state: 'waiting' };
    if (key === '') return undefined;
    const abort = new AbortController();
    work(abort.signal).then(
      (value) => !abort.signal.aborted && (loaded.value = { state: 'ready', value }),
      (error: Error) => !abort.signal.aborted && (loaded.value = { state: 'failed', error }),
    );
    return () => abort.abort();
  }, [key]);
  return loaded;
}
