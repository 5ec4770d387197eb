import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as door from '../src/index.js';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, string | null>;
};

it('every path that the package offers is built from a file that exists', () => {
  // formats have a list of their own, which is no door; a worker is a script of its own
  const inner = { './teach/worker': './dist/teach/worker.js', './dataset/*': null };
  expect(exports).toEqual({
    '.': './dist/index.js',
    './schema/*': './schema/*',
    './package.json': './package.json',
    './*': './dist/*/index.js',
    ...inner,
  });
  expect(existsSync('src/index.ts')).toBe(true);
  const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const closed = folders.filter(({ name }) => !existsSync(`src/${name}/index.ts`)).map(({ name }) => name);
  expect(closed).toEqual(['cli', 'page']); // a program, and what report and viewer draw
});

it('the first door is enough to train, answer, score and show', () => {
  for (const name of ['train', 'openModel', 'readClip', 'scoreModel', 'writeReport'] as const) {
    expect(door[name], name).toBeTypeOf('function');
  }
});

it.skipIf(process.platform === 'win32')(
  'the command starts node with what malloc must know from the start',
  () => {
    const [firstLine] = readFileSync('bin/wherewhen.js', 'utf8').split('\n');
    const script = join(mkdtempSync(join(tmpdir(), 'command-')), 'script.mjs');
    writeFileSync(
      script,
      `${firstLine}\nconsole.log(process.env.MALLOC_MMAP_THRESHOLD_, ...process.argv.slice(2));\n`,
    );
    chmodSync(script, 0o755);
    expect(execFileSync(script, ['two words', '-x'], { encoding: 'utf8' })).toBe('4194304 two words -x\n');
  },
);
