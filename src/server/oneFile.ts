// The page as one HTML file that opens from a disk: script and style inside it, and what a server would answer as base64
// under its addresses (viewer/src/embedded.ts reads them). Texts, models and ONNX Runtime are compressed.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeAtomically } from '../atomicFile.js';
import { inputError, missingError, WhereWhenError } from '../errors.js';
import { builtPage, readPage } from './pageFiles.js';
import type { Served } from './served.js';
import { copyAnswers, type StaticCopy, type StaticCopyOptions } from './staticCopy.js';

/** Parts that are small already. */
const PACKED = /\.(mp4|jpg)$/;

/** Largest file: browsers hold the whole of it in memory as text. */
const LARGEST = 1.5e9;

/** How a file is made. */
export interface OneFileOptions extends StaticCopyOptions {
  /** Folder of the page that was built as one script. */
  inside?: string;
}

/**
 * Writes page, clips and answers into the file `out`. `served` must have been opened with `mode: 'static'`.
 * Throws `output`, `input` where it would be too large to open, `missing` where the page was not built, and the reason of
 * an abort.
 */
export async function writeOneFile(
  out: string,
  served: Served,
  { page = builtPage(), inside = `${page}-file`, ...options }: OneFileOptions = {},
): Promise<StaticCopy> {
  const script = await built(inside, 'page.js');
  const style = await built(inside, 'style.css');
  const files = await readPage(page);
  const parts: Buffer[] = [];
  let size = 0;
  const add = (path: string, bytes: Uint8Array, type: string): void => {
    const isPacked = PACKED.test(path);
    const body = Buffer.from(isPacked ? bytes : gzipSync(bytes)).toString('base64');
    const names = `data-path="${path}" data-type="${type}"${isPacked ? '' : ' data-gzip'}`;
    const part = Buffer.from(`<script type="application/octet-stream" ${names}>${body}</script>\n`);
    size += part.length;
    if (size > LARGEST) throw tooLarge(out);
    parts.push(part);
  };
  const { broken } = await copyAnswers(served, async (path, bytes, type) => add(path, bytes, type), options);
  for (const { name, bytes, type } of await runtimeFiles(page)) add(`page/${name}`, bytes, type);
  for (const [name, { bytes, type }] of files)
    if (name.startsWith('sample/')) add(`page/${name}`, bytes, type.replace(/;.*/, ''));
  const [head, foot] = frame(script, style);
  const whole = Buffer.concat([Buffer.from(head), ...parts, Buffer.from(foot)]);
  await writeAtomically(out, whole);
  return { files: 1, bytes: whole.length, broken };
}

/** What stands before and after the parts. The policy names script and style by their hashes, and no host at all. */
function frame(script: string, style: string): [head: string, foot: string] {
  const code = script.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '\\x3C!--'); // both stand in texts only
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(code)} blob: 'wasm-unsafe-eval'`,
    `style-src ${hashOf(style)}`,
    'img-src data: blob:',
    'media-src blob:',
    'connect-src blob:',
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const head = `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta name="generator" content="wherewhen"><title>wherewhen</title><link rel="icon" href="data:,">
<style>${style}</style></head>
<body><div id="app"></div><noscript><p>This page needs scripts: it plays clips and draws on them.</p></noscript>
`;
  return [head, `<script type="module">${code}</script></body></html>\n`];
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** ONNX Runtime as the page loads it, under the names without a hash. */
async function runtimeFiles(page: string): Promise<{ name: string; bytes: Buffer; type: string }[]> {
  const folder = join(page, 'assets');
  const names = (await readdir(folder)).filter((name) => /^ort-.*\.(wasm|mjs)$/.test(name));
  return Promise.all(
    names.map(async (name) => ({
      name: `ort-wasm-simd-threaded${name.slice(name.lastIndexOf('.'))}`,
      bytes: await readFile(join(folder, name)),
      type: name.endsWith('.wasm') ? 'application/wasm' : 'text/javascript',
    })),
  );
}

async function built(folder: string, name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8').catch((cause: unknown) => {
    const expected = 'the page built as one script';
    throw missingError(join(folder, name), expected, 'none', 'npm run build makes it', cause);
  });
}

function tooLarge(path: string): WhereWhenError {
  return inputError(
    path,
    `clips and models that make a file of at most ${LARGEST / 1e9} GB`,
    'more',
    'fewer clips, or --static FOLDER for a web server',
  );
}
