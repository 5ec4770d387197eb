// The site as files: every Markdown page in both languages, the pictures and sources that they link to, styles, fonts and
// the search. The API pages are TypeDoc's (build.ts).
import { copyFile, cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outputOf, pages, sourceOf, type Language, type Page } from './contents.js';
import { renderMarkdown, type Rendered, type Section } from './markdown.js';
import { escapeHtml, pageHtml } from './page.js';

const assets = fileURLToPath(new URL('./assets/', import.meta.url));
const katex = dirname(createRequire(import.meta.url).resolve('katex/package.json'));

/** What was written. */
export interface Site {
  /** Paths of the Markdown pages on the site, by language. */
  pages: Record<Language, string[]>;
  /** Repository files that pages link to, shown as they are. */
  sources: string[];
}

/** Writes the site of the repository `root` into `out`; throws where a page links to what does not exist. */
export async function writeSite(root: string, out: string): Promise<Site> {
  const linked = new Set<string>();
  const site: Site = { pages: { en: [], zh: [] }, sources: [] };
  for (const language of ['en', 'zh'] as const) {
    const index: SearchRow[] = [];
    for (const page of pages) {
      const source = sourceOf(page, language, root);
      const rendered = await renderPage({ root, page, language, source, linked });
      if (!rendered) continue;
      index.push(...searchRows(page, language, rendered));
      if (source === undefined) continue; // the English page is found, and stands where it stands
      await writeText(join(out, rendered.output), rendered.html);
      site.pages[language].push(rendered.output);
    }
    await writeText(
      join(out, `assets/search-${language}.js`),
      `var searchIndex = ${JSON.stringify(index)};\n`,
    );
  }
  site.sources = await writeLinked(root, out, linked);
  await copyAssets(out);
  return site;
}

/** The line of a Markdown page that links its twin: the site has a switch for it. */
const languageLine = /^\[(?:中文|English)\]\([^)]*\)\n\n/m;

/** Page, heading, plain text: what the search looks through. */
type SearchRow = [href: string, page: string, heading: string, text: string];

interface RenderedPage extends Rendered {
  output: string;
}

async function renderPage({
  root,
  page,
  language,
  source,
  linked,
}: {
  root: string;
  page: Page;
  language: Language;
  source: string | undefined;
  linked: Set<string>;
}): Promise<RenderedPage | undefined> {
  const from = source ?? sourceOf(page, 'en', root);
  if (from === undefined) return undefined;
  const output = outputOf(from);
  const text = await readFile(join(root, from), 'utf8');
  const { html, sections } = renderMarkdown(text.replace(languageLine, ''), (target) =>
    linkOf(target, from, linked),
  );
  const title = sections[0]?.heading ?? page.name[language];
  return { sections, output, html: pageHtml({ language, output, title, html, sections, page, root }) };
}

/** Where a link of the Markdown file `from` leads on the site; remembers files that must be there for it. */
function linkOf(target: string, from: string, linked: Set<string>): string | undefined {
  if (/^(?:[a-z]+:|#)/i.test(target)) return target;
  const [path = '', anchor] = target.split('#');
  const file = posix.join(posix.dirname(from), decodeURIComponent(path));
  const hash = anchor === undefined ? '' : `#${anchor}`;
  const here = posix.dirname(outputOf(from));
  if (file.endsWith('/') || !posix.basename(file).includes('.'))
    return file === 'LICENSE' ? source() : undefined;
  if (pages.some((page) => page.source === file) || file.startsWith('docs/zh/'))
    return `${posix.relative(here, outputOf(file))}${hash}`;
  if (/\.(?:jpg|png|svg|gif|mp4)$/.test(file)) {
    linked.add(file);
    return posix.relative(here, posix.relative('docs', file));
  }
  return source();

  function source(): string {
    linked.add(file);
    return posix.relative(here, sourcePage(file));
  }
}

const sourcePage = (file: string): string => `source/${file}.html`;

/** Pictures are copied; sources become pages with their lines, so that a formula is one click from its code. */
async function writeLinked(root: string, out: string, linked: Set<string>): Promise<string[]> {
  const sources: string[] = [];
  for (const file of linked) {
    const picture = /\.(?:jpg|png|svg|gif|mp4)$/.test(file);
    const place = join(out, picture ? posix.relative('docs', file) : sourcePage(file));
    await mkdir(dirname(place), { recursive: true });
    if (picture) await copyFile(join(root, file), place);
    else {
      await writeFile(place, sourceHtml(file, await readFile(join(root, file), 'utf8'), root));
      sources.push(sourcePage(file));
    }
  }
  return sources;
}

function sourceHtml(file: string, text: string, root: string): string {
  const html = `<h1><code>${escapeHtml(file)}</code></h1>\n<pre class="source"><code>${escapeHtml(text)}</code></pre>`;
  return pageHtml({ language: 'en', output: sourcePage(file), title: file, html, sections: [], root });
}

function searchRows(page: Page, language: Language, { output, sections }: RenderedPage): SearchRow[] {
  const href = ({ id, level }: Section): string => (level === 1 ? output : `${output}#${id}`);
  return sections.map((section) => [
    href(section),
    page.name[language],
    section.heading,
    section.text.replace(/\s+/g, ' ').trim(),
  ]);
}

async function copyAssets(out: string): Promise<void> {
  for (const name of await readdir(assets)) await copyFile(join(assets, name), join(out, 'assets', name));
  const fonts = join(out, 'assets/katex');
  await mkdir(join(fonts, 'fonts'), { recursive: true });
  await copyFile(join(katex, 'dist/katex.min.css'), join(fonts, 'katex.min.css'));
  await cp(join(katex, 'dist/fonts'), join(fonts, 'fonts'), {
    recursive: true,
    filter: async (path) => path.endsWith('.woff2') || (await stat(path)).isDirectory(),
  });
}

async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
