// The report and the overlay video on real files: written, decoded again, and opened in a real browser with the
// network watched. Without a Chromium the browser's tests are skipped and say so.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluationReport } from '../../src/evaluate/index.js';
import { type TruthClip } from '../../src/truth.js';
import { overlayVideo, writeReport, type ReportClip } from '../../src/report/index.js';
import { trainingCharts, chartHtml } from '../../src/report/charts.js';
import { encodeVideo, openVideo } from '../../src/video/index.js';
import { madeResult } from './made.js';

const CHROMIUM = process.env['WHEREWHEN_CHROMIUM'] ?? '/usr/bin/chromium';
const hasBrowser = existsSync(CHROMIUM);
if (!hasBrowser)
  console.warn(`the report's browser tests are skipped: no ${CHROMIUM} (set WHEREWHEN_CHROMIUM)`);
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
FLAGS.push('--disable-background-networking', '--disable-component-update');

const WIDTH = 128;
const HEIGHT = 96;
const FRAMES = 40;
const CLASSES = ['slide', 'rest'];
let folder = '';
let clips: ReportClip[] = [];

/** A white square of 24 pixels that slides to the right between 1 and 2 seconds of 4, on grey that brightens. */
async function makeClip(path: string): Promise<TruthClip> {
  const frames: TruthClip['frames'] = [];
  function* pictures(): Generator<Uint8Array> {
    for (let i = 0; i < FRAMES; i++) {
      const rgb = new Uint8Array(WIDTH * HEIGHT * 3).fill(40 + i);
      const x = Math.round(10 + 80 * Math.min(1, Math.max(0, (i - 10) / 10)));
      for (let y = 30; y < 54; y++) rgb.fill(250, (y * WIDTH + x) * 3, (y * WIDTH + x + 24) * 3);
      const acts = i >= 10 && i <= 20;
      frames.push({ index: i, timeSeconds: i / 10, box: acts ? [x, 30, x + 24, 54] : null });
      yield rgb;
    }
  }
  await encodeVideo(path, { width: WIDTH, height: HEIGHT, frameRate: 10, frames: pictures() });
  return { label: 'slide', startSeconds: 1, endSeconds: 2.1, width: WIDTH, height: HEIGHT, frames };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-report-'));
  const path = join(folder, 'slide <1>.mp4');
  const truth = await makeClip(path);
  const result = await madeResult(path, CLASSES, { truth });
  const other = await madeResult(path, CLASSES, { truth, seed: 5 });
  clips = [
    { path, result, truth },
    { path, result: other, title: '</script><b>second</b>', truth },
    {
      path,
      title: 'two steps',
      result: {
        ...result,
        unseen: [{ startSeconds: 3.2, endSeconds: 4 }],
        steps: [result.frames.map((_, i) => (i === 0 ? 1 : 0)), result.frames.map(() => 1 / 16)],
      },
    },
    { path: join(folder, 'gone.mp4'), result: { ...result, clip: 'gone.mp4' } },
  ];
});

afterAll(async () => rm(folder, { recursive: true, force: true }));

