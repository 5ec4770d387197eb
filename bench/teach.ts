// The page "Teach" with real people: `npm run bench -- teach --media ../shared/media --weights ../shared/weights/googlenet.onnx`.
// A fake camera shows clips of Weizmann to headless Chromium; five people are taken, three are held back as tests. How long from
// the last take to live answers, how many held-out takes are right, and on how many of their frames the box is on the person.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { openWebBackbone, openWebHead } from '../src/infer/webModel.js';
import { boxIou } from '../src/metrics/index.js';
import type { Box, Result } from '../src/result.js';
import { openRuntime } from '../src/runtime/index.js';
import { inEightBits } from '../src/savedModel/eightBits.js';
import { listen, openServed } from '../src/server/index.js';
import { headFile, readTeachZip, type ZippedTake } from '../src/teach/index.js';
import { identityOfWeights } from '../src/teach/weights.js';
import { readClip } from '../src/video/index.js';
import { cameraFlag, recordTake, showFilm } from '../test/viewer/fakeCamera.js';
import { openBrowser } from '../test/viewer/page.js';
import type { Benchmark } from './benchmark.js';
import { liveFigures } from './liveFigures.js';
import { tenths } from './figures.js';
import { treeNow } from './processTree.js';

const TAUGHT = ['denis', 'eli', 'ira', 'lena', 'lyova'];
/** Those of whom there are true boxes. */
const HELD_BACK = ['daria', 'ido', 'shahar'];

type TrueBoxes = Record<string, { idx: number[]; boxes: Box[] }>;

/** Seconds, and percentages of takes and frames. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      media: { type: 'string', default: '../shared/media' },
      weights: { type: 'string', default: '../shared/weights/googlenet.onnx' },
      actions: { type: 'string', default: 'wave2,bend,walk' },
      precision: { type: 'string', default: 'int8' },
      held: { type: 'string', default: HELD_BACK.join(',') },
      minutes: { type: 'string', default: '1' },
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'wherewhen-bench-teach-'));
  const held = values.held.split(',').filter(Boolean);
  const setting = { folder, media: values.media, actions: values.actions.split(','), held };
  const camera = join(folder, 'camera.y4m');
  const films = filmsOf(setting);
  execFileSync('cp', [films[0]!.path, camera]);
  const backbone = await backboneOf(setting, values.weights, values.precision === 'int8');
  const server = await listen(await openServed({ models: [], backbone, cache: join(folder, 'cache') }), {
    port: 0,
  });
  const browser = await openBrowser([cameraFlag(camera)]);
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(server.url);
    const { figures } = await teachOf(page, { camera, films, ...setting });
    const load = loadavg()[0]!;
    const zip = join(folder, 'lesson.zip');
    const saving = page.waitForEvent('download');
    await page.click('#save-lesson');
    await (await saving).saveAs(zip);
    const late = await liveFigures(page, Number(values.minutes));
    return {
      ...figures,
      load: tenths(load),
      ...late,
      ...(held.length > 0 && (await scored(zip, setting))),
    };
  } finally {
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
};

interface Setting {
  folder: string;
  media: string;
  actions: readonly string[];
  /** People who are held back as tests. */
  held: readonly string[];
}

interface CameraFilm {
  action: string;
  person: string;
  path: string;
}

/** What the camera will show, the takes that are held back first. */
function filmsOf({ folder, media, actions, held }: Setting): CameraFilm[] {
  return [...held, ...TAUGHT].flatMap((person) =>
    actions.map((action) => {
      const path = join(folder, `${person}_${action}.y4m`);
      const clip = join(media, 'weizmann', action, `${person}_${action}.avi`);
      execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', clip, '-pix_fmt', 'yuv420p', path]);
      return { action, person, path };
    }),
  );
}

