// Opens the labels of a clip, follows what other tabs save, and holds the page open while a change would be lost.
import { useEffect, useMemo } from 'preact/hooks';
import type { ClipInfo } from '../../../src/server/api.js';
import { savedElsewhere } from '../store.js';
import { LabelBook } from './labelBook.js';

/** The labels of the clip that is open. */
export function useLabels(info: ClipInfo): LabelBook {
  const book = useMemo(() => new LabelBook(info), []);
  useEffect(() => {
    const abort = new AbortController();
    const fail = (error: Error): void => {
      if (!abort.signal.aborted) book.fault.value = error.message;
    };
    void book
      .open(abort.signal)
      .catch(fail)
      .finally(() => (book.isOpen.value = true));
    const stop = savedElsewhere.subscribe((event) => {
      if (event?.clip === info.id) void book.changedElsewhere(event.revision);
    });
    const leave = (event: BeforeUnloadEvent): void => {
      if (book.isDirty && book.isUnkept.value) event.preventDefault();
    };
    addEventListener('beforeunload', leave);
    return () => {
      abort.abort();
      stop();
      removeEventListener('beforeunload', leave);
    };
  }, []);
  return book;
}
