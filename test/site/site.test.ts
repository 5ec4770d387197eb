// The documentation site as it is built from the pages of this repository: every link leads to a file of the site, both
// languages are there, nothing is fetched, and the search finds. In a real browser it is opened from the disk.
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputOf, pages, sourceOf } from '../../site/contents.js';
import { anchorOf, renderMarkdown } from '../../site/markdown.js';
import { writeSite, type Site } from '../../site/site.js';

let folder: string;
let site: Site;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-site-'));
  site = await writeSite('.', folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const html = (path: string): string => readFileSync(join(folder, path), 'utf8');

describe('the site', () => {
  it('has every page of the contents in English, and every page of docs in Chinese', () => {
    expect(site.pages.en).toEqual(pages.map(({ source }) => outputOf(source)));
    const twins = pages.filter(({ source }) => source.startsWith('docs/'));
    expect(twins.length).toBeGreaterThan(25);
    for (const page of twins) expect(sourceOf(page, 'zh', '.'), page.source).toBeDefined();
    expect(site.pages.zh).toContain('zh/index.html');
  });

  it('links only to files that it holds, and to anchors that are there', () => {
    const broken: string[] = [];
    for (const path of [...site.pages.en, ...site.pages.zh]) {
      for (const [, target] of html(path).matchAll(/(?:href|src)="([^"]+)"/g)) {
        if (/^[a-z]+:/i.test(target!) || target!.includes('api/index.html')) continue; // TypeDoc writes the API
        const [file, anchor] = target!.split('#');
        const there =
          file === '' ? join(folder, path) : resolve(folder, dirname(path), decodeURIComponent(file!));
        const isThere =
          existsSync(there) &&
          (!anchor || there.includes(`${join(folder, 'source')}/`) || hasAnchor(there, anchor));
        if (!isThere) broken.push(`${path}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it('fetches nothing and loads no module, which pages of a disk may not', async () => {
    for (const path of [...site.pages.en, ...site.pages.zh, ...site.sources.slice(0, 5)])
      expect(html(path), path).not.toMatch(
        /<script[^>]*type="module"|<(?:script|link|img)[^>]*(?:src|href)="https?:/,
      );
    for (const name of (await readdir(join(folder, 'assets'))).filter((one) =>
      /^(?:site|theme)\.js$/.test(one),
    ))
      expect(await readFile(join(folder, 'assets', name), 'utf8')).not.toMatch(
        /fetch\(|import\(|XMLHttpRequest/,
      );
  });

  it('shows no asterisks in its text, which emphasis leaves that does not close, as after a full-width mark', () => {
    const text = (path: string): string => html(path).replace(/<(pre|code|math|script)\b[\s\S]*?<\/\1>/g, '');
    const left = [...site.pages.en, ...site.pages.zh].filter((path) => /\*\*/.test(text(path)));
    expect(left).toEqual([]);
  });

  it('shows the same code in both languages of a tutorial', () => {
    for (const { source } of pages.filter((page) => page.source.startsWith('docs/tutorials/')))
      expect(fencesOf(source.replace('docs/', 'docs/zh/')), source).toEqual(fencesOf(source));
  });
});

describe('a page in Chinese', () => {
  const twins = pages.filter((page) => sourceOf(page, 'zh', '.') && page.source !== 'docs/README.md');

  it.each(twins.map(({ source }) => source))(
    'has no figure in its tables that the English page has not: %s',
    (source) => {
      const known = figuresOf(source);
      const strange = [...figuresOf(source.replace('docs/', 'docs/zh/'))].filter(
        ([figure, count]) => count > (known.get(figure) ?? 0),
      );
      expect(strange).toEqual([]);
    },
  );
});

/** How often each number stands in the tables of a page, targets of links left out. */
function figuresOf(source: string): Map<string, number> {
  const rows = readFileSync(source, 'utf8').match(/^\|.*$/gm) ?? [];
  const counts = new Map<string, number>();
  for (const [figure] of rows
    .join('\n')
    .replace(/\]\([^)]*\)/g, '')
    .matchAll(/\d+(?:\.\d+)?/g))
    counts.set(figure, (counts.get(figure) ?? 0) + 1);
  return counts;
}

function hasAnchor(path: string, anchor: string): boolean {
  const id = decodeURIComponent(anchor);
  return readFileSync(path, 'utf8').includes(`id="${id}"`);
}

function fencesOf(source: string): string[] {
  return readFileSync(source, 'utf8').match(/^```[\s\S]*?^```/gm) ?? [];
}

describe('Markdown', () => {
  it('gives headings the anchors of GitHub, a second one of a name with a number', () => {
    const taken = new Set<string>();
    expect(anchorOf('The `ucf101` split: a, b', taken)).toBe('the-ucf101-split-a-b');
    expect(anchorOf('单峰项里为什么要有 max？', taken)).toBe('单峰项里为什么要有-max');
    expect([anchorOf('Same', taken), anchorOf('Same', taken)]).toEqual(['same', 'same-1']);
  });

  it('sets formulas, and leaves the dollar of a shell line alone', () => {
    expect(renderMarkdown('a $x_1$ b', String).html).toContain('class="katex"');
    expect(renderMarkdown('`$((2 * s))` and $5 or $6', String).html).not.toContain('katex');
    expect(() => renderMarkdown('$\\nosuchcommand{$', String)).toThrow(/KaTeX/);
  });

  it('keeps an option and a figure with its interval on one line, and lets words and long code break', () => {
    const page = renderMarkdown(
      '`--part i/N`\n\n| a | b |\n| - | - |\n| **-4.1 (-8.4 to -0.3)** | two |',
      String,
    ).html;
    expect(page).toContain('<code class="short">--part i/N</code>');
    expect(page).toContain('<td class="figure"><strong>-4.1 (-8.4 to -0.3)</strong></td>\n<td>two</td>');
    expect(renderMarkdown(`\`${'a-'.repeat(20)}\``, String).html).toContain('<code>');
  });

  it('keeps the words of a link that leads nowhere', () => {
    expect(renderMarkdown('[src](src/)', () => undefined).html).toMatch(/<span[^>]*>src<\/span>/);
  });
});

const executablePath = process.env['WHEREWHEN_CHROMIUM'] ?? '/usr/bin/chromium';

describe.skipIf(!existsSync(executablePath))('opened from the disk', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(() => browser?.close());

  it('searches in both languages, changes the theme and changes the language of a page', async () => {
    const page = await browser.newPage({ colorScheme: 'light' });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('requestfailed', (request) => {
      // pictures of a page that is left before they are there are not missing
      if (request.failure()?.errorText !== 'net::ERR_ABORTED') errors.push(request.url());
    });
    await page.goto(pathToFileURL(join(folder, 'index.html')).href);
    await page.fill('#search input', 'bit-exactly');
    await page.press('#search input', 'Enter');
    await page.waitForURL(/html/);
    await page.goto(pathToFileURL(join(folder, 'tutorials/paper.html')).href);
    expect(await page.locator('.katex-display').count()).toBeGreaterThan(8);
    await page.click('#theme');
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await page.click('header .language');
    expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
    await page.fill('#search input', '加性打分');
    expect(await page.locator('#search li').first().textContent()).toContain('加性');
    expect(errors).toEqual([]);
    await page.close();
  });
});
