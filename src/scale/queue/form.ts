// What goes through the queue: a job is a clip of a piece of work, whose settings are kept once beside the jobs.
import { formatError, WhereWhenError, type ErrorFacts } from '../../errors.js';
import type { Piece } from '../pieces.js';

/** A piece of work: many clips by the same settings. */
export interface QueuedWork {
  /** Hash of everything that shapes a result. */
  id: string;
  /** `extract`, `predict`: who handles it. */
  kind: string;
  /** What its handler needs. */
  settings: unknown;
}

/** One clip. */
export interface QueuedClip {
  /** Of its piece. */
  key: string;
  /** Absolute: workers stand in other folders. */
  path: string;
  /** As it is named in results. */
  name: string;
}

/** The data of a job. */
export type JobData = QueuedClip & { work: string };

/** What comes back: a line of a piece. */
export function lineOf(key: string, piece: Piece<unknown>): string {
  return JSON.stringify({ key, ...('error' in piece ? { error: piece.error.toJSON() } : piece) });
}

/** Reads a line. */
export function pieceIn(text: string): { key: string; piece: Piece<unknown> } {
  const { key, value, error } = JSON.parse(text) as { key: string; value?: unknown; error?: ErrorFacts };
  return { key, piece: error ? { error: new WhereWhenError(error) } : { value } };
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
