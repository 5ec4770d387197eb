// The page "Teach" in a real browser, with a camera that shows made films and the sample's small network: teaching, answering,
// correcting, and everything that may go wrong.
import { copyFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWebHead, openWebBackbone } from '../../src/infer/webModel.js';
import { openRuntime } from '../../src/runtime/index.js';
import { listen, openServed, type Listening } from '../../src/server/index.js';
import { headFile, readTeachZip, type TeachZip } from '../../src/teach/index.js';
import { identityOfWeights } from '../../src/teach/weights.js';
import { readClip } from '../../src/video/index.js';
import { cameraFlag, recordTake, showFilm, writeFilm, type Painter } from './fakeCamera.js';
import { buildPage, hasBrowser, openBrowser, watch } from './page.js';

let folder: string;
let server: Listening;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];
let zip: TeachZip;
const inside = (name: string): string => join(folder, name);
const camera = (): string => inside('camera.y4m');

const ground = (x: number, y: number): number => 90 + ((x * 7 + y * 13) % 20);

/** A bright square that goes right, above; a striped one that jumps up and down, below. */
const films: Record<'slide' | 'jump', Painter> = {
  slide: (x, y, frame) => (Math.abs(x - 20 - 2.4 * frame) < 14 && Math.abs(y - 35) < 14 ? 235 : ground(x, y)),
  jump: (x, y, frame) => {
    const isIn = Math.abs(x - 110) < 16 && Math.abs(y - 85 - 14 * Math.sin(frame / 3)) < 16;
    return isIn ? ((x >> 2) % 2) * 240 + 10 : ground(x, y);
  },
};

