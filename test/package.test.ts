import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as door from '../src/index.js';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, string> };

it('every path that the package offers is built from a file that exists', () => {
  expect(exports).toEqual({ '.': './dist/index.js', './*': './dist/*/index.js' });
  expect(existsSync('src/index.ts')).toBe(true);
  const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const closed = folders.filter(({ name }) => !existsSync(`src/${name}/index.ts`)).map(({ name }) => name);
  expect(closed).toEqual(['cli']); // a program, not a library
});

it('the first door is enough to train, answer, score and show', () => {
  for (const name of ['train', 'openModel', 'readClip', 'scoreModel', 'writeReport'] as const) {
    expect(door[name], name).toBeTypeOf('function');
  }
});
