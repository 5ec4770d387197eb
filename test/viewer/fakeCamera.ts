// A camera for Chromium that shows a film from a file, again and again, until another film is put in its place.
import { closeSync, copyFileSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Chromium's switch for it. */
export function cameraFlag(path: string): string {
  return `--use-file-for-fake-video-capture=${path}`;
}

/** Of made films. */
export const FILM = { width: 160, height: 120, frames: 50, rate: 25 } as const;

/** Brightness of a pixel, 0..255. */
export type Painter = (x: number, y: number, frame: number) => number;

/** Writes a grey film as YUV4MPEG2, which Chromium reads. */
export function writeFilm(path: string, paint: Painter): void {
  const { width, height, frames, rate } = FILM;
  const file = openSync(path, 'w');
  writeSync(file, `YUV4MPEG2 W${width} H${height} F${rate}:1 Ip A1:1 C420jpeg\n`);
  const chroma = Buffer.alloc((width * height) / 2, 128);
  for (let frame = 0; frame < frames; frame++) {
    const luma = Buffer.from(
      Uint8Array.from({ length: width * height }, (_, i) => paint(i % width, Math.floor(i / width), frame)),
    );
    writeSync(file, 'FRAME\n');
    writeSync(file, luma);
    writeSync(file, chroma);
  }
  closeSync(file);
}

/** Puts a film into the camera and turns the camera of the page off and on, which begins it; it may need to be asked twice. */
export async function showFilm(page: Page, camera: string, film: string): Promise<void> {
  copyFileSync(film, `${camera}.new`);
  renameSync(`${camera}.new`, camera); // never half a film
  for (let asked = 0; asked < 5; asked++) {
    if ((await page.locator('.camera video').count()) > 0) await page.click('#teach-camera');
    await page.waitForTimeout(150);
    await page.click('#teach-camera');
    const isOn = page.waitForFunction(
      () => (document.querySelector<HTMLVideoElement>('.camera video')?.videoWidth ?? 0) > 0,
      null,
      { timeout: 5000 },
    );
    if (await isOn.then(Boolean, () => false)) return;
  }
  throw new Error(`the camera does not show ${join(film)}`);
}

/** Records one take of an action in the page, and waits until it is there. */
export async function recordTake(page: Page, action: string): Promise<void> {
  const takes = page.locator('.take');
  const before = await takes.count();
  await page.click(`button[aria-label$="${action}"].record`);
  await page.waitForFunction((count) => document.querySelectorAll('.take').length > count, before, {
    timeout: 120_000,
  });
  await page.waitForFunction(() => !document.querySelector('.count'));
}
