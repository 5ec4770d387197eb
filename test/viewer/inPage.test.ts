// What runs inside the page: a dropped clip is decoded and answered there, the camera is followed, and the head answers
// again on features with parts taken away.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../src/savedModel/index.js';
import { readClip } from '../../src/video/index.js';
import { answeredHere, hasBrowser } from './page.js';
import { hasFfmpeg, openStage, type Stage } from './stage.js';

let stage: Stage;

beforeAll(async () => {
  if (hasBrowser) stage = await openStage();
});

afterAll(() => stage?.close());

/** Percent that the page shows for each class, by its name. */
async function bars(id: string): Promise<Record<string, number>> {
  const rows = await stage.page
    .locator(`#${id}-bars li`)
    .evaluateAll((items) =>
      items.map((item) => Array.from(item.querySelectorAll('span'), (span) => span.textContent)),
    );
  return Object.fromEntries(rows.map(([name, percent]) => [name!, parseFloat(percent!)]));
}

/** The same to all digits: the width of each bar. */
async function exact(id: string): Promise<Record<string, number>> {
  const rows = await stage.page
    .locator(`#${id}-bars li`)
    .evaluateAll((items) =>
      items.map((item) => [
        item.querySelector('span')!.textContent,
        parseFloat(item.querySelector('i')!.style.width),
      ]),
    );
  return Object.fromEntries(rows as [string, number][]);
}

describe.runIf(hasBrowser)('inside the page', () => {
  const clips = ['bars.mp4', 'turned.mp4', ...(hasFfmpeg ? ['varying.mp4'] : [])];
  it.each(clips)('answers for a dropped clip as predict does, and uploads nothing: %s', async (name) => {
    const { page, folder, server } = stage;
    const path = join(folder, 'data', 'slide', name);
    const model = await openModel(join(folder, 'one'));
    const expected = await model.predict(await readClip(path, model.shape), name);
    await model.close();

    const sent: string[] = [];
    // Predictions of the served clips begin by themselves; they send nothing of this one.
    const isOfClip = (method: string, url: string) => method !== 'GET' && !url.endsWith('/api/jobs');
    page.on('request', (one) => isOfClip(one.method(), one.url()) && sent.push(one.url()));
    await page.goto(`${server.url}#/clips`);
    const got = await answeredHere(page, server.url, path);
    expect(got.classes[0]!.label).toBe(expected.result.classes[0]!.label);
    const { width, height } = expected.result.video;
    expect([got.video.width, got.video.height]).toEqual([width, height]);
    for (const { label, probability } of expected.result.classes)
      expect(
        Math.abs(got.classes.find((one) => one.label === label)!.probability - probability),
      ).toBeLessThanOrEqual(0.02);
    got.frames.forEach(({ index, weight }, i) => {
      expect(index).toBe(expected.result.frames[i]!.index);
      expect(Math.abs(weight - expected.result.frames[i]!.weight)).toBeLessThanOrEqual(0.02);
    });
    const shown = await bars('here');
    for (const { label, probability } of got.classes)
      expect(Math.abs(shown[label]! - 100 * probability), label).toBeLessThanOrEqual(0.51); // as rounded
    expect(await page.textContent('#here-note')).toMatch(/^Answered in this page: reading /);
    expect(sent).toEqual([]);
  });

  it('says in a line what it cannot read', async () => {
    const { page, server } = stage;
    await page.goto(`${server.url}#/here`);
    const text = { name: 'words.mp4', mimeType: 'video/mp4', buffer: Buffer.from('no video at all') };
    await page.setInputFiles('#here-file', text);
    await page.waitForSelector('#here-fault');
    expect(await page.textContent('#here-fault')).toMatch(/^words.mp4: a video that this browser decodes/);
  });

  it('follows the camera and tells how late it is', async () => {
    const { page, server } = stage;
    await page.goto(`${server.url}#/here`);
    await page.click('#camera');
    await page.waitForSelector('#camera-bars li', { timeout: 60_000 });
    expect(await page.textContent('#camera-delay')).toMatch(
      /^\d+ ms from picture to answer, \d+ pictures dropped\.$/,
    );
    await page.click('#camera');
    await page.waitForSelector('#camera-player', { state: 'detached' });
  });

  it('answers again without painted cells, by pointer and by keyboard, and gives the old answer back', async () => {
    const { page } = stage;
    await stage.openClip('slide/bars.mp4');
    await page.click('#panel-what-if summary');
    await page.waitForSelector('#what-if-cells', { timeout: 60_000 });
    const old = await bars('was');
    const cells = page.locator('#what-if-cells');
    const { width, height } = (await cells.boundingBox())!;
    await cells.hover({ position: { x: width / 4, y: height / 4 } });
    await page.mouse.down();
    await cells.hover({ position: { x: (3 * width) / 4, y: (3 * height) / 4 }, force: true });
    await page.mouse.up();
    await page.waitForSelector('#again-here-bars li');
    expect(await page.textContent('#what-if-time')).toMatch(/^Answered in this page in \d+ ms\.$/);
    const painted = await page.textContent('.what-if-answers section:nth-child(2) h2');
    await cells.focus();
    await page.keyboard.press('Enter'); // the cell in the corner, besides
    await page.waitForFunction(
      (before) => document.querySelector('.what-if-answers section:nth-child(2) h2')?.textContent !== before,
      painted,
    );
    await page.waitForSelector('#again-here-bars li');
    expect(await exact('again-here')).not.toEqual(await exact('was')); // another answer, not the old one again
    await page.click('#what-if-reset');
    await page.waitForSelector('#again-here-bars', { state: 'detached' });
    expect(await bars('was')).toEqual(old);
  });

  it('has nothing to say on the console and asks no other host', () => {
    expect(stage.faults).toEqual([]);
  });
});
