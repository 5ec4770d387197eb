// A model that looks at how the actor moves answers in the page as it does in Node: the page looks at every frame itself.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { answerClips, openModel } from '../../src/savedModel/index.js';
import type { Result } from '../../src/result.js';
import { listen, openServed } from '../../src/server/index.js';
import { train } from '../../src/train/index.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';
import { writeTinyBackbone } from '../train/tinyFrozen.js';
import { answeredHere, buildPage, hasBrowser, openBrowser, watch } from './page.js';

it.runIf(hasBrowser)('computes flow in the page and answers as predict does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wherewhen-actor-page-'));
  const [data, out] = [join(folder, 'data'), join(folder, 'model')];
  await writeTinyWorld(data, 4);
  const backbone = await writeTinyBackbone(join(folder, 'net.onnx'));
  await train({
    data,
    out,
    recipe: { frames: 6, backbone, attention: { form: 'actor' }, actors: { mosaics: 0 } },
  });
  const clip = join(data, 'left/clip1.mp4');
  const expected = await inNode(out, clip);

  const page = await buildPage(join(folder, 'page'));
  const server = await listen(await openServed({ models: [out], data }), { port: 0, page });
  const browser = await openBrowser();
  try {
    const tab = await (await browser.newContext()).newPage();
    const faults = watch(tab, () => server.url);
    const got = await answeredHere(tab, server.url, clip);
    expect(got.warnings).toEqual([]);
    for (const { label, probability } of expected.classes) {
      const own = got.classes.find((one) => one.label === label)!.probability;
      expect(Math.abs(own - probability)).toBeLessThanOrEqual(0.05);
    }
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
});

/** One look, as a page takes it. */
async function inNode(model: string, clip: string): Promise<Result> {
  const predictor = await openModel(model);
  try {
    for await (const outcome of answerClips(predictor, [clip], { predict: { looks: 1 } })) {
      if ('answer' in outcome) return outcome.answer.result;
      throw outcome.error;
    }
    throw new Error('no answer');
  } finally {
    await predictor.close();
  }
}
