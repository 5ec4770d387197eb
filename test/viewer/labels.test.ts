// Labels, trainings and the page as a whole, in a real browser over a real server.
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, openServed, type Listening } from '../../src/server/index.js';
import { hasBrowser, watch } from './page.js';
import { openStage, type Stage } from './stage.js';

let stage: Stage;

beforeAll(async () => {
  if (hasBrowser) stage = await openStage();
});

afterAll(() => stage?.close());

describe.skipIf(!hasBrowser)('labels', () => {
  const labelled = async (): Promise<number> => stage.page.locator('.piece.labelled').count();

  it('are proposed, drawn, undone and saved beside the data', async () => {
    await stage.openClip('slide/bars.mp4', '?model=one');
    await stage.page.keyboard.press('l');
    await stage.page.waitForSelector('#labels-title');
    await stage.page.click('#accept');
    await stage.page.keyboard.press('Home');
    const before = await labelled();
    await stage.page.keyboard.press('n');
    expect(await labelled()).toBe(before + 1);
    await stage.page.locator('.label-layer').scrollIntoViewIfNeeded();
    const screen = (await stage.page.locator('.label-layer').boundingBox())!;
    await stage.page.mouse.move(screen.x + screen.width * 0.25, screen.y + screen.height * 0.25);
    await stage.page.keyboard.down('Shift'); // over what was proposed
    await stage.page.mouse.down();
    await stage.page.mouse.move(screen.x + screen.width * 0.5, screen.y + screen.height * 0.5, { steps: 3 });
    await stage.page.mouse.up();
    await stage.page.keyboard.up('Shift');
    const box = (await stage.page.getAttribute('#label-box', 'data-box'))!.split(' ').map(Number);
    [80, 45, 160, 90].forEach((edge, i) => expect(Math.abs(box[i]! - edge)).toBeLessThan(4));
    await stage.page.focus('#label-box');
    await stage.page.keyboard.press('ArrowRight');
    expect(Number((await stage.page.getAttribute('#label-box', 'data-box'))!.split(' ')[0])).toBeGreaterThan(
      box[0]!,
    );
    await stage.page.click('button[aria-label="Undo"]');
    expect(Number((await stage.page.getAttribute('#label-box', 'data-box'))!.split(' ')[0])).toBeCloseTo(
      box[0]!,
      1,
    );
    await stage.page.click('#save');
    await stage.page.waitForFunction(() => document.querySelector('#save')?.textContent === 'Saved');
    const file = JSON.parse(await readFile(join(stage.folder, 'data', 'labels.json'), 'utf8')) as {
      clips: Record<string, { frames: { index: number; box: number[] }[]; instances: unknown[] }>;
    };
    expect(file.clips['slide/bars.mp4']!.instances).toHaveLength(before + 1);
    expect(file.clips['slide/bars.mp4']!.frames.find(({ index }) => index === 0)!.box[0]).toBeCloseTo(
      box[0]!,
      1,
    );
  });

  it('that were not saved are back after the page was closed', async () => {
    const before = await labelled();
    await stage.page.keyboard.press('n');
    await stage.page.reload();
    await stage.page.waitForSelector('#what-bars li');
    await stage.page.keyboard.press('l');
    await stage.page.waitForSelector('#discard');
    expect(await labelled()).toBe(before + 1);
    await stage.page.click('#discard');
    expect(await labelled()).toBe(before);
  });

  it('of two tabs do not overwrite each other silently', async () => {
    const other = await stage.context.newPage();
    const otherFaults = watch(other, () => stage.server.url);
    await other.goto(stage.page.url());
    await other.waitForSelector('#what-bars li');
    await other.keyboard.press('l');
    await other.waitForSelector('#labels-title');
    await stage.page.keyboard.press('n'); // a change of ours, not saved
    const mine = await labelled();
    await other.evaluate(() => localStorage.clear()); // the other tab has a browser of its own, as on another machine
    await other.click('#accept');
    await other.keyboard.press('n');
    await other.keyboard.press('n');
    await other.click('#save');
    await other.waitForFunction(() => document.querySelector('#save')?.textContent === 'Saved');
    await stage.page.waitForSelector('#keep-mine');
    expect(await stage.page.isDisabled('#save')).toBe(true);
    await stage.page.click('#keep-mine');
    await stage.page.waitForFunction(() => document.querySelector('#save')?.textContent === 'Saved');
    await other.waitForFunction(
      (count) => document.querySelectorAll('.piece.labelled').length === count,
      mine,
    );
    expect(otherFaults).toEqual([]);
    await other.close();
  });

  it('say so where the storage of the browser is full', async () => {
    await stage.page.evaluate(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
    });
    await stage.page.keyboard.press('n');
    await stage.page.waitForFunction(() =>
      document.querySelector('#label-status')?.textContent?.includes('storage is full'),
    );
    await stage.page.keyboard.press('z');
    await stage.page.reload();
    await stage.page.waitForSelector('#what-bars li');
  });
});

