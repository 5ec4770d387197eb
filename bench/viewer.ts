// Frames of overlay a second at 720p in a headless Chromium, counted by callbacks of the video, on a clip of 60 frames a
// second, beside the same video alone in a bare page; and how a list of ten thousand clips scrolls. The page is the built
// one (`npm run build`).
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import type { Result } from '../src/result.js';
import { ClipList } from '../src/server/api.js';
import { listen, openServed } from '../src/server/index.js';
import { encodeVideo } from '../src/video/index.js';
import { writeTinyModel } from '../test/savedModel/tinyModel.js';
import type { Benchmark } from './benchmark.js';

const [width, height] = [1280, 720];
const classes = ['one', 'two'];

/** What is played: the video alone in a bare page, and the viewer with nothing, with mask and box, with contour too. */
const SCENES = ['alone', 'viewer', 'overlay', 'contour'] as const;
type Scene = (typeof SCENES)[number];

/**
 * Callbacks and dropped pictures a second for each scene, the median and the best of several rounds in which the scenes
 * take turns, so that what else the machine does meets all of them; animation frames while scrolling.
 */
export const benchmark: Benchmark = async (args) => {
  const options = {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '5' },
    clips: { type: 'string', default: '10000' },
    'frame-rate': { type: 'string', default: '60' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const frameRate = Number(values['frame-rate']);
  const folder = await mkdtemp(join(tmpdir(), 'wherewhen-bench-'));
  const executablePath = process.env['WHEREWHEN_CHROMIUM'] ?? '/usr/bin/chromium';
  const flags = ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required'];
  const browser = await chromium.launch({ executablePath, args: flags });
  try {
    const server = await serveClips(folder, { clips: Number(values.clips), frameRate });
    const page = await browser.newPage({ viewport: { width: 1800, height: 1300 } });
    await page.addInitScript('globalThis.__name = (named) => named'); // what tsx puts around named functions
    const list = ClipList.parse(await (await fetch(`${server.url}api/clips.json`)).json());
    await page.route('**/api/models/*/clips/*.json', (route) =>
      route.fulfill({ json: madeResult(frameRate) }),
    );
    const rows: Record<Scene, Played[]> = { alone: [], viewer: [], overlay: [], contour: [] };
    for (let round = 0; round < Number(values.rounds); round++)
      for (const scene of SCENES) {
        await open(page, scene, { url: server.url, clip: list.ids[0]! });
        rows[scene].push(await play(page, Number(values.seconds)));
      }
    const scrolled = await scroll(page, `${server.url}#/clips`);
    await server.close();
    const played = SCENES.flatMap((scene) => Object.entries(summed(scene, rows[scene])));
    return { ...Object.fromEntries(played), clips: list.ids.length, ...scrolled };
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
};

/** Longer than a round, so that no callback is lost to a start from the beginning. */
const CLIP_SECONDS = 12;

/** Pictures of grey stripes that move on by four pixels each. */
function* movingStripes(count: number): Generator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    const row = Uint8Array.from({ length: width * 3 }, (_, at) => 60 + ((((at / 3) | 0) + 4 * i) % 128));
    const picture = new Uint8Array(width * height * 3);
    for (let y = 0; y < height; y++) picture.set(row, y * width * 3);
    yield picture;
  }
}

/** One clip under many names. */
async function serveClips(folder: string, { clips, frameRate }: { clips: number; frameRate: number }) {
  const data = join(folder, 'data');
  await mkdir(data);
  const path = join(data, 'clip-00000.mp4');
  await encodeVideo(path, { width, height, frameRate, frames: movingStripes(CLIP_SECONDS * frameRate) });
  const name = (i: number): string => `clip-${String(i).padStart(5, '0')}.mp4`;
  for (let i = 1; i < clips; i++) await symlink(path, join(data, name(i)));
  await writeTinyModel(join(folder, 'model'), classes);
  return listen(await openServed({ models: [join(folder, 'model')], data }), { port: 0 });
}

