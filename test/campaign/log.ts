// The campaign's diary on the disk: one JSON line for each piece of work that is over, so that a campaign that was cut off goes
// on where it was. A line that was cut is left out.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Lines of `T` in one file. */
export class Log<T extends object> {
  readonly #path: string;
  readonly entries: T[];

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.entries = existsSync(path)
      ? readFileSync(path, 'utf8')
          .split('\n')
          .flatMap(parsed<T>)
      : [];
    appendFileSync(path, '\n'); // what was cut stays a line of its own
  }

  /** Adds a line; it is on its way to the disk when this returns. */
  add(entry: T): void {
    this.entries.push(entry);
    appendFileSync(this.#path, `${JSON.stringify(entry)}\n`);
  }
}

function parsed<T>(line: string): T[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as T];
  } catch {
    return [];
  }
}