/** The network in eight bits, calibrated on clips of the people who are taken. */
async function backboneOf({ folder, media, actions }: Setting, weights: string, isEightBit: boolean) {
  const settings = { kind: 'onnx', file: resolve(weights), outputs: 'auto', preprocessing: 'caffe' };
  if (!isEightBit) return settings;
  const clips = TAUGHT.flatMap((person) =>
    actions.map((label) => {
      const path = join(media, 'weizmann', label, `${person}_${label}.avi`);
      return { path, name: path, label, group: person, classIndex: actions.indexOf(label) };
    }),
  );
  return (await inEightBits(settings, { precision: 'int8', clips, folder })).settings;
}

interface Teaching extends Pick<Setting, 'actions' | 'held'> {
  camera: string;
  films: readonly CameraFilm[];
}

/** Names the actions, records every film once, and teaches after the last one: seconds and processor seconds of each phase. */
async function teachOf(
  page: Page,
  { camera, films, actions, held }: Teaching,
): Promise<{ figures: Record<string, number> }> {
  await page.waitForSelector('#backbone-name', { timeout: 120_000 });
  for (const name of actions) {
    await page.fill('.new-action .field', name);
    await page.press('.new-action .field', 'Enter');
  }
  await page.click('.record-bar summary');
  await page.selectOption('#record-countdownSeconds', '0');
  await page.uncheck('#teach-auto');
  for (const [i, { action, person, path }] of films.entries()) {
    if (i === films.length - 1) await allLookedAt(page); // as they are where the machine keeps up with who records
    await showFilm(page, camera, path);
    await page.fill('.record-fields .field', person);
    await recordTake(page, action);
    const number = held.indexOf(person) + 1; // they come first
    if (number > 0) await page.click(`button[aria-label="Hold back as a test: ${action}, take ${number}"]`);
    console.error(`${person} ${action}`);
  }
  const phases = await followPhases(page);
  await page.click('#teach-now');
  await page.waitForSelector('#live-bars li', { timeout: 600_000 });
  return { figures: phases() };
}

/** Waits until no take is still to be looked at. */
async function allLookedAt(page: Page): Promise<void> {
  await page.waitForFunction(
    () => !/waiting|being looked at/.test(document.querySelector('#actions')!.textContent),
    null,
    { timeout: 600_000, polling: 500 },
  );
}

/** The words with which each phase of learning begins. */
const PHASES = { looking: 'Looking', learning: 'Learning', opening: 'Opening', answering: 'Learnt' };

/** Watches what the page says of learning; what is returned tells how long each phase took until now, and all together. */
async function followPhases(page: Page): Promise<() => Record<string, number>> {
  const now = (): { seconds: number; processor: number } => ({
    ...{ seconds: performance.now() / 1000, processor: treeNow().processorSeconds },
  });
  const marks: { phase: string; at: ReturnType<typeof now> }[] = [{ phase: 'looking', at: now() }];
  await page.exposeFunction('tellPhase', (text: string) => {
    const phase = Object.entries(PHASES).find(([, word]) => text.trim().startsWith(word))?.[0];
    if (phase && marks.at(-1)!.phase !== phase) marks.push({ phase, at: now() });
  });
  await page.evaluate(`
    new MutationObserver(() => tellPhase(document.querySelector('#learn-note').textContent))
      .observe(document.querySelector('.learn'), { subtree: true, childList: true, characterData: true })`);
  return () => {
    const all = [...marks, { phase: '', at: now() }];
    const between = (name: string, from: number, to: number): [string, number][] => [
      [`${name}Seconds`, tenths(all[to]!.at.seconds - all[from]!.at.seconds)],
      [`${name}ProcessorSeconds`, tenths(all[to]!.at.processor - all[from]!.at.processor)],
    ];
    const each = marks.flatMap(({ phase }, i) => between(phase, i, i + 1));
    return Object.fromEntries([...between('lastTakeToLive', 0, marks.length), ...each]);
  };
}

