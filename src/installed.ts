// Packages that are loaded when they are first needed: an answer in words needs no drawing, and an install may have left out
// what is optional.
import { createRequire } from 'node:module';
import { missingError } from './errors.js';

const require = createRequire(import.meta.url);

/**
 * The package `name`, which `use` says the use of, as `draws pictures`. Throws `missing` that names it and the command that
 * installs it.
 */
export function installed<Package>(name: string, use: string): Package {
  try {
    return require(name) as Package;
  } catch (cause) {
    throw notInstalled(name, use, cause);
  }
}

/** The error for a package that cannot be loaded. */
export function notInstalled(name: string, use: string, cause: unknown): Error {
  const [said = ''] = String((cause as Error)?.message ?? cause).split('\n');
  const hint = `npm install --ignore-scripts ${packageOf(name)}`; // none of ours needs its script
  return missingError(packageOf(name), `the package that ${use}`, said, hint, cause);
}

/** `csv-parse` of `csv-parse/sync`. */
function packageOf(name: string): string {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
}
