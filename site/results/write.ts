// `npm run docs:results`: writes docs/results.md and docs/zh/results.md from docs/results/*.json. With the name of a table and
// the JSON that its bench printed, it takes the figures over first: `npm run docs:results -- who figures.json`.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { readResults, Results, resultsPage, withFigures } from './table.js';

const docs = fileURLToPath(new URL('../../docs', import.meta.url));
const [name, figures] = process.argv.slice(2);

if (name !== undefined && figures !== undefined) {
  const path = join(docs, 'results', `${name}.json`);
  const old = Results.parse(JSON.parse(await readFile(path, 'utf8')));
  const measured = JSON.parse(await readFile(figures, 'utf8')) as Record<string, number>;
  const now = withFigures(old, measured, new Date().toISOString().slice(0, 10));
  await writeFile(path, await format(JSON.stringify(now), { parser: 'json', printWidth: 110 }));
}
const all = await readResults(join(docs, 'results'));
await writeFile(join(docs, 'results.md'), resultsPage(all, 'en'));
await writeFile(join(docs, 'zh/results.md'), resultsPage(all, 'zh'));
console.log(`${all.length} tables: docs/results.md, docs/zh/results.md`);
