// The web half of the runtime in a real browser: the same graphs and files give the numbers that they give in Node.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportOnnx } from '../../src/savedModel/index.js';
import { openRuntime } from '../../src/runtime/index.js';
import { writeTinyModel } from '../savedModel/tinyModel.js';
import { Random } from '../../src/random.js';
import type { Tensor } from '../../src/tensor.js';

const CHROMIUM = process.env['WHEREWHEN_CHROMIUM'] ?? '/usr/bin/chromium';
const hasBrowser = existsSync(CHROMIUM);
if (!hasBrowser) console.warn(`the web runtime's tests are skipped: no ${CHROMIUM} (set WHEREWHEN_CHROMIUM)`);
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
FLAGS.push('--disable-background-networking', '--disable-component-update');

interface Engine {
  steps(threads: number): Promise<{ y: number[][]; w: number[]; threads: number }>;
  model(bytes: number[], frames: number[], shape: number[]): Promise<number[]>;
  failure(script: string): Promise<string>;
}

/** A script of the tests or of the sources for a page. */
async function bundled(path: string): Promise<string> {
  const entry = fileURLToPath(new URL(path, import.meta.url));
  const { outputFiles } = await build({
    ...{ entryPoints: [entry], bundle: true, write: false, format: 'esm', target: 'es2022' },
    ...{ platform: 'browser', logLevel: 'silent', conditions: ['browser'] },
  });
  return outputFiles[0]!.text;
}

/** Serves texts and files by their address to a page that is isolated, so that threads are allowed. */
async function serve(files: Record<string, string | Buffer>): Promise<Server> {
  const types: Record<string, string> = {
    js: 'text/javascript',
    mjs: 'text/javascript',
    wasm: 'application/wasm',
  };
  const server = createServer(({ url = '/' }, response) => {
    const body = files[url];
    const type = types[url.split('.').at(-1)!] ?? 'text/html';
    response.writeHead(body === undefined ? 404 : 200, {
      'Content-Type': type,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe.runIf(hasBrowser)('a runtime in a page', () => {
  let folder: string;
  let server: Server;
  let browser: Browser;
  let page: Page;
  const asked: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wherewhen-web-runtime-'));
    const ort = (name: string): string => createRequire(import.meta.url).resolve(`onnxruntime-web/${name}`);
    server = await serve({
      '/': '<!doctype html><script type="module" src="/page.js"></script>',
      '/page.js': await bundled('pageEngine.ts'),
      '/worker.js': await bundled('../../src/runtime/web/webWorker.ts'),
      '/ort.mjs': await readFile(ort('ort-wasm-simd-threaded.mjs')),
      '/ort.wasm': await readFile(ort('ort-wasm-simd-threaded.wasm')),
    });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    page = await browser.newPage();
    page.on('request', (request) => asked.push(new URL(request.url()).host));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => 'engine' in globalThis);
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([1, 2])('keeps state between steps, on %i thread(s)', async (threads) => {
    const run = (count: number) => (globalThis as unknown as { engine: Engine }).engine.steps(count);
    const { y, w } = await page.evaluate(run, threads);
    // w = 1 2 3, x = 1 1 2: y = 1 2 6; then w -= 0.1 y x: 0.9 1.8 1.8, y = 0.9 1.8 3.6; then 0.81 1.62 1.08.
    const near = (values: number[]) => values.map((value) => expect.closeTo(value, 5) as number);
    expect(y).toEqual([near([1, 2, 6]), near([0.9, 1.8, 3.6])]);
    expect(w).toEqual(near([0.81, 1.62, 1.08]));
  });

  it('answers from an exported model as Node does', async () => {
    const [model, file] = [join(folder, 'model'), join(folder, 'model.onnx')];
    await writeTinyModel(model, ['left', 'right']);
    await exportOnnx(model, file);
    const bytes = await readFile(file);
    const shape = [1, 4, 24, 32, 3];
    const random = Random.from(4, 'page');
    const data = Uint8Array.from({ length: 4 * 24 * 32 * 3 }, () => random.integer(0, 256));
    await using runtime = await openRuntime({ threads: 1 });
    const program = await runtime.openModel(file);
    const frames: Tensor = { dtype: 'uint8', shape, data };
    const expected = Array.from((await program.run({ frames })).probabilities!.data as Float32Array);
    const got = await page.evaluate(
      ([model, pixels, sizes]) =>
        (globalThis as unknown as { engine: Engine }).engine.model(model!, pixels!, sizes!),
      [Array.from(bytes), Array.from(data), shape],
    );
    got.forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 5));
  });

  it('says what is wrong with a file that is no model, and with a worker that is not there', async () => {
    const run = (script: string) => (globalThis as unknown as { engine: Engine }).engine.failure(script);
    expect(await page.evaluate(run, '/worker.js')).toMatch(/^load: the engine must succeed/);
    expect(await page.evaluate(run, '/nowhere.js')).toMatch(
      /its worker failed: its script could not be loaded/,
    );
  });

  it('asks no other host', () => {
    expect(new Set(asked.map((host) => host.split(':')[0]))).toEqual(new Set(['127.0.0.1']));
  });
});
