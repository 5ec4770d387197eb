// Groups of clips that a file names, for the benches that leave whole sources out.
import { readFile } from 'node:fs/promises';

/** The groups of clips by their names, `class/file`: a JSON object of names, or of objects with `group` or `source`. */
export async function readGroups(file: string): Promise<ReadonlyMap<string, string>> {
  const found = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  return new Map(
    Object.entries(found).map(([clip, told]) => {
      const { group, source } = (typeof told === 'object' ? told : { group: told }) as Record<
        string,
        unknown
      >;
      return [clip, String(group ?? source)];
    }),
  );
}
