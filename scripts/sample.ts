// Makes the sample that the page "Teach" shows when it has nothing else: `node --import tsx scripts/sample.ts out/demo`. The
// demo's model as a page runs it, and the clip of each of three actions that it is surest of, small, to viewer/public/sample.
import { copyFile, mkdtemp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { castClip } from '../src/dataset/synthetic/world.js';
import { renderClip } from '../src/dataset/synthetic/render.js';
import { stage, type Action } from '../src/dataset/synthetic/script.js';
import { WebModelDescription } from '../src/infer/webModel.js';
import { exportWeb, readWebModel } from '../src/savedModel/export/exportWeb.js';
import { openModel } from '../src/savedModel/index.js';
import { encodeVideo, readClip } from '../src/video/index.js';

const demo = process.argv[2] ?? 'out/demo';
const out = new URL('../viewer/public/sample/', import.meta.url).pathname;
const shown: readonly Action[] = ['sweep-right', 'grow', 'rings'];
/** Clips of each action to choose from, of a world that the demo has not learnt. */
const [SEED, TRIED] = [77, 40];

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const folder = await mkdtemp(join(tmpdir(), 'wherewhen-sample-'));
const model = await openModel(join(demo, 'model'));
try {
  const best = new Map<Action, { sure: number; path: string }>();
  for (let i = 0; i < TRIED; i++) {
    const { script } = castClip(SEED, i);
    if (!shown.includes(script.action)) continue;
    const path = join(folder, `${script.action}-${i}.mp4`);
    const frames = [...renderClip(script)].map(({ rgba }) => new Uint8Array(rgba.buffer));
    await encodeVideo(path, { ...stage, quality: 32, frames });
    const [answer] = (await model.predict(await readClip(path, model.shape), path)).result.classes;
    if (answer?.label !== script.action) continue;
    const before = best.get(script.action);
    if (!before || answer.probability > before.sure)
      best.set(script.action, { sure: answer.probability, path });
  }
  const clips = [];
  for (const action of shown) {
    const { path, sure } = best.get(action)!;
    const file = `${action}.mp4`;
    await copyFile(path, join(out, file));
    clips.push({ file, label: action });
    process.stdout.write(`${file}: ${(await stat(join(out, file))).size} bytes, sure ${sure.toFixed(3)}\n`);
  }
  const { files } = await exportWeb(join(demo, 'model'), out);
  process.stdout.write(`${JSON.stringify(files)}\n`);
  await writeFile(join(out, 'backbone.json'), `${JSON.stringify(await backboneAlone(), null, 2)}\n`);
  await writeFile(join(out, 'sample.json'), `${JSON.stringify({ clips }, null, 2)}\n`);
} finally {
  await model.close();
  await rm(folder, { recursive: true, force: true });
}

/** The network alone, to teach with: to whoever teaches it is a file like any other, which stays as it is. */
async function backboneAlone(): Promise<object> {
  const { description } = await readWebModel(out);
  const { backbone } = WebModelDescription.parse(description);
  return { version: 1, settings: { kind: 'onnx' }, backbone: { ...backbone, kind: 'onnx' } };
}
