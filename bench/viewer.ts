// Frames of overlay a second at 720p in a headless Chromium, counted by callbacks of the video, on a clip of 60 frames a
// second; and how a list of ten thousand clips scrolls. The page is the built one (`npm run build`).
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import type { Result } from '../src/result.js';
import { ClipList, listen, openServed } from '../src/server/index.js';
import { encodeVideo } from '../src/video/index.js';
import { writeTinyModel } from '../test/data/tinyModel.js';
import type { Benchmark } from './run.js';

const [width, height, frameRate] = [1280, 720, 60];
const classes = ['one', 'two'];

/** Callbacks, overlays and dropped pictures a second; milliseconds of a drawn overlay; animation frames while scrolling. */
export const benchmark: Benchmark = async (args) => {
  const options = {
    seconds: { type: 'string', default: '10' },
    clips: { type: 'string', default: '10000' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const folder = await mkdtemp(join(tmpdir(), 'wherewhen-bench-'));
  const executablePath = process.env['WHEREWHEN_CHROMIUM'] ?? '/usr/bin/chromium';
  const flags = ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required'];
  const browser = await chromium.launch({ executablePath, args: flags });
  try {
    const server = await serveClips(folder, Number(values.clips));
    const page = await browser.newPage({ viewport: { width: 1800, height: 1300 } });
    await page.addInitScript('globalThis.__name = (named) => named'); // what tsx puts around named functions
    const list = ClipList.parse(await (await fetch(`${server.url}api/clips.json`)).json());
    await page.route('**/api/models/*/clips/*.json', (route) => route.fulfill({ json: madeResult() }));
    const played = await play(page, `${server.url}#/clips/${list.ids[0]}`, Number(values.seconds));
    const scrolled = await scroll(page, `${server.url}#/clips`);
    await server.close();
    return { ...played, clips: list.ids.length, ...scrolled };
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
};

/** One clip under many names. */
async function serveClips(folder: string, clips: number) {
  const data = join(folder, 'data');
  await mkdir(data);
  const path = join(data, 'clip-00000.mp4');
  const frames = Array.from({ length: 120 }, (_, i) => new Uint8Array(width * height * 3).fill(40 + i));
  await encodeVideo(path, { width, height, frameRate, frames });
  const name = (i: number): string => `clip-${String(i).padStart(5, '0')}.mp4`;
  for (let i = 1; i < clips; i++) await symlink(path, join(data, name(i)));
  await writeTinyModel(join(folder, 'model'), classes);
  return listen(await openServed({ models: [join(folder, 'model')], data }), { port: 0 });
}

/** Masks of 14 x 14 on 16 frames, a box and a segment: all that is drawn. */
function madeResult(): Result {
  const frames = Array.from({ length: 16 }, (_, index) => ({
    ...{ index: index * 7, timeSeconds: (index * 7) / frameRate, weight: 1 / 16 },
    box: [100 + 20 * index, 100, 500 + 20 * index, 500] as [number, number, number, number],
  }));
  const bytes = Buffer.from(Uint8Array.from({ length: 16 * 196 }, (_, i) => (i * 37) % 256)).toString(
    'base64',
  );
  const video = {
    width,
    height,
    frames: 120,
    durationSeconds: 2,
    frameRate,
    damagedFrames: 0,
    missingFrames: 0,
  };
  return {
    ...{
      version: 1,
      clip: 'clip',
      model: { id: 'made', attention: 'joint', backbone: 'small' },
      video,
      frames,
    },
    classes: [{ label: 'one', probability: 1 }],
    segments: [{ label: 'one', startSeconds: 0, endSeconds: 2, score: 1 }],
    masks: { height: 14, width: 14, bytes },
    warnings: [],
  };
}

async function play(page: Page, url: string, seconds: number): Promise<Record<string, number>> {
  await page.goto(url);
  await page.waitForSelector('#what-bars li', { timeout: 120_000 });
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 3);
  await page.evaluate("document.querySelector('#contour').click()");
  return page.evaluate(async (length) => {
    const video = document.querySelector('video')!;
    const overlay = document.querySelector<HTMLCanvasElement>('#overlay')!;
    let [callbacks, overlays, spent] = [0, 0, 0];
    const brush = overlay.getContext('2d')!;
    const clear = brush.clearRect.bind(brush);
    brush.clearRect = (...area) => {
      overlays++; // every drawing of the overlay begins so
      clear(...area);
    };
    const count = (_: number, { processingDuration = 0 }: VideoFrameCallbackMetadata): void => {
      callbacks++;
      spent += processingDuration * 1000;
      video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
    await video.play();
    const before = video.getVideoPlaybackQuality().droppedVideoFrames;
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, length * 1000));
    const took = (performance.now() - began) / 1000;
    video.pause();
    return {
      callbacksPerSecond: callbacks / took,
      overlaysPerSecond: overlays / took,
      droppedPerSecond: (video.getVideoPlaybackQuality().droppedVideoFrames - before) / took,
      decodeMilliseconds: spent / Math.max(1, callbacks),
      overlayWidth: overlay.width,
    };
  }, seconds);
}

async function scroll(page: Page, url: string): Promise<Record<string, number>> {
  await page.goto(url);
  await page.waitForSelector('#list li');
  return page.evaluate(async () => {
    const list = document.querySelector('#list')!;
    const began = performance.now();
    let [frames, rows, longest, last] = [0, 0, 0, began];
    while (performance.now() - began < 4000) {
      list.scrollTop = ((performance.now() - began) / 4000) * list.scrollHeight;
      const now = await new Promise<number>((resolve) =>
        requestAnimationFrame(() => resolve(performance.now())),
      );
      longest = Math.max(longest, now - last);
      last = now;
      rows = Math.max(rows, list.querySelectorAll('li').length);
      frames++;
    }
    return { scrollFramesPerSecond: frames / 4, longestScrollMilliseconds: longest, rowsAtOnce: rows };
  });
}
