// Learning in a real browser's worker gives the weights that Node gives. Skipped without Chromium (WHEREWHEN_CHROMIUM).
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRuntime } from '../../src/runtime/index.js';
import { teach } from '../../src/teach/index.js';
import { made, madeBackbone, madeTakes } from './madeTakes.js';
import type { Learnt } from './pageTeach.js';

const CHROMIUM = process.env['WHEREWHEN_CHROMIUM'] ?? '/usr/bin/chromium';
const hasBrowser = existsSync(CHROMIUM);
if (!hasBrowser) console.warn(`learning in a page is not tested: no ${CHROMIUM} (set WHEREWHEN_CHROMIUM)`);
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];

interface Teaching {
  learn(): Promise<Learnt>;
  stopped(): Promise<string>;
  refused(): Promise<string>;
}
type Scope = { teaching: Teaching };

/** A script for a page, which fails to be built where anything in it is of Node. */
async function bundled(path: string): Promise<string> {
  const { outputFiles } = await build({
    ...{ entryPoints: [fileURLToPath(new URL(path, import.meta.url))], bundle: true, write: false },
    ...{ format: 'esm', target: 'es2022', platform: 'browser', logLevel: 'silent', conditions: ['browser'] },
  });
  return outputFiles[0]!.text;
}

async function serve(files: Record<string, string | Buffer>): Promise<Server> {
  const types: Record<string, string> = {
    js: 'text/javascript',
    mjs: 'text/javascript',
    wasm: 'application/wasm',
  };
  const server = createServer(({ url = '/' }, response) => {
    response.writeHead(url in files ? 200 : 404, {
      'Content-Type': types[url.split('.').at(-1)!] ?? 'text/html',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    response.end(files[url]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

it('the room for learning and its worker need nothing of Node', async () => {
  await expect(bundled('../../src/teach/index.ts')).resolves.toContain('teach');
});

describe.runIf(hasBrowser)('learning in a page', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const ort = (name: string): Promise<Buffer> =>
      readFile(createRequire(import.meta.url).resolve(`onnxruntime-web/${name}`));
    server = await serve({
      '/': '<!doctype html><script type="module" src="/page.js"></script>',
      '/page.js': await bundled('pageTeach.ts'),
      '/worker.js': await bundled('../../src/teach/worker.ts'),
      '/ort.mjs': await ort('ort-wasm-simd-threaded.mjs'),
      '/ort.wasm': await ort('ort-wasm-simd-threaded.wasm'),
    });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => 'teaching' in globalThis);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it('gives the weights that Node gives, within 1e-3, on several threads', async () => {
    const { tensors, told, threads } = await page.evaluate(() =>
      (globalThis as unknown as Scope).teaching.learn(),
    );
    expect(threads).toBe(2);
    expect(told.filter((kind) => kind === 'epoch').length).toBeGreaterThan(2);
    await using runtime = await openRuntime({ threads: 1 });
    const recipe = { frames: made.frames, epochs: 2, batch: 4 };
    const own = await teach(madeTakes(3), madeBackbone, { runtime, recipe });
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(own.tensors).sort());
    for (const [name, values] of Object.entries(tensors))
      values.forEach((x, i) => {
        const expected = Number(own.tensors[name]!.data[i]);
        if (Math.abs(x - expected) > 1e-3) expect.fail(`${name}[${i}] is ${x}, expected ${expected}`);
      });
  });

  it('stops when it is told to, and says why it cannot learn', async () => {
    const stopped = await page.evaluate(() => (globalThis as unknown as Scope).teaching.stopped());
    expect(stopped).toBe('enough');
    const refused = await page.evaluate(() => (globalThis as unknown as Scope).teaching.refused());
    expect(refused).toContain('takes of two actions');
  });
});
