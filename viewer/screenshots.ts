// Takes the pictures of docs/viewer.md from the demo: `npm run demo` first, then `npm run screenshots`. The second
// model, for the comparison, is the third argument, or a mean pool that is trained here once on the demo's clips. Names of
// pictures after it are the only ones taken.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { audit } from '../src/audit/index.js';
import { auditFile } from '../src/savedModel/modelFolder.js';
import { readTruth } from '../src/evaluate/index.js';
import { writeAtomically } from '../src/atomicFile.js';
import { listen, openServed } from '../src/server/index.js';
import { formSizes } from '../src/model/index.js';
import { train } from '../src/train/index.js';

const demo = process.argv[2] ?? 'out/demo';
const out = process.argv[3] ?? 'docs/viewer';
const only = process.argv.slice(5);
const size = { width: 1360, height: 880 };
const executablePath = process.env['WHEREWHEN_CHROMIUM'] ?? '/usr/bin/chromium';

if (!existsSync(join(demo, 'model'))) throw new Error(`no demo in ${demo}: npm run demo makes it`);
const second = process.argv[4] ?? join(demo, 'mean-pool');
if (!existsSync(join(second, 'config.json'))) {
  console.log('training a mean pool beside the demo model');
  const recipe = { epochs: 4, attention: formSizes('mean') };
  const cache = join(demo, 'model', 'cache'); // frames that the demo decoded already
  await train({ data: join(demo, 'world', 'train'), out: second, recipe, cache, overwrite: true });
}
const audited = join(second, auditFile);
if (!existsSync(audited)) {
  console.log('auditing it');
  const data = join(demo, 'world', 'test');
  const found = await audit({ model: second, data, truth: await readTruth(join(data, 'truth.json')) });
  await writeAtomically(audited, JSON.stringify(found));
}
await mkdir(out, { recursive: true });
const models = [join(demo, 'model'), second];
const server = await listen(await openServed({ models, data: join(demo, 'world', 'test') }), { port: 0 });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const beside = basename(second);
  for (const key of ['model', beside]) await askAll(key);
  const names = await clipNames();
  const clip = names.find(([name]) => name.startsWith('sweep-right'))![1];
  await shot('overview', '#/clips', { scheme: 'light' });
  await shot('clip', `#/clips/${clip}`, { scheme: 'light', act: hoverWeights });
  await shot('compare', `#/clips/${clip}?model=model&beside=${beside}`, { scheme: 'dark' });
  await shot('label', `#/clips/${clip}`, { scheme: 'light', act: label });
  await shot('what-if', `#/clips/${clip}`, { scheme: 'light', act: paintOver });
  await shot('here', '#/here', { scheme: 'dark', act: openHere });
  await shot('findings', `#/findings?model=${beside}`, { scheme: 'light' });
  await shot('training', '#/training?model=model', { scheme: 'dark' });
} finally {
  await browser.close();
  await server.close();
}

/** Opens an address and takes its picture when it has come to rest. */
async function shot(
  name: string,
  hash: string,
  { scheme, act }: { scheme: 'light' | 'dark'; act?: (page: Page) => Promise<void> },
): Promise<void> {
  if (only.length > 0 && !only.includes(name)) return;
  const page = await browser.newPage({ viewport: size, colorScheme: scheme });
  await page.goto(`${server.url}${hash}`);
  await page.waitForLoadState('networkidle').catch(() => undefined); // the event stream never rests
  await page.waitForTimeout(4000);
  await page.waitForFunction(isDrawn, null, { timeout: 120_000 });
  await act?.(page);
  await page.waitForTimeout(600);
  await page.screenshot({ path: join(out, `${name}.jpg`), type: 'jpeg', quality: 82 });
  await page.close();
  console.log(join(out, `${name}.jpg`));
}

/** Are the films that are open there, and the clips' small pictures that are in sight? It runs in the page. */
function isDrawn(): boolean {
  const films = Array.from(document.querySelectorAll('video'));
  const inSight = Array.from(document.querySelectorAll('.thumb')).filter((thumb) => {
    const { x, y, width, height } = thumb.getBoundingClientRect();
    return thumb.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  });
  return (
    films.every(({ readyState }) => readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) &&
    inSight.every((thumb) => (thumb.querySelector('img')?.naturalWidth ?? 0) > 0)
  );
}

async function askAll(model: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ kind: 'answer', model });
  const started = await fetch(`${server.url}api/jobs`, { method: 'POST', headers, body });
  if (started.status === 400) return; // all are answered already
  const { id } = (await started.json()) as { id: string };
  for (;;) {
    const { jobs } = (await (await fetch(`${server.url}api/jobs.json`)).json()) as {
      jobs: { id: string; state: string }[];
    };
    if (jobs.find((job) => job.id === id)?.state !== 'running') return;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function clipNames(): Promise<[name: string, id: string][]> {
  const { names, ids } = (await (await fetch(`${server.url}api/clips.json`)).json()) as {
    names: string[];
    ids: string[];
  };
  return names.map((name, i) => [name, ids[i]!]);
}

/** A stretch is marked, and the pointer rests on another moment. */
async function hoverWeights(page: Page): Promise<void> {
  const box = (await page.locator('.weights').boundingBox())!;
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.2, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.4, y, { steps: 4 });
  await page.mouse.up();
  await page.mouse.move(box.x + box.width * 0.75, y, { steps: 2 });
}

/** The actor is painted over, on all frames. */
async function paintOver(page: Page): Promise<void> {
  await page.click('#panel-what-if summary');
  const cells = page.locator('#what-if-cells');
  await cells.waitFor();
  await cells.scrollIntoViewIfNeeded();
  const box = (await cells.boundingBox())!;
  for (const row of [0.55, 0.63, 0.71, 0.79]) {
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * row);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.65, box.y + box.height * row, { steps: 30 });
    await page.mouse.up();
  }
  await page.waitForSelector('#what-if-time');
}

/** A held-out clip is opened in the page itself. */
async function openHere(page: Page): Promise<void> {
  const [name] = (await clipNames()).find(([one]) => one.startsWith('checks'))!;
  await page.setInputFiles('#here-file', join(demo, 'world', 'test', name));
  await page.waitForSelector('#here-bars li');
  await page.waitForTimeout(1500);
}

async function label(page: Page): Promise<void> {
  await page.waitForSelector('.weights');
  await page.keyboard.press('l');
  await page.keyboard.press('a');
  await page.locator('.labels').scrollIntoViewIfNeeded();
}
