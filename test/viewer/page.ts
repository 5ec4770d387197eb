// What the browser's tests share: Chromium, the page as it is built now, a server over a folder, and a watch on
// everything that the page says on the console and asks of other hosts.
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import { Result } from '../../src/result.js';
import { isBuilt } from '../cli/command.js';

const CHROMIUM = process.env['WHEREWHEN_CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether there is a browser to test in. */
export const hasBrowser = existsSync(CHROMIUM);
if (!hasBrowser)
  console.warn(`the viewer's browser tests are skipped: no ${CHROMIUM} (set WHEREWHEN_CHROMIUM)`);

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
FLAGS.push(
  '--disable-background-networking',
  '--disable-component-update',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-device-for-media-stream', // a camera that nobody has to stand before
  '--use-fake-ui-for-media-stream',
);

/** A browser without a screen; `more` are switches that Chromium takes. */
export function openBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...more] });
}

/** The folder of the page: as `npm run build` left it, where that is newer than every source, else built into `folder`. */
export function buildPage(folder: string): Promise<string> {
  const isThere = isBuilt('dist/viewer/index.html', ['src', 'viewer']);
  return isThere ? Promise.resolve(resolve('dist/viewer')) : buildFresh('viewer/vite.config.ts', folder);
}

/** The folder of the page as one script, likewise. */
export function buildOneScript(folder: string): Promise<string> {
  const isThere = isBuilt('dist/viewer-file/page.js', ['src', 'viewer']);
  return isThere
    ? Promise.resolve(resolve('dist/viewer-file'))
    : buildFresh('viewer/vite.file.config.ts', folder);
}

async function buildFresh(configFile: string, folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await build({ configFile, logLevel: 'warn', build: { outDir: folder, emptyOutDir: true } });
  return folder;
}

/** Collects what must not happen: words on the console, errors, what the content policy refuses, requests to other hosts. */
export function watch(page: Page, host: () => string): string[] {
  const faults: string[] = [];
  void page.addInitScript(() =>
    addEventListener('securitypolicyviolation', ({ blockedURI, violatedDirective }) =>
      console.error(`refused by the content policy: ${blockedURI}, ${violatedDirective}`),
    ),
  );
  page.on('console', (message) => {
    if (/willReadFrequently/.test(message.text())) return; // of the pixels that these tests read back, the page reads none
    if (message.type() === 'error' || message.type() === 'warning')
      faults.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(host()) && !/^(data|blob):/.test(url)) faults.push(`request: ${url}`);
  });
  return faults;
}

/** Side of a bar in pixels, and how many there are: frames up to 1023 can be told apart. */
const BAR = 16;
const BARS = 10;

/** A picture that bears its number as black and white bars along the lower edge, on a grey that rises. */
export function barCode(frame: number, width: number, height: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3).fill(60 + (frame % 100));
  for (let bar = 0; bar < BARS; bar++) {
    const value = (frame >> bar) & 1 ? 250 : 5;
    for (let y = height - BAR; y < height; y++)
      rgb.fill(value, (y * width + bar * BAR) * 3, (y * width + (bar + 1) * BAR) * 3);
  }
  return rgb;
}

/** Run in the page: reads the number that the video shows, by the brightness of the middle of every bar. */
export const READ_BARS = `(video, width, height) => {
  const canvas = (window.barCanvas ??= Object.assign(document.createElement('canvas'), { width, height }));
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  brush.drawImage(video, 0, 0, width, height);
  let number = 0;
  for (let bar = 0; bar < ${BARS}; bar++) {
    const [red] = brush.getImageData(bar * ${BAR} + ${BAR / 2}, height - ${BAR / 2}, 1, 1).data;
    if (red > 128) number += 1 << bar;
  }
  return number;
}`;

/** Drops a clip on the view `In this page` and gives the answer that it saves there. */
export async function answeredHere(page: Page, address: string, clip: string): Promise<Result> {
  await page.goto(`${address}#/here`);
  await page.setInputFiles('#here-file', clip);
  await page.waitForSelector('#here-bars li', { timeout: 60_000 });
  const saving = page.waitForEvent('download');
  await page.click('#here-save');
  return Result.parse(JSON.parse(await readFile(await (await saving).path(), 'utf8')));
}
