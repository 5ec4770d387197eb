// The page as one file, opened from a disk with the network off: everything that needs no server works in it.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTruth } from '../../src/evaluate/soundTruth.js';
import { openServed } from '../../src/server/index.js';
import { writeOneFile } from '../../src/server/oneFile.js';
import { buildOneScript, hasBrowser, READ_BARS, watch } from './page.js';
import { HEIGHT, openStage, WIDTH, type Stage } from './stage.js';

let stage: Stage;
let context: BrowserContext;
let page: Page;
let address: string;
let faults: string[];

beforeAll(async () => {
  if (!hasBrowser) return;
  stage = await openStage();
  const [out, inside] = [join(stage.folder, 'page.html'), await buildOneScript(join(stage.folder, 'inside'))];
  const models = [join(stage.folder, 'one'), join(stage.folder, 'two')];
  const served = await openServed({ models, data: join(stage.folder, 'data'), mode: 'static' });
  const copy = await writeOneFile(out, served, { page: stage.built, inside });
  await served.close();
  expect(copy.broken.map((text) => text.split(':')[0])).toEqual(['rest/broken.mp4']);
  expect(copy.bytes).toBe((await stat(out)).size);
  address = pathToFileURL(out).href;
  await stage.server.close();
  context = await stage.context
    .browser()!
    .newContext({ viewport: { width: 1280, height: 900 }, offline: true });
  page = await context.newPage();
  faults = watch(page, () => address);
});

afterAll(() => stage?.close());

async function openClip(name: string, query = ''): Promise<void> {
  await page.goto(`${address}#/clips/${stage.ids[name]}${query}`);
  await page.waitForFunction((title) => document.querySelector('#clip-title')?.textContent === title, name);
  await page.waitForSelector('#what-bars li');
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2);
}

/** Whether the video stands, and still stands there half a second later. */
async function staysAtMoment(): Promise<boolean> {
  const { currentTime, seeking } = document.querySelector('video')!;
  await new Promise((resolve) => setTimeout(resolve, 500));
  const later = document.querySelector('video')!;
  return !seeking && !later.seeking && later.currentTime === currentTime;
}

describe.skipIf(!hasBrowser)('the page as one file', () => {
  it('lists the clips with their pictures, and opens them from the confusion matrix', async () => {
    await page.goto(address);
    await page.waitForSelector('.confusion button');
    await page.waitForFunction(
      () => (document.querySelector<HTMLImageElement>('.thumb img')?.naturalWidth ?? 0) > 0,
    );
    await page.locator('.confusion button').first().click();
    await page.waitForSelector('#clip-title');
    expect(await page.locator('.ask, #upload').count()).toBe(0); // nobody computes, nobody keeps
    await page.click('#count button');
  });

  it('plays and steps by frames, and marks a stretch', async () => {
    await openClip('slide/bars.mp4');
    await page.keyboard.press('Home');
    for (let i = 0; i < 7; i++) await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => !document.querySelector('video')!.seeking);
    const read = `(${READ_BARS})(document.querySelector('video'), ${WIDTH}, ${HEIGHT})`;
    expect(await page.evaluate(read)).toBe(7);
    await page.keyboard.press(' ');
    await page.waitForFunction(() => Number(document.documentElement.dataset['frame']) > 20);
    await page.keyboard.press(' ');
    const strip = (await page.locator('.weights').boundingBox())!;
    const y = strip.y + strip.height / 2;
    await page.mouse.move(strip.x + strip.width * 0.25, y);
    await page.mouse.down();
    await page.mouse.move(strip.x + strip.width * 0.75, y, { steps: 4 });
    await page.mouse.up();
    expect(await page.textContent('#stretch-name')).toBe('From 1.0 s to 3.0 s alone');
    expect(await page.locator('#look-again').count()).toBe(0);
    await page.keyboard.press('x');
  });

  it('sets two models side by side', async () => {
    await openClip('slide/bars.mp4', '?model=one&beside=two');
    await page.waitForSelector('#what-beside-bars li');
    expect(await page.locator('.screens.two canvas:visible').count()).toBeGreaterThan(1);
  });

  it('keeps labels in the browser, and hands them out as a file', async () => {
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await openClip('slide/bars.mp4');
    await page.waitForFunction(staysAtMoment); // a clip opens at its strongest moment: the box belongs to the one that stays
    await page.keyboard.press('l');
    await page.waitForSelector('#labels-title');
    await page.keyboard.press('n');
    await page.keyboard.press('d');
    await page.waitForSelector('#label-box', { timeout: 5000 });
    await page.reload();
    await page.waitForSelector('#what-bars li');
    await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2);
    await page.keyboard.press('l');
    await page.waitForSelector('#discard');
    const saving = page.waitForEvent('download');
    await page.click('#all-labels');
    const text = await readFile(await (await saving).path(), 'utf8');
    const truth = parseTruth(JSON.parse(text), 'labels.json');
    expect(Object.keys(truth.clips)).toEqual(['slide/bars.mp4']);
    expect(truth.clips['slide/bars.mp4']!.frames).toHaveLength(1);
    await page.keyboard.press('l');
  });

  it('answers again without painted cells: model and ONNX Runtime are inside', async () => {
    await page.click('#panel-what-if summary');
    await page.waitForSelector('#what-if-cells', { timeout: 60_000 });
    await page.focus('#what-if-cells');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#again-here-bars li');
  });

  it('answers for a clip that is opened in it', async () => {
    await page.goto(`${address}#/here`);
    await page.setInputFiles('#here-file', join(stage.folder, 'data', 'slide', 'bars.mp4'));
    await page.waitForSelector('#here-bars li', { timeout: 60_000 });
    expect(await page.textContent('#here-note')).toMatch(/^Answered in this page: reading /);
  });

  it('asked nobody for anything, and the console stayed silent, in all of the above', () => {
    expect(faults).toEqual([]);
  });
});