/** Percentages of held-out takes that are right, and of their frames on which the box is on the person. */
async function scored(path: string, setting: Setting): Promise<Record<string, number>> {
  const { model, takes, backbone, network } = readTeachZip(new Uint8Array(await readFile(path)), path);
  const truth = JSON.parse(readFileSync(join(setting.media, 'weizmann-boxes.json'), 'utf8')) as TrueBoxes;
  await using runtime = await openRuntime({ spin: false });
  const extractor = await openWebBackbone(backbone.backbone, network!, runtime);
  const id = identityOfWeights(model!.tensors);
  const head = await openWebHead(
    { id, config: model!.config, head: headFile(model!) },
    { extractor, runtime },
  );
  let right = 0;
  const frames: { iou: number; isInside: boolean }[] = [];
  const tests = takes.filter(({ isHeldOut }) => isHeldOut);
  for (const take of tests) {
    const file = join(setting.folder, take.id);
    await writeFile(file, take.clip);
    const clip = await readClip(file, {
      frames: model!.config.frames,
      sampling: model!.config.sampling,
      ...model!.config.transform,
    });
    const features = await head.features({ dtype: 'uint8', shape: clip.shape, data: clip.frames });
    const { result } = await head.answer(features, clip, take.id);
    if (result.classes[0]!.label === take.label) right++;
    const boxes = await trueBoxes(take, { clip: clip.frames, truth, setting });
    frames.push(...result.frames.map((_, i) => placed(boxOf(result, i), boxes[i]!)));
  }
  const share = (isHit: (one: (typeof frames)[number]) => boolean): number =>
    tenths((100 * frames.filter(isHit).length) / frames.length);
  return {
    heldOutTakes: tests.length,
    heldOutRight: tenths((100 * right) / tests.length),
    middleOnPerson: share(({ isInside }) => isInside),
    iou10: share(({ iou }) => iou >= 0.1),
    iou30: share(({ iou }) => iou >= 0.3),
  };
}

/** The box that the page draws: of the best actor, else the one that knows no class. */
function boxOf({ actors, frames }: Result, i: number): Box | null {
  return actors[0]?.boxes[i] ?? frames[i]!.box;
}

function placed(box: Box | null, truth: Box): { iou: number; isInside: boolean } {
  if (!box) return { iou: 0, isInside: false };
  const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  return {
    iou: boxIou(box, truth),
    isInside: x >= truth[0] && x <= truth[2] && y >= truth[1] && y <= truth[3],
  };
}

interface Matching {
  /** The take's sampled frames, `[n,H,W,3]`. */
  clip: Uint8Array;
  truth: TrueBoxes;
  setting: Setting;
}

/** The camera begins anywhere in its film: each frame of a take is found in the source by its pixels, and has its true box. */
async function trueBoxes({ label, group }: ZippedTake, { clip, truth, setting }: Matching): Promise<Box[]> {
  const { idx, boxes } = truth[`${label}/${group}_${label}`]!;
  const path = join(setting.media, 'weizmann', label, `${group}_${label}.avi`);
  const all = await readClip(path, { frames: 400, sampling: 'uniform', size: { width: 224, height: 224 } });
  const each = 224 * 224 * 3;
  const count = new Set(all.indices).size;
  return Array.from({ length: clip.length / each }, (_, i) => {
    const own = clip.subarray(i * each, (i + 1) * each);
    const away = Array.from({ length: count }, (_, k) =>
      difference(own, all.frames.subarray(k * each, (k + 1) * each)),
    );
    const frame = away.indexOf(Math.min(...away));
    const nearest = idx.reduce(
      (best, at, k) => (Math.abs(at - frame) < Math.abs(idx[best]! - frame) ? k : best),
      0,
    );
    return boxes[nearest]!;
  });
}

/** Over every 31st value: enough to tell frames apart. */
function difference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 31) sum += Math.abs(a[i]! - b[i]!);
  return sum;
}