describe('overlayVideo', () => {
  it('holds every frame at the rate of the clip, with the strip below and the mask on the actor', async () => {
    const path = join(folder, 'overlay.mp4');
    const result = { ...clips[0]!.result, unseen: [{ startSeconds: 3.3, endSeconds: 3.8 }] };
    await overlayVideo(path, { clip: clips[0]!.path, result, truth: clips[0]!.truth });
    const source = await openVideo(path);
    expect(source.info).toMatchObject({ width: 480, height: 408, frames: FRAMES });
    expect(source.info.frameRate).toBeCloseTo(10);
    for await (const { data } of source.frames({ indices: [15] })) {
      const at = (x: number, y: number): number[] => [
        ...data.subarray((y * 480 + x) * 3, (y * 480 + x) * 3 + 3),
      ];
      const [red, , blue] = at(Math.round((50 + 12) * 3.75), Math.round(42 * 3.75)) as [
        number,
        number,
        number,
      ];
      expect(red - blue).toBeGreaterThan(60); // white under yellow
      const [r, g, b] = at(460, 340) as [number, number, number];
      expect(Math.abs(r - b) + Math.abs(g - b)).toBeLessThan(60); // far from the actor: still about grey
      expect(Math.max(...at(470, 365))).toBeLessThan(60); // the strip's ground
      const lit = Array.from({ length: 50 }, (_, i) => at(400 + i, 365)[0]! > 60).filter(Boolean).length;
      expect(lit).toBeGreaterThan(4); // hatched from 396 to 456: slanted lines on the ground
      expect(lit).toBeLessThan(40);
    }
    await source.close();
  });

  it('names a clip that is not there', async () => {
    const options = { clip: join(folder, 'gone.mp4'), result: clips[0]!.result };
    await expect(overlayVideo(join(folder, 'no.mp4'), options)).rejects.toThrow(/gone\.mp4/);
    expect(existsSync(join(folder, 'no.mp4'))).toBe(false);
  });
});

describe('training curves', () => {
  const rows = [1, 2, 3].map((epoch) => ({
    epoch,
    losses: { total: 3 / epoch },
    validation: { accuracy: epoch / 4, crossEntropy: 2 / epoch },
    isBest: epoch < 3,
  }));

  it('show loss and accuracy with the best epoch marked', () => {
    const [loss, accuracy] = trainingCharts(rows);
    expect(loss!.series.map(({ name }) => name)).toEqual(['training', 'validation']);
    expect(accuracy!.markedX).toEqual({ x: 2, name: 'best: epoch 2' });
    expect(chartHtml(accuracy!)).toContain('top-1 ends at 75 %');
    expect(trainingCharts([])).toEqual([]);
    expect(trainingCharts(rows.map((row) => ({ ...row, validation: null })))).toHaveLength(1);
  });
});

describe('writeReport', () => {
  it('leaves no half file where it cannot write', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(writeReport(join(folder, 'file', 'report.html'), clips.slice(0, 1))).rejects.toThrow(
      /report\.html/,
    );
  });
});