/** Masks of 14 x 14 on 16 frames, a box and a segment: all that is drawn. */
function madeResult(frameRate: number): Result {
  const frames = Array.from({ length: 16 }, (_, index) => ({
    ...{ index: index * 45, timeSeconds: (index * 45) / frameRate, weight: 1 / 16 },
    box: [100 + 20 * index, 100, 500 + 20 * index, 500] as [number, number, number, number],
  }));
  const bytes = Buffer.from(Uint8Array.from({ length: 16 * 196 }, (_, i) => (i * 37) % 256)).toString(
    'base64',
  );
  const video = {
    width,
    height,
    frames: CLIP_SECONDS * frameRate,
    durationSeconds: CLIP_SECONDS,
    frameRate,
    damagedFrames: 0,
    missingFrames: 0,
  };
  return {
    ...{
      version: 2,
      clip: 'clip',
      model: { id: 'made', attention: 'joint', backbone: 'small' },
      video,
      frames,
    },
    classes: [{ label: 'one', probability: 1 }],
    segments: [{ label: 'one', startSeconds: 0, endSeconds: CLIP_SECONDS, score: 1 }],
    actors: [
      {
        ...{ label: 'one', score: 1, boxes: frames.map(({ box }) => box) },
        segments: [{ startSeconds: 0, endSeconds: CLIP_SECONDS, score: 1 }],
      },
    ],
    masks: { height: 14, width: 14, bytes },
    warnings: [],
  };
}

/** Opens a scene and waits until its picture is there. */
async function open(page: Page, scene: Scene, { url, clip }: { url: string; clip: string }): Promise<void> {
  await page.goto('about:blank');
  if (scene === 'alone') {
    const video = `<video muted loop src="${url}api/clips/${clip}/video.mp4" width="${width}" height="${height}"></video>`;
    await page.route('**/alone.html', (route) => route.fulfill({ body: video, contentType: 'text/html' }));
    await page.goto(`${url}alone.html`);
  } else {
    await page.goto(`${url}#/clips/${clip}`);
    await page.waitForSelector('#what-bars li', { timeout: 120_000 });
    const wanted = { mask: scene !== 'viewer', box: scene !== 'viewer', contour: scene === 'contour' };
    for (const [id, isOn] of Object.entries(wanted))
      if ((await page.getAttribute(`#${id}`, 'aria-pressed')) !== String(isOn)) await page.click(`#${id}`);
    await page.evaluate(`{
      document.querySelector('.stage-row').style.gridTemplateColumns = '${width}px 1fr';
      document.querySelector('.screen').style.width = '${width}px';
    }`); // drawn as large as the video is, as in the bare page
  }
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 3);
}

/** What was counted in one round. */
interface Played {
  callbacks: number;
  dropped: number;
  width: number;
}

function play(page: Page, seconds: number): Promise<Played> {
  return page.evaluate(async (length) => {
    const video = document.querySelector('video')!;
    let callbacks = 0;
    const count = (): void => {
      callbacks++;
      video.requestVideoFrameCallback(count);
    };
    await video.play();
    await new Promise((resolve) => setTimeout(resolve, 500)); // the start is another matter
    video.requestVideoFrameCallback(count);
    const before = video.getVideoPlaybackQuality().droppedVideoFrames;
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, length * 1000));
    const took = (performance.now() - began) / 1000;
    video.pause();
    const dropped = video.getVideoPlaybackQuality().droppedVideoFrames - before;
    return { callbacks: callbacks / took, dropped: dropped / took, width: video.clientWidth };
  }, seconds);
}

function summed(scene: Scene, rounds: readonly Played[]): Record<string, number> {
  const sorted = (of: (one: Played) => number): number[] => rounds.map(of).sort((a, b) => a - b);
  const callbacks = sorted((one) => one.callbacks);
  const middle = Math.floor(rounds.length / 2);
  return {
    [`${scene}PerSecond`]: callbacks[middle]!,
    [`${scene}BestPerSecond`]: callbacks.at(-1)!,
    [`${scene}DroppedPerSecond`]: sorted((one) => one.dropped)[middle]!,
    [`${scene}Width`]: rounds[0]!.width,
  };
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
