// `npm ci` refuses a lock file in which a dependency has no entry, and an optional one for another
// platform loses its entry without a word when the registry at hand lacks that release.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Entry {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, Entry>;
};

/** Whether `name` is found from the folder `at`, as Node looks: there, then in every folder above. */
function isFound(name: string, at: string): boolean {
  if (packages[`${at}${at && '/'}node_modules/${name}`]) return true;
  return at !== '' && isFound(name, at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1)));
}

test('every dependency of every package has an entry, those of other platforms too', () => {
  const missing = Object.entries(packages).flatMap(([at, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isFound(name, at))
      .map((name) => `${at}: ${name}`),
  );
  expect(missing).toEqual([]);
});
