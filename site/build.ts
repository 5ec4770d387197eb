// `npm run docs`: the documentation site, written to out/docs (or a folder that is named). It opens from a disk.
// `--no-api` leaves out TypeDoc's pages, which take most of the time.
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';
import { writeSite } from './site.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const [out = 'out/docs'] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const folder = resolve(out);

await rm(folder, { recursive: true, force: true });
const { pages, sources } = await writeSite(root, folder);
console.log(`${pages.en.length} pages in English, ${pages.zh.length} in Chinese, ${sources.length} sources`);
if (!process.argv.includes('--no-api')) await writeApi(join(folder, 'api'));
console.log(`open ${join(folder, 'index.html')}`);

/** A page for every public name of every folder that a program can import. */
async function writeApi(to: string): Promise<void> {
  const app = await Application.bootstrap({
    entryPoints: ['src/index.ts', 'src/*/index.ts'],
    tsconfig: 'tsconfig.build.json',
    name: 'wherewhen',
    readme: 'none',
    disableSources: true,
    skipErrorChecking: true, // `npm run types` has done it
    navigationLinks: { Documentation: '../index.html', 中文: '../zh/index.html' },
    logLevel: 'Error',
  });
  const project = await app.convert();
  if (!project) throw new Error('typedoc: the public names could not be read');
  await app.generateDocs(project, to);
}
