// Takes the pictures of docs/teach.md: `node --import tsx viewer/teachShots.ts ../shared/media ../shared/weights/googlenet.onnx`.
// A fake camera shows clips of three actions; the page is taught in front of it, and looked at in light, dark, small and Chinese.
import { copyFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { inEightBits } from '../src/savedModel/eightBits.js';
import { listen, openServed } from '../src/server/index.js';
import { cameraFlag, recordTake, showFilm } from '../test/viewer/fakeCamera.js';
import { openBrowser } from '../test/viewer/page.js';

const media = process.argv[2] ?? '../shared/media';
const weights = process.argv[3] ?? '../shared/weights/googlenet.onnx';
const out = process.argv[4] ?? 'docs/teach';
const built = process.argv[5];
const actions = ['wave', 'bend', 'walk'];
const folders: Record<string, string> = { wave: 'wave2', bend: 'bend', walk: 'walk' };
const people = ['denis', 'eli', 'ira', 'lena'];
const size = { width: 1360, height: 914 }; // down to the axis of the time line

const folder = await mkdtemp(join(tmpdir(), 'wherewhen-shots-'));
await mkdir(out, { recursive: true });
const camera = join(folder, 'camera.y4m');
const filmOf = (action: string, person: string): string => {
  const path = join(folder, `${person}_${action}.y4m`);
  const clip = join(media, 'weizmann', folders[action]!, `${person}_${folders[action]!}.avi`);
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', clip, '-pix_fmt', 'yuv420p', path]);
  return path;
};
copyFileSync(filmOf('wave', 'denis'), camera);
const exact = { kind: 'onnx', file: resolve(weights), outputs: 'auto', preprocessing: 'caffe' };
const clips = people.flatMap((person) =>
  actions.map((label) => {
    const path = join(media, 'weizmann', folders[label]!, `${person}_${folders[label]!}.avi`);
    return { path, name: path, label, group: person, classIndex: actions.indexOf(label) };
  }),
);
const { settings: backbone } = await inEightBits(exact, { precision: 'int8', clips, folder });
const server = await listen(await openServed({ models: [], backbone, cache: join(folder, 'cache') }), {
  port: 0,
  page: built,
});
const browser = await openBrowser([cameraFlag(camera)]);
try {
  const page = await browser.newPage({ viewport: size, colorScheme: 'light' });
  await page.goto(server.url);
  await page.waitForSelector('#backbone-name', { timeout: 120_000 });
  await page.waitForTimeout(1500);
  await shot(page, 'first');
  await teachAll(page);
  const isAnswered = (): boolean => !document.querySelector('.take small:not(.good, .bad)');
  await page.waitForFunction(isAnswered, null, { timeout: 600_000 });
  await shot(page, 'taught');
  await page.click('#teach-camera');
  await page.click('button[aria-label="Open wave, take 2"]');
  await page.waitForSelector('dialog .correct');
  const layer = (await page.locator('.mark-layer').boundingBox())!;
  // Around the person, feet and all; the box of the model ends at the knees.
  await page.mouse.move(layer.x + 0.33 * layer.width, layer.y + 0.26 * layer.height);
  await page.mouse.down();
  await page.mouse.move(layer.x + 0.51 * layer.width, layer.y + 0.8 * layer.height, { steps: 5 });
  await page.mouse.up();
  await page.waitForTimeout(1000);
  await shot(page, 'correct');
  const kept = await page.context().storageState({ indexedDB: true });
  await page.close();
  await others(kept);
} finally {
  await browser.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
}

/** Shows the actions to the camera, some as tests, and waits for the live answer. */
async function teachAll(page: Page): Promise<void> {
  for (const name of actions) {
    await page.fill('.new-action .field', name);
    await page.press('.new-action .field', 'Enter');
  }
  await page.click('.record-bar summary');
  await page.selectOption('#record-countdownSeconds', '0');
  await page.uncheck('#teach-auto');
  for (const person of people)
    for (const action of actions) {
      await showFilm(page, camera, filmOf(action, person));
      await recordTake(page, action);
    }
  for (const action of actions)
    await page.click(`button[aria-label="Hold back as a test: ${action}, take 4"]`);
  await showFilm(page, camera, filmOf('wave', 'lyova'));
  await page.click('.record-bar summary');
  await page.click('#teach-now');
  await page.waitForSelector('#live-bars li', { timeout: 600_000 });
  await page.waitForFunction(
    () => /^Learnt in/.test(document.querySelector('#learn-note')!.textContent),
    null,
    {
      timeout: 600_000,
    },
  );
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(20_000); // the time line behind fills
}

/** The same lesson in other looks; only to be looked at. */
async function others(storageState: BrowserContextOptions['storageState']): Promise<void> {
  const looks: [name: string, options: BrowserContextOptions][] = [
    ['dark', { viewport: size, colorScheme: 'dark' }],
    ['chinese', { viewport: size, locale: 'zh-CN' }],
    ['phone', { viewport: { width: 360, height: 780 }, isMobile: true }],
  ];
  for (const [name, options] of looks) {
    const context = await browser.newContext({ storageState, ...options });
    const page = await context.newPage();
    await page.goto(server.url);
    await page.waitForTimeout(8000);
    await page.screenshot({ path: join(folder, `../teach-${name}.png`), fullPage: name === 'phone' });
    await context.close();
  }
}

async function shot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(out, `${name}.jpg`), type: 'jpeg', quality: 82 });
  process.stdout.write(`${join(out, `${name}.jpg`)}\n`);
}