beforeAll(async () => {
  if (!hasBrowser) return;
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-teach-page-'));
  for (const [name, paint] of Object.entries(films)) writeFilm(inside(`${name}.y4m`), paint);
  copyFileSync(inside('slide.y4m'), camera());
  const built = await buildPage(inside('page'));
  server = await listen(await openServed({ models: [], cache: inside('cache') }), { port: 0, page: built });
  browser = await openBrowser([cameraFlag(camera())]);
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
  page = await context.newPage();
  faults = watch(page, () => server.url);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Waits until something was learnt from the lesson as it is. */
async function learnt(): Promise<void> {
  await page.waitForFunction(
    () => /^Learnt in [\d.]+ s\.$/.test(document.querySelector('#learn-note')?.textContent ?? ''),
    null,
    {
      timeout: 250_000,
    },
  );
}

async function takeOf(name: string): Promise<void> {
  await page.click(`button[aria-label="Open ${name}"]`);
  await page.waitForSelector('dialog .correct');
}

/** What a card says: "right, 97 %" or "says jump, 60 %". */
function labelOf(text: string, own: string): string {
  return text.startsWith('right') ? own : /^says (\w+)/.exec(text)![1]!;
}

/** What Node says of the takes of a saved file, in the order of the page's cards. */
async function answersOf({
  model,
  takes,
  backbone,
  network,
}: TeachZip): Promise<{ label: string; percent: number }[]> {
  await using runtime = await openRuntime({ threads: 1 });
  const extractor = await openWebBackbone(backbone.backbone, network!, runtime);
  const id = identityOfWeights(model!.tensors);
  const head = await openWebHead(
    { id, config: model!.config, head: headFile(model!) },
    { extractor, runtime },
  );
  const { frames, sampling, transform } = model!.config;
  const sorted = ['slide', 'jump'].flatMap((label) => takes.filter((take) => take.label === label));
  const answers = [];
  for (const take of sorted) {
    const path = inside(take.id);
    writeFileSync(path, take.clip);
    const clip = await readClip(path, { frames, sampling, ...transform });
    const features = await head.features({ dtype: 'uint8', shape: clip.shape, data: clip.frames });
    const [best] = (await head.answer(features, clip, path)).result.classes;
    answers.push({ label: best!.label, percent: 100 * best!.probability });
  }
  return answers;
}

describe.runIf(hasBrowser)('the page Teach', { timeout: 300_000 }, () => {
  it('opens where nothing is served, and says what to bring where there is no network', async () => {
    await page.goto(server.url);
    await page.waitForSelector('#backbone-none');
    expect(await page.textContent('h1')).toBe('Teach');
    expect(await page.locator('.first-ways h3').allTextContents()).toEqual([
      'Look at a finished one',
      'Teach your own',
      'Use clips that you have',
    ]);
    expect(await page.textContent('.brings')).toMatch(/backbone\.onnx.*wherewhen serve --backbone/s);
    expect(await page.locator('#teach-now').isDisabled()).toBe(true);
  });

  it('shows a finished model on the clips of the sample, within the page', async () => {
    await page.click('#sample button >> nth=2');
    await page.waitForSelector('#here-bars li', { timeout: 120_000 });
    expect(await page.textContent('#here-bars li >> nth=0')).toMatch(/^rings(9\d|100) %/);
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog[open]', { state: 'detached' });
  });

  it('takes two actions from the camera, looks with the network that is chosen, and answers live', async () => {
    for (const name of ['slide', 'jump']) {
      await page.fill('.new-action .field', name);
      await page.press('.new-action .field', 'Enter');
    }
    await page.fill('.new-action .field', 'jump');
    await page.press('.new-action .field', 'Enter');
    expect(await page.textContent('.new-action [role=alert]')).toBe('There is an action “jump” already.');
    await page.fill('.new-action .field', '');
    await page.click('.record-bar summary');
    await page.selectOption('#record-countdownSeconds', '0');
    await page.selectOption('#record-lengthSeconds', '1');
    for (const name of ['slide', 'jump'] as const) {
      await showFilm(page, camera(), inside(`${name}.y4m`));
      for (let i = 0; i < 2; i++) await recordTake(page, name);
    }
    await page.click('#backbone-sample');
    await learnt();
    await page.waitForSelector('#live-bars li');
    expect(await page.textContent('#live-delay')).toMatch(
      /^\d+ ms from picture to answer, \d+ pictures? dropped\.$/,
    );
    await page.waitForFunction(() => document.querySelectorAll('.take small.good').length === 4);
  });

  it('keeps no more memory however long the camera is answered, and counts what it drops', async () => {
    const cdp = await context.newCDPSession(page);
    const heap = async (): Promise<number> => {
      await cdp.send('HeapProfiler.collectGarbage');
      const { usedSize } = await cdp.send('Runtime.getHeapUsage');
      return usedSize / 1e6;
    };
    const answered = (count: number): Promise<unknown> =>
      page.evaluate(async (wanted) => {
        const says = document.querySelector('#live-delay')!;
        for (let seen = 0, last = ''; seen < wanted; await new Promise(requestAnimationFrame)) {
          const now = says.textContent;
          if (now !== last) [last, seen] = [now, seen + 1];
        }
      }, count);
    const dropped = async (): Promise<number> =>
      Number(/(\d+) pictures? dropped/.exec((await page.textContent('#live-delay'))!)![1]);
    await answered(20); // the window and the time line fill
    const [before, gone] = [await heap(), await dropped()];
    await answered(20);
    expect((await heap()) - before).toBeLessThan(2);
    expect(await dropped()).toBeGreaterThanOrEqual(gone);
    await cdp.detach();
  });

  it('marks by click and by keyboard are learnt from, and the box moves', async () => {
    const drawn = (): Promise<string> =>
      page
        .locator('dialog .screen canvas >> nth=1')
        .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    await page.uncheck('#teach-auto');
    await takeOf('jump, take 1');
    const before = await drawn();
    const layer = page.locator('.mark-layer');
    const { width, height } = (await layer.boundingBox())!;
    await layer.click({ position: { x: 0.15 * width, y: 0.2 * height } });
    expect(await page.textContent('.marks')).toMatch(/^here, \d\.\d\d s/);
    await page.click('input[value="notHere"]');
    await layer.focus();
    await page.keyboard.press('ArrowRight'); // the cross, from the middle
    await page.keyboard.press('Enter');
    expect(await page.locator('.marks li').allTextContents()).toHaveLength(2);
    await page.keyboard.press('Escape');
    await page.click('#teach-now');
    await learnt();
    await takeOf('jump, take 1');
    expect(await drawn()).not.toBe(before);
    await page.keyboard.press('Escape');
  });

  it('a page that is opened anew has takes, marks and what was learnt, and learns nothing again', async () => {
    await page.reload();
    await page.waitForFunction(
      () => document.querySelectorAll('.take small.good, .take small.bad').length === 4,
      null,
      {
        timeout: 120_000,
      },
    );
    expect(await page.textContent('#learn-note')).toBe('');
    await takeOf('jump, take 1');
    expect(await page.locator('.marks li').allTextContents()).toHaveLength(2);
    await page.keyboard.press('Escape');
  });

  it('a moment that is held becomes a take of the action that it was', async () => {
    await page.click('#teach-camera');
    await page.waitForSelector('#hold', { timeout: 120_000 });
    await page.waitForTimeout(1500);
    await page.click('#hold');
    await page.waitForSelector('dialog #held-action');
    await page.selectOption('#held-action', { label: 'slide' });
    await page.click('#held-add');
    await page.waitForSelector('dialog[open]', { state: 'detached' });
    expect(await page.locator('.action >> nth=0').locator('.take').count()).toBe(3);
    await page.click('#teach-camera');
    await page.click('button[aria-label="Delete: slide, take 3"]');
    await page.waitForSelector('.undo button');
    expect(await page.textContent('.undo')).toMatch(/^slide, take 3 is deleted\./);
    await page.click('.undo button');
    expect(await page.locator('.take').count()).toBe(5);
    await page.click('button[aria-label="Hold back as a test: slide, take 3"]');
    await page.click('#teach-now');
    await learnt();
    expect(await page.textContent('#held-out-right')).toMatch(/^[01] of 1$/);
  });

  it('saves one file that Node answers with as the page does, and that the page opens again', async () => {
    const saving = page.waitForEvent('download');
    await page.click('#save-lesson');
    const path = await (await saving).path();
    zip = readTeachZip(new Uint8Array(await readFile(path)), 'lesson.zip');
    expect(zip.takes.map(({ label }) => label).sort()).toEqual(['jump', 'jump', 'slide', 'slide', 'slide']);
    const shown = await page.locator('.take small').allTextContents();
    const answers = await answersOf(zip);
    expect(answers.map(({ label }) => label)).toEqual(
      shown.map((text, i) => labelOf(text, i < 3 ? 'slide' : 'jump')),
    );
    for (const [i, { percent }] of answers.entries())
      expect(
        Math.abs(parseFloat(/[\d.]+(?= %)/.exec(shown[i]!)![0]) - percent),
        shown[i],
      ).toBeLessThanOrEqual(3);
    page.once('dialog', (dialog) => void dialog.accept());
    await page.setInputFiles('#open-lesson', {
      name: 'lesson.zip',
      mimeType: 'application/zip',
      buffer: await readFile(path),
    });
    await page.waitForFunction(
      () => /^Opened: 5 takes/.test(document.querySelector('#file-note')?.textContent ?? ''),
      null,
      { timeout: 120_000 },
    );
    await page.waitForFunction(
      () => document.querySelectorAll('.take small.good, .take small.bad').length === 5,
      null,
      { timeout: 120_000 },
    );
    expect((await page.locator('.take small').allTextContents()).sort()).toEqual(shown.sort());
  });

  it('a full storage is said, loses nothing, and is mended when there is room', async () => {
    const other = await browser.newContext({ locale: 'en-GB' }); // what a browser has asked once it believes for half a minute
    const fresh = await other.newPage();
    const cdp = await other.newCDPSession(fresh);
    const origin = new URL(server.url).origin;
    await cdp.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
    await fresh.goto(server.url);
    await fresh.fill('.new-action .field', 'slide');
    await fresh.press('.new-action .field', 'Enter');
    const buffer = Buffer.from(zip.takes[0]!.clip);
    const clip = { name: 'more.webm', mimeType: 'video/webm', buffer };
    await fresh.setInputFiles('input[data-action="slide"]', clip);
    await fresh.waitForFunction(
      () => /1 take not yet saved/.test(document.querySelector('#storage-fault')?.textContent ?? ''),
      null,
      { timeout: 120_000 },
    );
    expect(await fresh.textContent('#storage-fault')).toMatch(/^The browser has no room for more\./);
    expect(await fresh.textContent('.take small')).toBe('not saved');
    await cdp.send('Storage.overrideQuotaForOrigin', { origin });
    await fresh.click('#storage-fault button');
    await fresh.waitForSelector('#storage-note');
    await fresh.reload();
    await fresh.waitForSelector('.take');
    await other.close();
  });

  it('a camera that is refused is said in a line with what to do', async () => {
    const other = await openBrowser(['--use-fake-ui-for-media-stream=deny']); // the browser itself refuses
    const fresh = await other.newPage({ locale: 'en-GB' });
    await fresh.goto(server.url);
    await fresh.click('#teach-camera');
    expect(await fresh.textContent('#camera-fault')).toMatch(
      /^The browser was not allowed to use the camera\. Allow it/,
    );
    await other.close();
  });

  it('speaks Chinese, names every control, and fits 360 pixels in both languages', async () => {
    await page.reload(); // notes of what happened stay in the language in which it did
    await page.waitForSelector('.take');
    await page.setViewportSize({ width: 360, height: 780 });
    for (const title of ['Teach', '教它动作']) {
      if (title !== 'Teach') await page.click('#language');
      expect(await page.textContent('h1')).toBe(title);
      const { scrollWidth, nameless } = await page.evaluate(() => ({
        scrollWidth: document.documentElement.scrollWidth,
        nameless: Array.from(document.querySelectorAll<HTMLElement>('button, input, select'))
          .filter(
            (e) =>
              !(
                e.getAttribute('aria-label') ??
                (e as HTMLInputElement).labels?.[0]?.textContent ??
                e.textContent
              )?.trim(),
          )
          .map(({ outerHTML }) => outerHTML.slice(0, 120)),
      }));
      expect([scrollWidth, nameless]).toEqual([360, []]);
    }
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-Hans');
    const left = await page.locator('main').innerText();
    expect(
      left.replace(/slide|jump|more|wherewhen.*|zip|backbone\.onnx|model\.json|MB|GB|sample|lesson/g, ''),
    ).not.toMatch(/[a-z]{4,}/i);
  });

  it('has nothing to say on the console and asks no other host', () => {
    expect(faults).toEqual([]);
  });
});
