// A model that looks at how the actor moves answers in the page as it does in Node: the page looks at every frame itself.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { answerClips, openModel } from '../../src/data/index.js';
import { Result } from '../../src/result.js';
import { listen, openServed } from '../../src/server/index.js';
import { train } from '../../src/train/index.js';
import { tinyOnnx } from '../backbone/tinyOnnx.js';
import { writeTinyWorld } from '../data/tinyWorld.js';
import { buildPage, hasBrowser, openBrowser, watch } from './page.js';

const preprocessing = { channels: 'BGR', scale: 1, mean: [104, 117, 123], size: { width: 24, height: 16 } };

it.runIf(hasBrowser)('computes flow in the page and answers as predict does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wherewhen-actor-page-'));
  const [data, out, file] = ['data', 'model', 'net.onnx'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeTinyWorld(data, 4);
  await writeFile(file, tinyOnnx({ width: 24, height: 16 }));
  const backbone = { kind: 'onnx', file, preprocessing, outputs: ['fine'] };
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
    await tab.goto(`${server.url}#/here`);
    await tab.setInputFiles('#here-file', clip);
    await tab.waitForSelector('#here-bars li', { timeout: 60_000 });
    const saving = tab.waitForEvent('download');
    await tab.click('#here-save');
    const got = Result.parse(JSON.parse(await readFile(await (await saving).path(), 'utf8')));
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
