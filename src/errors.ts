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

/** `path: expected, got received (hint)` on one line. */
export function oneLine({ path, expected, received, hint }: ErrorFacts): string {
  const got = received === undefined ? '' : `, got ${received}`;
  const help = hint === undefined ? '' : ` (${hint})`;
  return `${path}: ${expected}${got}${help}`.replace(/\s*\n\s*/g, ' ');
}
