// What every command prints with. The answer goes to standard output; everything else (messages,
// progress, errors) to standard error, so that `--json` leaves nothing but JSON in a pipe.
import { WhereWhenError } from '../errors.js';
import { Output } from './output.js';
import { openProgress, type Progress } from './progress.js';

/** Options that every command has. */
export interface CommonOptions {
  json?: boolean;
  debug?: boolean;
}

/** The terminal as commands see it. */
export class Shell {
  readonly isJson: boolean;
  /** The command line, as it was given. */
  readonly words: readonly string[];
  readonly #isDebug: boolean;
  readonly #out = new Output(1);
  readonly #beside = new Output(2);

  readonly #isQuiet: boolean;

  /** With `isQuiet` no answer is printed: it goes to a file alone. */
  constructor(
    { json = false, debug = false }: CommonOptions = {},
    { isQuiet = false, words = [] }: { isQuiet?: boolean; words?: readonly string[] } = {},
  ) {
    this.words = words;
    this.isJson = json;
    this.#isDebug = debug;
    this.#isQuiet = isQuiet;
  }

  /** The same terminal for what prints no answer. */
  quiet(): Shell {
    return new Shell({ json: this.isJson, debug: this.#isDebug }, { isQuiet: true, words: this.words });
  }

  /** The answer for people; nothing with `--json`. */
  print(text: string): void {
    if (!this.isJson && !this.#isQuiet) this.#out.write(`${text}\n`);
  }

  /** The answer as data: with `--json` only. */
  printJson(value: unknown): void {
    if (this.isJson && !this.#isQuiet) this.#out.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** A message beside the answer. */
  say(text: string): void {
    this.#beside.write(`${text}\n`);
  }

  /** A step of long work as data, on standard error with `--json`; otherwise the text, if there is one. */
  report(event: object, text?: string): void {
    if (this.isJson) this.say(JSON.stringify(event));
    else if (text !== undefined) this.say(text);
  }

  /** A bar on a terminal, plain lines elsewhere, JSON lines with `--json`. */
  progress(label: string, unit: string): Progress {
    return openProgress({ label, unit, isJson: this.isJson });
  }

  /** One line for an error, and its stack with `--debug`. */
  fail(error: unknown): void {
    this.say(`error: ${messageOf(error)}`);
    if (this.#isDebug && error instanceof Error) this.say(withCauses(error));
  }
}

/** One line, whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof WhereWhenError) return error.message;
  if (!(error instanceof Error)) return unexpected(String(error));
  return LIMITS[(error as NodeJS.ErrnoException).code ?? ''] ?? unexpected(error.message);
}

function unexpected(message: string): string {
  return `${message.replace(/\s*\n\s*/g, ' ')} (unexpected; --debug shows where)`;
}

function withCauses(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by: ${withCauses(error.cause)}` : own;
}

/** What the system may say at any place, Node's own loading of a file among them, so that no door can name it. */
const LIMITS: Readonly<Record<string, string>> = {
  EMFILE:
    'files: expected fewer open at a time, got the limit of this process (a higher `ulimit -n`, as 1024, is enough)',
  ENFILE: 'files: expected fewer open at a time, got the limit of this machine (end what holds many open)',
};

/** The exit code for what was thrown: 2 for wrong use, else 1. */
export function exitCodeOf(error: unknown): number {
  return error instanceof WhereWhenError ? error.exitCode : 1;
}
