// Ctrl-C: the first lets the work end in order, the second does not wait.

/** Ended by Ctrl-C: 128 + SIGINT, as shells count. */
export const interrupted = 130;

/** A signal that Ctrl-C (or a polite kill) aborts, with a word to the user; `end` takes the handler away. */
export function onInterrupt(say: () => void): { signal: AbortSignal; end: () => void } {
  const abort = new AbortController();
  const handle = (): void => {
    if (abort.signal.aborted) process.exit(interrupted);
    say();
    abort.abort();
  };
  process.on('SIGINT', handle).on('SIGTERM', handle);
  return { signal: abort.signal, end: () => void process.off('SIGINT', handle).off('SIGTERM', handle) };
}
