// The page's parts: HTML and CSS as they lie in src/page/, and its script as one file. The build puts the script
// into dist beside them; from the sources (tests) it is bundled on the spot, so that no test runs a stale one.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The three parts of the page. */
export interface PageSource {
  html: string;
  css: string;
  script: string;
}

/** Its style sheets in their order. */
export const STYLES = ['base.css', 'player.css', 'report.css'] as const;

/** Reads (from sources: bundles) the page's parts. */
export async function pageSource(): Promise<PageSource> {
  const isSource = import.meta.url.endsWith('.ts');
  const [html, css, script] = await Promise.all([
    partOf('page.html'),
    pageStyle(),
    isSource ? bundled('../page/main.ts') : partOf('page.js'),
  ]);
  return { html, css, script };
}

function partOf(name: string): Promise<string> {
  return readFile(new URL(`../page/${name}`, import.meta.url), 'utf8');
}

/** The style alone, for pages without a script. */
export async function pageStyle(): Promise<string> {
  return (await Promise.all(STYLES.map(partOf))).join('\n');
}

/** The script of the page as one file, from `entry`, a path from this module. Needs the development dependency esbuild. */
export async function bundled(entry: string): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
  });
  return outputFiles[0]!.text.trim();
}

/** A content security policy that runs exactly this script and style and lets nothing be fetched from anywhere. */
export function policyFor({ css, script }: Pick<PageSource, 'css' | 'script'>): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(css)}`,
    "style-src-attr 'unsafe-inline'", // widths of bars and places of segments
    'img-src data:',
    'media-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