describe.skipIf(!hasBrowser)('the report in a browser', () => {
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];
  const seconds = async (): Promise<number> =>
    Number(await page.evaluate(() => document.documentElement.dataset['seconds']));

  /** Sum of the cover of mask and lines. */
  const covered = (): Promise<number> =>
    page.evaluate(() => {
      const { width, height } = document.querySelector<HTMLCanvasElement>('#overlay')!;
      const copy = Object.assign(document.createElement('canvas'), { width, height });
      const brush = copy.getContext('2d', { willReadFrequently: true })!;
      for (const layer of Array.from(
        document.querySelectorAll<HTMLCanvasElement>('.screen canvas:not([hidden])'),
      ))
        brush.drawImage(layer, 0, 0, width, height);
      const { data } = brush.getImageData(0, 0, copy.width, copy.height);
      return data.reduce((sum, value, i) => (i % 4 === 3 ? sum + value : sum), 0);
    });

  beforeAll(async () => {
    const record = (label: string, probabilities: number[]) => ({
      clip: label,
      label,
      durationSeconds: 4,
      probabilities,
      frames: [],
      segments: [],
    });
    const evaluation = evaluationReport([record('slide', [0.9, 0.1]), record('rest', [0.2, 0.8])], {
      classes: CLASSES,
      bootstrapSamples: 10,
    });
    const training = [
      { epoch: 1, losses: { total: 1 }, validation: { accuracy: 0.5, crossEntropy: 1 }, isBest: true },
    ];
    await writeReport(join(folder, 'report.html'), clips, { title: 'Trial & report', evaluation, training });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('console', (message) => faults.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data|blob):/.test(request.url())) faults.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
    await page.waitForFunction(() => document.querySelector<HTMLVideoElement>('#video')!.readyState >= 2);
  });

  afterAll(async () => browser?.close());

  it('is one file that plays the clip with an overlay on it', async () => {
    expect((await stat(join(folder, 'report.html'))).size).toBeLessThan(2e6);
    expect(await page.title()).toBe('Trial & report');
    expect(await covered()).toBeGreaterThan(0);
    await page.keyboard.press('Home');
    await page.waitForTimeout(200);
    await page.keyboard.press(' ');
    await page.waitForFunction(() => Number(document.documentElement.dataset['seconds']) > 0.5);
    await page.keyboard.press(' ');
    expect(await page.getAttribute('#play', 'aria-label')).toBe('Play');
  });

  it('shows the frame that the video shows: grey brightens by one a frame', async () => {
    for (const frame of [3, 17, 31]) {
      await page.keyboard.press('Home');
      for (let i = 0; i < frame; i++) await page.keyboard.press('ArrowRight');
      await page.waitForFunction(() => !document.querySelector<HTMLVideoElement>('#video')!.seeking);
      await page.waitForTimeout(100);
      expect(await seconds()).toBeCloseTo(frame / 10, 2);
      const grey = await page.evaluate(() => {
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = 1;
        const brush = canvas.getContext('2d')!;
        const video = document.querySelector<HTMLVideoElement>('#video')!;
        brush.drawImage(video, 0, 70, 128, 20, 0, 0, 1, 1);
        return brush.getImageData(0, 0, 1, 1).data[0]!;
      });
      expect(Math.abs(grey - (40 + frame))).toBeLessThanOrEqual(3);
    }
  });

  it('works by keyboard alone: segments, sampled frames, toggles and clips', async () => {
    await page.keyboard.press('Home');
    await page.keyboard.press(']');
    const start = clips[0]!.result.segments[0]!.startSeconds;
    expect(Math.abs((await seconds()) - start)).toBeLessThanOrEqual(0.1);
    const before = await seconds();
    await page.keyboard.press('Shift+ArrowRight');
    expect(await seconds()).toBeGreaterThan(before);
    const withMask = await covered();
    await page.keyboard.press('m');
    expect(await covered()).toBeLessThan(withMask);
    expect(await page.getAttribute('#mask', 'aria-pressed')).toBe('false');
    await page.keyboard.press('b');
    await page.keyboard.press('t');
    expect(await covered()).toBe(0);
    await page.keyboard.press('c');
    expect(await covered()).toBeGreaterThan(0);
    for (const key of ['m', 'b', 't', 'c']) await page.keyboard.press(key);
    await page.keyboard.press('j');
    expect(await page.textContent('#clip-title')).toBe('</script><b>second</b>');
    expect(await page.textContent('#verdict')).toContain('wrong');
    await page.keyboard.press('k');
    expect(await page.textContent('#verdict')).toContain('right');
  });

  it('jumps where the time line is clicked, and says the moment to screen readers', async () => {
    await page.locator('#timeline').scrollIntoViewIfNeeded();
    const box = (await page.locator('#timeline').boundingBox())!;
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    expect(Math.abs((await seconds()) - 2)).toBeLessThanOrEqual(0.11);
    expect(await page.getAttribute('#timeline', 'aria-valuetext')).toMatch(/^[12]\.\d\d s · weight \d+ %/);
    expect(await page.textContent('#words')).toMatch(
      /Slide, .*(left|right|centre), from \d\.\d s to \d\.\d s/,
    );
  });

  it('reads the classes of a stretch that is dragged, or marked by keyboard, and shows the moment under the pointer', async () => {
    const row = (await page.locator('#timeline .weights').boundingBox())!;
    const y = row.y + row.height / 2;
    await page.mouse.move(row.x + row.width * 0.25, y);
    expect(await page.isVisible('.ghost')).toBe(true);
    await page.mouse.down();
    await page.mouse.move(row.x + row.width * 0.5, y, { steps: 4 });
    await page.mouse.up();
    expect(await page.textContent('#stretch-name')).toBe('From 1.0 s to 2.0 s alone');
    expect(await page.locator('#stretch-bars li').count()).toBe(2);
    await page.keyboard.press('x');
    expect(await page.isHidden('#stretch')).toBe(true);
    await page.keyboard.press('Home');
    await page.keyboard.press(']');
    await page.keyboard.press('o');
    expect(await page.textContent('#stretch-name')).toMatch(/^From 0\.0 s to \d\.\d s alone$/);
    await page.locator('#stretch-end').click();
    expect(await page.isHidden('#stretch')).toBe(true);
  });

  it('shows the weights of one step of a recurrent answer at a time', async () => {
    expect(await page.locator('.matrix').count()).toBe(0);
    await page.locator('.cards button').nth(2).click();
    expect(await page.getAttribute('.matrix', 'aria-label')).toContain('they change from step to step');
    const step = page.locator('input[aria-label="Step of the model"]');
    await step.focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.textContent('#timeline .row-name:has(+ .weights)')).toBe(
      'When: weight of each sampled frame at step 1, at most 100 %',
    );
    await page.locator('.cards button').first().click();
  });

  it('hatches what was not looked at over every row of the time line, and says so', async () => {
    expect(await page.locator('.not-looked-at').count()).toBe(0);
    await page.locator('.cards button').nth(2).click();
    const marks = page.locator('.not-looked-at');
    expect(await marks.count()).toBe(4); // film strip, weights, curves, one lane
    for (const row of ['.weights', '.curves', '.lane', '.film']) {
      const whole = (await page.locator(`#timeline ${row}`).first().boundingBox())!;
      const beside = row === '.lane' || row === '.film' ? `${row} .not-looked-at` : `${row} ~ .not-looked-at`;
      const mark = (await page.locator(`#timeline ${beside}`).boundingBox())!;
      expect((mark.x - whole.x) / whole.width).toBeCloseTo(0.8, 2); // 3.2 of 4 s
      expect(mark.width / whole.width).toBeCloseTo(0.2, 2);
      expect([mark.y, mark.height].map(Math.round)).toEqual([whole.y, whole.height].map(Math.round));
    }
    expect(await marks.first().getAttribute('title')).toBe('Not looked at: 3.2 s to 4.0 s');
    await page.locator('#timeline').focus();
    await page.keyboard.press('End');
    expect(await page.getAttribute('#timeline', 'aria-valuetext')).toMatch(/^3\.9\d s · not looked at$/);
    await page.locator('.cards button').first().click();
  });

  it('keeps a clip whose video is gone, with the reason', async () => {
    await page.locator('.cards button').nth(3).click();
    expect(await page.textContent('#broken')).toContain('could not be read again');
    await page.keyboard.press('ArrowRight');
    expect(await covered()).toBeGreaterThan(0);
    await page.locator('.cards button').first().click();
    expect(await page.isHidden('#broken')).toBe(true);
  });

  it('fits 360 pixels and 4k, light and dark', async () => {
    for (const width of [360, 768, 3840]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
    const ground = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.locator('#theme').click();
    expect(await ground()).not.toBe(light);
  });

  it('names every control and gives each id once', async () => {
    const nameless = await page.evaluate(() =>
      Array.from(document.querySelectorAll<HTMLElement>('button, select, input, [role=slider], video'))
        .filter(
          (e) => !(e.getAttribute('aria-label') ?? e.closest('label')?.textContent ?? e.textContent)?.trim(),
        )
        .map((e) => e.outerHTML),
    );
    expect(nameless).toEqual([]);
    const html = await readFile(join(folder, 'report.html'), 'utf8');
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('asked for nothing and complained of nothing, in all of the above', () => {
    expect(faults).toEqual([]);
  });
});
