// The stage of the browser's tests: two small models over clips whose frames bear their numbers, served, and a page.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ClipList } from '../../src/server/api.js';
import { listen, openServed, type Listening } from '../../src/server/index.js';
import { encodeVideo } from '../../src/video/index.js';
import { writeTinyModel } from '../savedModel/tinyModel.js';
import { withMatrix } from '../video/media.js';
import { barCode, buildPage, openBrowser, watch } from './page.js';

/** Of the clips. */
export const WIDTH = 320;
export const HEIGHT = 180;
export const FRAMES = 100;
export const RATE = 25;
export const CLASSES = ['slide', 'rest'];

/** Whether clips of a varying rate and AVI files can be made. */
export const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

/** Everything that a test acts on. */
export interface Stage {
  folder: string;
  /** Folder of the built page. */
  built: string;
  server: Listening;
  context: BrowserContext;
  page: Page;
  /** What must stay empty. */
  faults: string[];
  /** Ids of the clips by their names. */
  ids: Record<string, string>;
  /** Opens a clip and waits until its picture and its answer are there. */
  openClip(name: string, query?: string): Promise<void>;
  /** The time that the page shows. */
  seconds(): Promise<number>;
  close(): Promise<void>;
}

/** Makes clips and models, builds the page, serves them and opens a browser. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'wherewhen-viewer-'));
  const data = join(folder, 'data');
  await makeClips(data);
  await writeTinyModel(join(folder, 'one'), CLASSES);
  await writeTinyModel(join(folder, 'two'), CLASSES, { seed: 11, isRecurrent: true });
  const models = [join(folder, 'one'), join(folder, 'two')];
  const built = await buildPage(join(folder, 'page'));
  const server = await listen(await openServed({ models, data }), { port: 0, page: built });
  const list = ClipList.parse(await (await fetch(`${server.url}api/clips.json`)).json());
  const ids = Object.fromEntries(list.names.map((name, i) => [name, list.ids[i]!]));
  const browser: Browser = await openBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
  const page = await context.newPage();
  const faults = watch(page, () => server.url);
  return {
    ...{ folder, built, server, context, page, faults, ids },
    openClip: async (name, query = '') => {
      await page.goto(`${server.url}#/clips/${ids[name]}${query}`);
      await page.waitForFunction(
        (title) => document.querySelector('#clip-title')?.textContent === title,
        name,
      );
      await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2);
      await page.waitForSelector('#what-bars li');
    },
    seconds: async () => Number(await page.evaluate(() => document.documentElement.dataset['seconds'])),
    close: async () => {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function makeClips(data: string): Promise<void> {
  for (const label of CLASSES) await mkdir(join(data, label), { recursive: true });
  const source = join(data, 'slide', 'bars.mp4');
  await writeBars(source, FRAMES);
  withMatrix(source, join(data, 'slide', 'turned.mp4'), [0, -1, 1, 0]); // shown turned by 270 degrees
  await writeBars(join(data, 'slide', 'other.mp4'), 30);
  await writeBars(join(data, 'rest', 'third.mp4'), 40);
  await writeFile(join(data, 'rest', 'broken.mp4'), 'no video at all');
  if (!hasFfmpeg) return;
  const ffmpeg = (...args: string[]): unknown =>
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', source, ...args]);
  const times = "setpts='if(lt(N,40),N/25,if(lt(N,70),1.6+(N-40)/10,4.6+(N-70)/30))/TB'";
  const exact = ['-fps_mode', 'passthrough', '-enc_time_base', '1/90000', '-crf', '12'];
  ffmpeg('-vf', times, ...exact, join(data, 'slide', 'varying.mp4'));
  ffmpeg('-c:v', 'mpeg4', '-q:v', '2', join(data, 'slide', 'old.avi'));
}

async function writeBars(path: string, frames: number): Promise<void> {
  const pictures = Array.from({ length: frames }, (_, i) => barCode(i, WIDTH, HEIGHT));
  await encodeVideo(path, { width: WIDTH, height: HEIGHT, frameRate: RATE, quality: 12, frames: pictures });
}
