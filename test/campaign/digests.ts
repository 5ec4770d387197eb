// What lies in a folder, as the hash of each file: two runs that ended alike have equal ones.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** SHA-256 of every file below `path`, or of the file itself, by its name from there. */
export function digestsOf(path: string): Map<string, string> {
  if (!existsSync(path)) return new Map();
  const files = statSync(path).isFile()
    ? [path]
    : readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    files
      .sort()
      .map((file) => [relative(path, file), createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}

/** Names whose content is the same in both, and those where it is not or that one of them lacks. */
export function compared(
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
): { equal: string[]; unequal: string[] } {
  const names = [...new Set([...a.keys(), ...b.keys()])].sort();
  return {
    equal: names.filter((name) => a.get(name) === b.get(name)),
    unequal: names.filter((name) => a.get(name) !== b.get(name)),
  };
}
