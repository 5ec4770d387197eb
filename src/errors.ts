// The one error of this project, as data. Printing it is another function, so that the
// command line, the server and a test each show it in their own way.

/** Why a call failed: `usage` is wrong use (exit code 2), the rest are failures (exit code 1). */
export type ErrorCode = 'usage' | 'input' | 'shape' | 'format' | 'missing' | 'output' | 'internal';

/** What an error knows. `path` is a file, an option (`train.frames`) or an operation (`conv`). */
export interface ErrorFacts {
  code: ErrorCode;
  path: string;
  expected: string;
  received?: string;
  hint?: string;
}

/** Thrown at every door of the library: where, what must hold, what came, and what to do about it. */
export class WhereWhenError extends Error implements ErrorFacts {
  readonly code: ErrorCode;
  readonly path: string;
  readonly expected: string;
  readonly received?: string;
  readonly hint?: string;

  constructor(facts: ErrorFacts, options?: ErrorOptions) {
    super(oneLine(facts), options);
    this.name = 'WhereWhenError';
    this.code = facts.code;
    this.path = facts.path;
    this.expected = facts.expected;
    this.received = facts.received;
    this.hint = facts.hint;
  }

  /** The exit code of a command that ends with this error. */
  get exitCode(): 1 | 2 {
    return this.code === 'usage' ? 2 : 1;
  }

  /** The facts as a plain object: what crosses a thread, a socket or `--json`. */
  toJSON(): ErrorFacts {
    const { code, path, expected, received, hint } = this;
    return { code, path, expected, received, hint };
  }
}

/** An error of ours with this hint where it has none of its own; others as they are. */
export function withHint(error: unknown, hint: string): unknown {
  if (!(error instanceof WhereWhenError) || error.hint !== undefined) return error;
  return new WhereWhenError({ ...error.toJSON(), hint }, { cause: error });
}

/** Makes an error of one kind: where, what must hold, what came, what to do about it, and the error beneath it. */
export type ErrorFactory = (
  path: string,
  expected: string,
  received?: string,
  hint?: string,
  cause?: unknown,
) => WhereWhenError;

const factory =
  (code: ErrorCode): ErrorFactory =>
  (path, expected, received, hint, cause) =>
    new WhereWhenError({ code, path, expected, received, hint }, cause === undefined ? undefined : { cause });

/** Wrong use: an option, a setting or an argument that cannot be meant. Exit code 2; every other kind is 1. */
export const usageError = factory('usage');

/** What was given to be read or looked at cannot be: a clip without a picture, a folder without clips. */
export const inputError = factory('input');

/** Numbers of another shape than what works on them. */
export const shapeError = factory('shape');

/** A file or a value whose form is not what it must be. */
export const formatError = factory('format');

/** What was asked for is not there. */
export const missingError = factory('missing');

/** What was made cannot be written. */
export const outputError = factory('output');

/** A fault of this project's own. */
export const internalError = factory('internal');

/** `path: expected, got received (hint)` on one line. */
export function oneLine({ path, expected, received, hint }: ErrorFacts): string {
  const got = received === undefined ? '' : `, got ${received}`;
  const help = hint === undefined ? '' : ` (${hint})`;
  return `${path}: ${expected}${got}${help}`.replace(/\s*\n\s*/g, ' ');
}
