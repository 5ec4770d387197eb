// A room's tests as one bundle with all drawn mutants compiled in, each behind a switch: `mutant(7) ? a - b : a + b`. Built
// once, it runs for every mutant in a fresh process without another build.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Mutant } from './mutants.js';

/** Where bundles lie: inside the repository, so that packages are found. */
const bundles = `node_modules/.cache/mutation/${process.pid}`;

/** Writes the bundle of `tests` with `mutants` (known by their place in the list); the built files, the runner's first. */
export async function bundleTests(
  room: string,
  tests: readonly string[],
  mutants: readonly Mutant[],
): Promise<string[]> {
  const entryPoints = ['test/mutation/child.ts', ...tests];
  const outdir = join(bundles, room);
  await build({
    entryPoints,
    outdir,
    outbase: '.',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias: { vitest: resolve('test/mutation/harness.ts') },
    plugins: [switched(mutants)],
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
  });
  return entryPoints.map((file) => join(outdir, file.replace(/\.ts$/, '.mjs')));
}

/** Files below `folder` whose name ends in `ending`, by their path. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Sources with the mutants written in, and with their own address where they ask for it: workers start beside it. */
function switched(mutants: readonly Mutant[]): Plugin {
  const byFile = new Map<string, Map<Mutant, number>>();
  mutants.forEach((mutant, id) => {
    const file = resolve(mutant.file);
    byFile.set(file, (byFile.get(file) ?? new Map<Mutant, number>()).set(mutant, id));
  });
  return {
    name: 'switched',
    setup({ onLoad }) {
      onLoad({ filter: /\/(src|test)\/.*\.ts$/ }, ({ path }) => {
        const text = withSwitches(readFileSync(path, 'utf8'), byFile.get(path) ?? new Map<Mutant, number>());
        const address = JSON.stringify(pathToFileURL(path).href);
        return { contents: text.replaceAll('import.meta.url', address), loader: 'ts' };
      });
    },
  };
}

/** `text` with every mutant behind its switch; of nested ones the outer stands outside. */
export function withSwitches(text: string, mutants: ReadonlyMap<Mutant, number>): string {
  const places = new Map<string, { start: number; end: number; choices: string }>();
  for (const [{ start, end, text: other }, id] of mutants) {
    const place = places.get(`${start}-${end}`) ?? { start, end, choices: '' };
    places.set(`${start}-${end}`, { ...place, choices: `${place.choices}mutant(${id}) ? (${other}) : ` });
  }
  const outerFirst = [...places.values()].sort((a, b) => a.start - b.start || b.end - a.end);
  let next = 0;
  const write = (from: number, to: number): string => {
    let written = '';
    let at = from;
    while (next < outerFirst.length && outerFirst[next]!.start < to) {
      const { start, end, choices } = outerFirst[next++]!;
      written += `${text.slice(at, start)}(${choices}${write(start, end)})`;
      at = end;
    }
    return written + text.slice(at, to);
  };
  return write(0, text.length);
}
