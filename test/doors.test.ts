// Whoever opens a door finds every name explained.
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { doors, namesAt } from './doors.js';

it('every public name has a doc comment where it is declared', () => {
  const names = doors().flatMap((door) => namesAt(door));
  expect(names.length).toBeGreaterThan(200);
  expect(names.filter(({ isExplained }) => !isExplained).map(({ door, name }) => `${door}: ${name}`)).toEqual(
    [],
  );
});

it('a name without a doc comment is found, through whatever files it comes', () => {
  const files: Record<string, string> = {
    'index.ts':
      "export { good, bare as renamed, Both } from './middle.js';\n/** Here. */\nexport type Own = 1;",
    'middle.ts':
      "import { bare } from './last.js';\nexport { bare };\nexport { good, Both } from './last.js';",
    'last.ts':
      '/** Explained. */\nexport function good(): void {}\n// no doc comment\nexport const bare = 1;\n' +
      '/** A schema. */\nexport const Both = 1;\nexport type Both = 1;',
  };
  const read = (path: string): string => files[path.slice(resolve('.').length + 1)]!;
  const found = namesAt(resolve('index.ts'), read).map(({ name, isExplained }) => [name, isExplained]);
  expect(Object.fromEntries(found)).toEqual({ good: true, renamed: false, Both: true, Own: true });
});

it('a door that exports a whole file is refused: nobody would see what it offers', () => {
  expect(() => namesAt('index.ts', () => "export * from './all.js';")).toThrow('exports a whole file');
});
