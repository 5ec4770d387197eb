// The published schemas and the page that shows them, against the forms that this project reads with.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { schemaFiles } from '../scripts/schemaFiles.js';
import { LabelList } from '../src/dataset/formats/list.js';
import { Result } from '../src/result.js';
import { Truth } from '../src/truth.js';

const examples = Object.fromEntries(
  [...readFileSync('docs/files.md', 'utf8').matchAll(/^```json (\w+)\n([\s\S]*?)^```/gm)].map(
    ([, name, text]) => [name, JSON.parse(text!) as unknown],
  ),
);

it('schema/ holds the schemas as they are made now (`npm run schemas` writes them)', () => {
  const written = readdirSync('schema').map((name) => [name, readFileSync(`schema/${name}`, 'utf8')]);
  expect(Object.fromEntries(written)).toEqual(schemaFiles());
});

describe.each([
  ['result', Result, { clip: 7 }],
  ['truth', Truth, { version: 2 }],
  ['labels', LabelList, [{ clip: 'a.mp4' }]],
] as const)('%s', (name, form, wrong) => {
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(`schema/${name}.json`, 'utf8')) as never);

  it('has an example in docs/files.md, which the form and the schema take', () => {
    expect(form.parse(examples[name])).toEqual(examples[name]);
    expect(schema.safeParse(examples[name]).success).toBe(true);
  });

  it('refuses what the form refuses', () => {
    expect(form.safeParse(wrong).success).toBe(false);
    expect(schema.safeParse(wrong).success).toBe(false);
  });
});