describe.skipIf(!hasBrowser)('a training', () => {
  it('is followed as it writes its log, with its warnings in words', async () => {
    const run = join(stage.folder, 'run');
    await mkdir(run);
    const row = (epoch: number): string =>
      `${JSON.stringify({ epoch, steps: 4, learningRate: 1e-3, losses: { total: 2 / epoch, crossEntropy: 2 / epoch, unimodal: 0 }, validation: { accuracy: epoch / 4, crossEntropy: 2 / epoch, clips: 8 }, isBest: true, seconds: epoch })}\n`;
    const sample = {
      clip: 'slide/bars.mp4',
      label: 'slide',
      answer: 'slide',
      probability: 0.9,
      weights: [0.25, 0.25, 0.25, 0.25],
      height: 2,
      width: 2,
      masks: Buffer.alloc(16, 255).toString('base64'),
    };
    const facts = {
      version: 1,
      epochs: 4,
      epoch: 1,
      isDone: false,
      losses: { crossEntropy: 1, unimodal: 1 },
    };
    await writeFile(join(run, 'log.jsonl'), row(1));
    await writeFile(join(run, 'run.json'), JSON.stringify(facts));
    const running = await listen(await openServed({ models: [run] }), {
      port: 0,
      page: stage.built,
    });
    const own = await stage.context.newPage();
    const own2 = watch(own, () => running.url);
    await own.goto(`${running.url}#/training`);
    await own.waitForFunction(
      () => document.querySelector('#training-state')?.textContent === 'live, epoch 1 of 4',
    );
    expect(await own.locator('.chart-box').count()).toBe(5); // loss, accuracy, two terms, learning rate
    await writeFile(join(run, 'samples.jsonl'), `${JSON.stringify({ epoch: 2, clips: [sample] })}\n`);
    await writeFile(join(run, 'log.jsonl'), row(1) + row(2));
    await own.waitForFunction(
      () => document.querySelector('#training-state')?.textContent === 'live, epoch 2 of 4',
    );
    await own.waitForFunction(() => document.querySelectorAll('#warnings li').length === 3);
    const said = (await own.textContent('#warnings'))!;
    for (const word of ['saturated', '"unimodal" is zero', 'at uniform']) expect(said).toContain(word);
    expect(await own.locator('.sample canvas').count()).toBe(1);
    expect(own2).toEqual([]);
    await own.close();
    await running.close();
  });
});

describe.skipIf(!hasBrowser)('the page', () => {
  it('fits 360 pixels with the confusion matrix of all clips', async () => {
    await stage.page.goto(`${stage.server.url}#/clips`);
    await stage.page.waitForSelector('.confusion');
    await stage.page.setViewportSize({ width: 360, height: 900 });
    // Eight more columns: wider than the page, to be scrolled by themselves.
    await stage.page.evaluate(() => {
      for (const row of Array.from(document.querySelectorAll('.confusion tr')))
        for (let i = 0; i < 8; i++) row.append(row.lastElementChild!.cloneNode(true));
    });
    expect(await stage.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await stage.page.setViewportSize({ width: 1280, height: 900 });
    await stage.page.reload();
  });

  it('fits 360 pixels and 4k, dark and light, and names every control', async () => {
    await stage.openClip('slide/bars.mp4');
    await stage.page.keyboard.press('l');
    for (const width of [360, 768, 1280, 3840]) {
      await stage.page.setViewportSize({ width, height: 900 });
      const wide = await stage.page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, `${width}`).toBeLessThanOrEqual(width);
    }
    await stage.page.setViewportSize({ width: 1280, height: 900 });
    const ground = (): Promise<string> =>
      stage.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await stage.page.click('.top button:not(#language)');
    expect(await ground()).not.toBe(light);
    const nameless = await stage.page.evaluate(() =>
      Array.from(
        document.querySelectorAll<HTMLElement>(
          'button, select, input, a, [role=slider], video, [tabindex="0"]',
        ),
      )
        .filter(
          (e) => !(e.getAttribute('aria-label') ?? e.closest('label')?.textContent ?? e.textContent)?.trim(),
        )
        .map((e) => e.outerHTML.slice(0, 120)),
    );
    expect(nameless).toEqual([]);
    const ids = await stage.page.evaluate(() =>
      Array.from(document.querySelectorAll('[id]'), ({ id }) => id),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('asked no other host for anything, and the console stayed silent, in all of the above', () => {
    expect(stage.faults).toEqual([]);
  });

  it('stays when the server is lost, and goes on when it is back', async () => {
    const copy = join(stage.folder, 'copy');
    await cp(join(stage.folder, 'data'), copy, { recursive: true });
    const open = async (port: number): Promise<Listening> =>
      listen(await openServed({ models: [join(stage.folder, 'one')], data: copy }), {
        port,
        page: stage.built,
      });
    const first = await open(0);
    await stage.page.goto(`${first.url}#/clips/${stage.ids['slide/bars.mp4']}`);
    await stage.page.waitForSelector('#what-bars li');
    await first.close();
    await stage.page.waitForSelector('.banner');
    expect(await stage.page.textContent('.banner')).toContain('The server does not answer');
    await stage.page.keyboard.press('Home');
    await stage.page.keyboard.press('ArrowRight');
    expect(await stage.seconds()).toBeCloseTo(0.04);
    const second = await open(first.port);
    await stage.page.waitForFunction(() => document.querySelector('.banner') === null, undefined, {
      timeout: 20_000,
    });
    await second.close();
  });
});
