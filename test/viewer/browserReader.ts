// The viewer's reader of files in a real browser, as one more reader for the tests.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { VideoInfo } from '../../src/video/index.js';
import type { PageClipShape } from '../../src/web/clipFile.js';
import { openBrowser } from './page.js';

/** A clip as the page read it. */
export interface PageRead {
  pixels: number[];
  times: number[];
  indices: number[];
  info: VideoInfo;
  missingFrames: number;
  warnings: string[];
}

/** What `<video>` shows first. */
export interface Shown {
  width: number;
  height: number;
  middle: number[];
}

/** An open page. */
export interface BrowserReader {
  read(path: string, shape: PageClipShape): Promise<PageRead>;
  shown(path: string): Promise<Shown>;
  close(): Promise<void>;
}

/** Opens a page that reads the files of `folder`. */
export async function openBrowserReader(folder: string): Promise<BrowserReader> {
  const script = await bundled();
  const server = createServer((request, response) => {
    const name = basename(decodeURIComponent(request.url ?? ''));
    if (name === '') return response.setHeader('Content-Type', 'text/html').end('<body></body>');
    void readFile(join(folder, name)).then(
      (bytes) => response.setHeader('Content-Length', bytes.length).end(bytes),
      () => response.writeHead(404).end(),
    );
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await openBrowser();
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.addScriptTag({ content: script, type: 'module' });
  const call = <Out>(door: 'read' | 'shown', path: string, shape?: PageClipShape): Promise<Out> =>
    page.evaluate(
      ([name, address, how]) =>
        (globalThis as unknown as { readers: Record<string, (...args: unknown[]) => unknown> }).readers[
          name as string
        ]!(address, how) as Out,
      [door, `/${encodeURIComponent(basename(path))}`, shape] as const,
    ) as Promise<Out>;
  return {
    read: (path, shape) => call<PageRead>('read', path, shape),
    shown: (path) => call<Shown>('shown', path),
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

async function bundled(): Promise<string> {
  const entry = fileURLToPath(new URL('./readInPage.ts', import.meta.url));
  const { outputFiles } = await build({
    ...{ entryPoints: [entry], bundle: true, write: false, format: 'esm', target: 'es2022' },
    ...{ platform: 'browser', logLevel: 'silent', conditions: ['browser'] },
  });
  return outputFiles[0]!.text;
}
