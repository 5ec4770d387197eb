// What goes through the queue: a job is a clip of a piece of work, whose settings are kept once beside the jobs.
import { formatError, WhereWhenError, type ErrorFacts } from '../../errors.js';
import type { Piece } from '../pieces.js';
import type { Blob } from './blobs.js';

/** A piece of work: many clips by the same settings. */
export interface QueuedWork {
  /** Hash of everything that shapes a result. */
  id: string;
  /** `extract`, `predict`, `command`: who handles it. */
  kind: string;
  /** What its handler needs. */
  settings: unknown;
  /** Absolute: where the producer keeps files. Workers that see it write there, those that do not send theirs back. */
  folder?: string;
}

/** One clip, or one training. */
export interface QueuedClip {
  /** Of its piece. */
  key: string;
  /** Absolute: workers stand in other folders. */
  path: string;
  /** As it is named in results. */
  name: string;
  /** Of the clip, this stretch alone. */
  range?: { startSeconds: number; endSeconds: number };
  /** Of a work in parts, this one: `2/8`. */
  part?: string;
}

/** The data of a job; `reply` is who asked, where it is no producer of many. */
export type JobData = QueuedClip & { work: string; reply?: string };

/** A file that comes back: its name below the folder of the work. */
export type SentFile = Blob & { name: string };

/** What comes back: a line of a piece, with files that lie beside it on the server. */
export interface Line {
  key: string;
  value?: unknown;
  error?: ErrorFacts;
  files?: SentFile[];
}

/** A line as text. */
export function lineOf(key: string, piece: Piece<unknown>, files: SentFile[] = []): string {
  const line: Line = { key, ...('error' in piece ? { error: piece.error.toJSON() } : piece) };
  return JSON.stringify(files.length > 0 ? { ...line, files } : line);
}

/** The piece of a line. */
export function pieceIn({ value, error }: Line): Piece<unknown> {
  return error ? { error: new WhereWhenError(error) } : { value };
}

/** An error as the reason of a failed job, and back. */
export function reasonOf(error: unknown, name: string): WhereWhenError {
  if (error instanceof WhereWhenError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return formatError(name, 'a clip that a worker can look at', message);
}

/** The reason that a failed job tells; one that no handler gave, as of a worker that died over it, stands for itself. */
export function errorIn(reason: string, name: string): WhereWhenError {
  try {
    return new WhereWhenError(JSON.parse(reason) as ErrorFacts);
  } catch {
    return reasonOf(new Error(reason), name);
  }
}
