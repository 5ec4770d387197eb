// Live answers of the page Teach while a camera is on: how late and how dear they are, and what memory the browser gains.
import type { Page } from 'playwright-core';
import { median, tenths } from './figures.js';
import { treeNow } from './processTree.js';

/** Live answers of ten seconds after ten others, and what memory the browser gains in the minutes after. */
export async function liveFigures(page: Page, minutes: number): Promise<Record<string, number>> {
  await page.waitForTimeout(10_000);
  await page.evaluate(`
    globalThis.delays = [];
    globalThis.watching = new MutationObserver(() => delays.push(Number(/[0-9]+/.exec(document.querySelector('#live-delay').textContent)[0])));
    watching.observe(document.querySelector('#live-bars'), { subtree: true, attributes: true, characterData: true })`);
  const start = { at: performance.now(), ...treeNow() };
  await page.waitForTimeout(10_000);
  const delays = await page.evaluate<number[]>('watching.disconnect(), delays');
  const seconds = (performance.now() - start.at) / 1000;
  const used = treeNow().processorSeconds - start.processorSeconds;
  const [, dropped] = (await page.textContent('#live-delay'))!.match(/\d+/g)!.map(Number);
  return {
    liveMilliseconds: median(delays),
    liveAnswersASecond: tenths(delays.length / seconds),
    liveProcessorMilliseconds: Math.round((1000 * used) / delays.length), // of all processes, the camera's among them
    droppedPictures: dropped!,
    ...(await memoryFigures(page, minutes)),
  };
}

/** Collected memory comes and goes by hundreds of megabytes: the middle of the last third against that of the first. */
async function memoryFigures(page: Page, minutes: number): Promise<Record<string, number>> {
  const samples: number[] = [];
  for (let i = 0; i < 12 * minutes; i++) {
    await page.waitForTimeout(5000);
    samples.push(treeNow().megabytes);
  }
  const third = Math.ceil(samples.length / 3);
  const first = median(samples.slice(0, third));
  return { minutes, browserMegabytes: first, megabytesGained: median(samples.slice(-third)) - first };
}
