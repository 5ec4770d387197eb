// Text to standard output, all of it or an error: a disk that is full behind `> answer.json` must not leave half an answer and an
// exit code of 0. A reader that has gone ends the printing and nothing else, and messages beside the answer stop no work.
import { writeSync } from 'node:fs';
import { outputError, WhereWhenError } from '../errors.js';

/** Writes text to standard output or standard error. */
export class Output {
  readonly #fd: number;
  #isGone = false;

  /** `fd` 1 or 2. */
  constructor(fd: 1 | 2) {
    this.#fd = fd;
  }

  /** Throws `output` where not all of it could be written; says nothing any more to a reader that has gone. */
  write(text: string): void {
    const bytes = Buffer.from(text);
    for (let from = 0; from < bytes.length && !this.#isGone;) from += this.#some(bytes, from);
  }

  /** Bytes that were taken; 0 where the reader is slow, or has gone. */
  #some(bytes: Buffer, from: number): number {
    try {
      return writeSync(this.#fd, bytes, from);
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      else if (code === 'EPIPE' || this.#fd === 2) this.#isGone = true;
      else throw failed(code ?? message, cause);
      return 0;
    }
  }
}

function failed(received: string, cause: unknown): WhereWhenError {
  const expected = 'room for all that is printed';
  const hint = received === 'ENOSPC' ? 'the disk is full: make room and run it again' : undefined;
  return outputError('standard output', expected, received, hint, cause);
}

let isWatched = false;

/** Node's own streams, which bars and help are written to, must not end the process when their reader goes. */
export function outliveReaders(): void {
  if (isWatched) return;
  isWatched = true;
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
}
