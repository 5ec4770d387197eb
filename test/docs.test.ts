// The documents against the code: what they link to exists, what they name is exported, and the options that
// README shows are those of the commands.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { programOf } from '../src/cli/main.js';
import { READERS, WRITERS } from '../src/dataset/index.js';

const documents = [...markdownOf('.'), ...markdownOf('docs')];

function markdownOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
}

/** Where the links and pictures of a document lead, without those to other hosts and to places on the page. */
function linksOf(document: string): string[] {
  const text = readFileSync(document, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
  const markdown = [...text.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].map(([, target]) => target!);
  const html = [...text.matchAll(/(?:src|href|srcset)="([^"\s]+)"/g)].map(([, target]) => target!);
  return [...markdown, ...html].filter((target) => !/^(?:[a-z]+:|#)/i.test(target));
}

/** Rows of the architecture's tables that link a source file: the file, the names beside it, all files of the row. */
function rowsOf(document: string): { row: string; file: string; names: string[]; files: string[] }[] {
  return readFileSync(document, 'utf8')
    .split('\n')
    .filter((line) => /^\|.*\]\(\.\.\/src\//.test(line))
    .flatMap((row) => {
      const cells = row.split('|').slice(1, -1);
      const at = cells.findIndex((cell) => /^\s*\[src\/[^\]]+\]\([^)]+\)\s*$/.test(cell));
      if (at < 0) return [];
      const files = [...row.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, path]) => path!);
      const file = /\]\(\.\.\/([^)]+)\)/.exec(cells[at]!)![1]!;
      const names = [...(cells[at + 1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
      return [{ row, file, names, files }];
    });
}

describe.each(documents)('%s', (document) => {
  it('links to what exists', () => {
    const broken = linksOf(document).filter(
      (target) => !existsSync(resolve(dirname(document), decodeURIComponent(target.replace(/#.*$/, '')))),
    );
    expect(broken).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  const rows = rowsOf('docs/architecture.md');

  it('has rows for model, training, localisation, metrics and files', () => {
    expect(rows.length).toBeGreaterThan(40);
  });

  it.each(rows)('$file exports $names, and its tests are there', ({ file, names, files }) => {
    expect(files.filter((path) => !existsSync(path))).toEqual([]);
    const source = readFileSync(file, 'utf8');
    const isExported = (name: string) =>
      new RegExp(`^export (?:async )?(?:const|function|class|interface|type) ${name}\\b`, 'm').test(source);
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !isExported(name))).toEqual([]);
  });

  it('names the exported losses', () => {
    const text = readFileSync('docs/architecture.md', 'utf8');
    const losses = readFileSync('src/model/lossTerms.ts', 'utf8');
    const section = text.slice(text.indexOf('### Losses'), text.indexOf('### Training'));
    const named = [...section.matchAll(/\| `(\w+)` \|/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(6);
    expect(named.filter((name) => !losses.includes(`export function ${name}(`))).toEqual([]);
  });
});

describe('docs/formats.md', () => {
  const [read, written] = readFileSync('docs/formats.md', 'utf8').split('\n## Written\n') as [string, string];
  const rows = (text: string): string[][] =>
    text.split('\n').flatMap((line) => (line.startsWith('| `') ? [line.split('|').slice(1, -1)] : []));
  const namesOf = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);

  it('names the formats that are read', () => {
    const named = rows(read).flatMap(([cell]) => namesOf(cell!));
    expect(named.sort()).toEqual(READERS.map(({ format }) => format).sort());
  });

  it('names the formats that are written, and what each has a place for', () => {
    const named = rows(written).flatMap(([cell, segments, boxes]) =>
      namesOf(cell!).map((name) => `${name}: ${segments!.trim()}, ${boxes!.trim()}`),
    );
    const holds = WRITERS.map(({ format, holds: own }) => {
      const [segments, boxes] = (['segments', 'boxes'] as const).map((one) =>
        own.includes(one) ? 'yes' : 'no',
      );
      return `${format}: ${segments}, ${boxes}`;
    });
    expect(named.sort()).toEqual(holds.sort());
  });
});

describe.skipIf(!existsSync('README.md'))('README.md', () => {
  const text = existsSync('README.md') ? readFileSync('README.md', 'utf8') : '';
  const lines = [...text.matchAll(/wherewhen(?:\.js)?(?: --)? ([a-z]+)\b([^`\n]*)/g)];
  const shown = lines.map(([, command, rest]) => ({ command: command!, options: optionsOf(rest!) }));
  const elsewhere = /^[\s`$]*(?:npm run bench|npx vitest|git|npm ci|ffmpeg)/; // other programs' options
  const code = text.match(/`[^`\n]+`|^```[\s\S]*?^```/gm)?.join('\n') ?? '';
  const all = code
    .split('\n')
    .filter((line) => !elsewhere.test(line))
    .flatMap(optionsOf);

  it('names options that some command has', async () => {
    const known = new Set(['--help', ...(await programs()).flatMap(longOf)]);
    expect([...new Set(all)].filter((option) => !known.has(option))).toEqual([]);
  });

  it('gives each command its own options', async () => {
    for (const { command, options } of shown.filter((one) => one.options.length > 0)) {
      const own = (await programs()).find((one) => one.name() === command);
      expect(own, command).toBeDefined();
      expect(
        options.filter((option) => !longOf(own!).includes(option)),
        command,
      ).toEqual([]);
    }
  });
});

function optionsOf(text: string): string[] {
  return [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option);
}

/** The program and its commands. */
async function programs(): Promise<Command[]> {
  const program = await programOf(() => () => Promise.resolve(), []);
  return [program, ...program.commands];
}

function longOf({ options }: Command): string[] {
  return options.map(({ long }) => long!);
}

describe('comments of the code', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.ts$/.test(name),
  );
  const cited = files.flatMap((file) =>
    [...readFileSync(join('src', file), 'utf8').matchAll(/\b(docs\/\w+\.md)(?:#([\w-]+))?/g)].map(
      ([, page, section]) => ({ file, page: page!, section }),
    ),
  );

  it('cite pages and sections that are there', () => {
    expect(cited.length).toBeGreaterThan(20);
    const broken = cited.filter(({ page, section }) => !existsSync(page) || !hasSection(page, section));
    expect(broken).toEqual([]);
  });

  it('cite nothing that is not in the repository', () => {
    const citing = files.filter((file) => /\bMETHOD\b/.test(readFileSync(join('src', file), 'utf8')));
    expect(citing).toEqual([]);
  });
});

/** Has the page a heading whose anchor is `section`? Without one the page is enough. */
function hasSection(page: string, section?: string): boolean {
  const headings = readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm);
  const anchors = [...headings].map(([, text]) =>
    text!
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .trim()
      .replace(/\s/g, '-'),
  );
  return section === undefined || anchors.includes(section);
}
