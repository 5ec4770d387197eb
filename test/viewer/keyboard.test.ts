// From the first view to a saved label without a pointer; and a clip that is dropped on the page, as a real drop event.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClipList } from '../../src/server/api.js';
import { hasBrowser } from './page.js';
import { openStage, type Stage } from './stage.js';

let stage: Stage;

beforeAll(async () => {
  if (hasBrowser) stage = await openStage();
});

afterAll(() => stage?.close());

/** Presses tab until the focused element fits; fails where it is never reached. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
  }
  throw new Error(`80 tabs do not reach ${selector}`);
}

/** Drops a file on the page, as a file manager does. */
async function drop(page: Page, path: string, name: string): Promise<void> {
  const bytes = (await readFile(path)).toString('base64');
  const event = await page.evaluateHandle(
    ([text, title]) => {
      const transfer = new DataTransfer();
      const data = Uint8Array.from(atob(text!), (one) => one.charCodeAt(0));
      transfer.items.add(new File([data], title!, { type: 'video/mp4' }));
      return transfer;
    },
    [bytes, name],
  );
  await page.dispatchEvent('#main', 'dragover', { dataTransfer: event });
  await page.dispatchEvent('#main', 'drop', { dataTransfer: event });
}

describe.skipIf(!hasBrowser)('the keyboard alone', () => {
  const frame = (): Promise<number> =>
    stage.page.evaluate(() => Number(document.documentElement.dataset['frame']));

  it('finds a clip, plays it, marks a stretch and changes what is drawn', async () => {
    const { page, server } = stage;
    await page.goto(`${server.url}#/clips`);
    await page.waitForSelector('#list a');
    await tabTo(page, '#search');
    await page.keyboard.type('bars');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('#clip-title')?.textContent === 'slide/bars.mp4');
    await page.waitForSelector('#what-bars li');
    await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2);
    await page.keyboard.press('Escape'); // out of the search field
    await page.keyboard.press('Home');
    await page.keyboard.press(' ');
    await page.waitForFunction(() => Number(document.documentElement.dataset['frame']) > 10);
    await page.keyboard.press(' ');
    await page.keyboard.press('Home');
    for (let i = 0; i < 25; i++) await page.keyboard.press('ArrowRight');
    expect(await frame()).toBe(25);
    await page.keyboard.press('i');
    await page.keyboard.press('End');
    expect(await frame()).toBe(99);
    expect(await page.textContent('#stretch-name')).toBe('From 1.0 s to 4.0 s alone');
    await page.keyboard.press('x');
    expect(await page.locator('#stretch').count()).toBe(0);
    for (const [key, id] of [
      ['m', '#mask'],
      ['c', '#contour'],
      ['b', '#box'],
    ] as const) {
      const before = await page.getAttribute(id, 'aria-pressed');
      await page.keyboard.press(key);
      expect(await page.getAttribute(id, 'aria-pressed')).not.toBe(before);
      await page.keyboard.press(key);
    }
  });

  it('labels, saves, and edits again what was saved when the page is opened anew', async () => {
    const { page } = stage;
    const box = async (): Promise<number[]> =>
      (await page.getAttribute('#label-box', 'data-box'))!.split(' ').map(Number);
    const saved = (): Promise<unknown> =>
      page.waitForFunction(() => document.querySelector('#save')?.textContent === 'Saved');
    await page.keyboard.press('Home');
    await page.keyboard.press('l');
    await page.waitForSelector('#labels-title');
    await page.keyboard.press('n');
    await page.keyboard.press('d');
    await page.waitForFunction(() => document.activeElement?.id === 'label-box');
    expect((await box()).map(Math.round)).toEqual([107, 60, 213, 120]); // the middle third of 320 x 180
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Shift+ArrowDown');
    const drawn = await box();
    expect(drawn.map(Math.round)).toEqual([104, 60, 210, 123]); // a step is 3: a hundredth of 320
    await page.keyboard.press('s');
    await saved();
    await page.reload();
    await page.waitForSelector('#what-bars li');
    await page.keyboard.press('Home');
    await page.keyboard.press('l');
    await page.waitForSelector('#label-box');
    expect(await box()).toEqual(drawn);
    expect(await page.locator('#discard').count()).toBe(0); // it was saved, not kept by the browser
    await tabTo(page, '.piece.labelled');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('s');
    await saved();
    const text = await readFile(join(stage.folder, 'data', 'labels.json'), 'utf8');
    const file = JSON.parse(text) as { clips: Record<string, { instances: { startSeconds: number }[] }> };
    expect(file.clips['slide/bars.mp4']!.instances[0]!.startSeconds).toBe(0.04); // one step of 0.04 s
    await page.keyboard.press('l');
  });

  it('opens every view and panel', async () => {
    const { page } = stage;
    await tabTo(page, '#panel-what-if summary');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#what-if-cells', { timeout: 60_000 });
    await tabTo(page, '#what-if-cells');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#again-here-bars li');
    await tabTo(page, '.views a[href^="#/here"]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#here-title');
  });

  it('takes what the model proposes and goes on to the next clip without labels by one key', async () => {
    const { page, folder, ids } = stage;
    await stage.openClip('slide/other.mp4');
    await page.fill('#search', 'slide/'); // none of them is broken
    await page.keyboard.press('Escape');
    await page.keyboard.press('l');
    await page.waitForSelector('#accept-next:not([disabled])');
    await page.keyboard.press('Enter');
    await page.waitForFunction((id) => !location.hash.includes(id), ids['slide/other.mp4']!);
    expect(page.url()).not.toContain(ids['slide/bars.mp4']); // which has labels
    const text = await readFile(join(folder, 'data', 'labels.json'), 'utf8');
    const { clips } = JSON.parse(text) as { clips: object };
    expect(Object.keys(clips).sort()).toEqual(['slide/bars.mp4', 'slide/other.mp4']);
    await page.keyboard.press('?');
    expect(await page.isVisible('#keys dl')).toBe(true);
    await page.keyboard.press('Escape');
    await page.fill('#search', '');
  });
});

describe.skipIf(!hasBrowser)('a clip that is dropped', () => {
  it('on the page of one model is looked at inside the page', async () => {
    const { page, server, folder } = stage;
    await page.goto(`${server.url}#/here`);
    await page.waitForSelector('#here-file', { state: 'attached' });
    await drop(page, join(folder, 'data', 'slide', 'other.mp4'), 'mine.mp4');
    await page.waitForSelector('#here-bars li', { timeout: 60_000 });
    expect(await page.textContent('#here-clip')).toBe('mine.mp4');
  });

  it('on the list of clips is added to it, and opened', async () => {
    const { page, server, folder } = stage;
    await page.goto(`${server.url}#/clips`);
    await page.waitForSelector('#list a');
    await drop(page, join(folder, 'data', 'slide', 'other.mp4'), 'mine.mp4');
    await page.waitForFunction(() =>
      document.querySelector('#clip-title')?.textContent?.includes('mine.mp4'),
    );
    await page.waitForSelector('#what-bars li');
    const list = ClipList.parse(await (await fetch(`${server.url}api/clips.json`)).json());
    expect(list.names.filter((name) => name.includes('mine.mp4'))).toHaveLength(1);
  });

  it('and the console stayed silent, in all of the above', () => {
    expect(stage.faults).toEqual([]);
  });
});
