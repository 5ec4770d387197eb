// The files of the page, as the build left them in dist/viewer. They are listed once, so that a request can name
// no other file.
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingError } from '../errors.js';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
  '.wasm': 'application/wasm',
  '.onnx': 'application/octet-stream',
  '.mp4': 'video/mp4',
};

/** One file of the page. */
export interface PageFile {
  bytes: Uint8Array<ArrayBuffer>;
  type: string;
}

/** Where `npm run build` puts the page: beside the built server, and from the sources in dist too. */
export function builtPage(): string {
  const isSource = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(isSource ? '../../dist/viewer' : '../viewer', import.meta.url));
}

/** Reads the page's files by their address without the leading slash. Throws `missing` where it was not built. */
export async function readPage(folder: string): Promise<Map<string, PageFile>> {
  const files = new Map<string, PageFile>();
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await walk(name);
      else if (entry.isFile() && TYPES[extname(name)]) {
        const bytes = new Uint8Array(await readFile(join(folder, name)));
        files.set(name, { bytes, type: TYPES[extname(name)]! });
      }
    }
  };
  await walk('').catch(() => undefined);
  if (files.has('index.html')) return files;
  throw missingError(folder, 'the built page', 'none', 'npm run build makes it');
}
