// Ctrl-C: the first lets the work end in order, the second does not wait.

/** The variable that tells a command that a worker has started it; its input then ends with the worker. */
export const STARTED_BY_WORKER = 'WHEREWHEN_STARTED_BY_WORKER';

/** Ended by Ctrl-C: 128 + SIGINT, as shells count. */
export const interrupted = 130;

/** Ctrl-C came in the middle of something that the same command goes on with. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
  }
}

/** What ends a command in order: Ctrl-C, a polite kill, a terminal that was closed. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal that Ctrl-C (or a polite kill) aborts, with a word to the user; `end` takes the handler away. */
export function onInterrupt(say: () => void): { signal: AbortSignal; end: () => void } {
  const abort = new AbortController();
  const handle = (name: NodeJS.Signals): void => {
    if (abort.signal.aborted) return die(name);
    say();
    abort.abort();
  };
  for (const name of signals) process.on(name, handle);
  const left = (): void => handle('SIGTERM');
  if (isOfWorker()) process.stdin.once('close', left).resume().unref();
  const end = (): void => {
    for (const name of signals) process.off(name, handle);
    process.stdin.off('close', left);
  };
  return { signal: abort.signal, end };
}

/** Dies by the signal itself: an ordinary exit takes down computing threads in the middle of their work, which aborts the process. */
function die(name: NodeJS.Signals): void {
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}

/** Started by a worker, a command ends with it, even where the worker was killed: another one has its work then. */
function isOfWorker(): boolean {
  return process.env[STARTED_BY_WORKER] === '1';
}

/** A word of a command line that a shell takes as it is, for commands that are printed to go on with. */
export function quoted(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
