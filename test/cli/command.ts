// How tests start the command line as a process of its own: as it is built, where the build is newer than every source, and
// otherwise from the sources, which takes seconds more for each start.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What `node` is given before the arguments of the command. */
export const command: readonly string[] = isBuilt()
  ? [join(root, 'bin/wherewhen.js')]
  : ['--import', 'tsx', join(root, 'test/cli/entry.ts')];

/** Whether what was built is newer than every file of the folders that it was made of. */
export function isBuilt(made = 'dist/cli/main.js', sources: readonly string[] = ['src']): boolean {
  const built = statSync(join(root, made), { throwIfNoEntry: false });
  if (!built) return false;
  const entries = sources.flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true, recursive: true }),
  );
  return entries
    .filter((entry) => entry.isFile())
    .every((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs < built.mtimeMs);
}
