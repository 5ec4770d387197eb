// When nothing of what a model knows happens: videos of 32 s, four actions of left-out people of 4 s each, and before each 4 s of
// something else: another video (UCF101-24, never seen in training), or a frame that stands still. `npm run bench -- pauses`.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listDataset, type ClipEntry } from '../src/dataset/index.js';
import { predictWindows, type LongVideo, type WindowPredictor } from '../src/infer/windows.js';
import type { Predictor } from '../src/infer/index.js';
import { temporalIou } from '../src/metrics/index.js';
import { Random } from '../src/random.js';
import type { Result, Segment } from '../src/result.js';
import { everySoOften } from '../src/savedModel/predictVideo.js';
import { openVideo } from '../src/video/index.js';
import { LEFT_OUT, openOn, rememberingExtractor, settingsOf, trainedModel } from './localisation/models.js';
import type { Benchmark } from './benchmark.js';

/** A frame is looked at this often a second; a part of a video is this long. */
const [rate, partSeconds] = [4, 4];

/** Frames of one part, as the model takes them. */
type Part = readonly Uint8Array[];

interface Paused {
  frames: Part;
  truth: { label: string; startSeconds: number; endSeconds: number }[];
}

/** Percentages by `KIND.FIGURE`, means over the seeds. */
export const benchmark: Benchmark = async (args) => {
  const settings = settingsOf(args);
  const extractor = await rememberingExtractor(settings);
  const figures: Record<string, number> = {};
  const kinds = Object.entries({ foreign: await foreignParts(settings.media), still: undefined });
  for (let seed = 0; seed < settings.seeds; seed++) {
    const predictor = await openOn(await trainedModel(settings, seed), extractor);
    for (const [kind, others] of kinds) {
      const videos = await videosOf(settings.media, others, seed);
      for (const [name, value] of Object.entries(await figuresOf(predictor, videos)))
        figures[`${kind}.${name}`] = (figures[`${kind}.${name}`] ?? 0) + value / settings.seeds;
    }
    await predictor.close();
  }
  await extractor.close();
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Math.round(10 * value) / 10]),
  );
};

/** Three videos of each left-out person; without `others` a pause is the first frame of the action, standing still. */
async function videosOf(
  media: string,
  others: readonly (() => Promise<Part>)[] | undefined,
  seed: number,
): Promise<Paused[]> {
  const { clips } = await listDataset(join(media, 'weizmann'), { group: /^([a-z]+)_/ });
  const random = Random.from(seed, 'pauses');
  const videos: Paused[] = [];
  for (const person of LEFT_OUT) {
    const own = random.shuffle(clips.filter(({ group }) => group === person));
    for (let from = 0; from + 4 <= own.length + 2; from += 3)
      videos.push(await pausedVideo(own.slice(from, from + 4), others, random));
  }
  return videos;
}

async function pausedVideo(
  actions: readonly ClipEntry[],
  others: readonly (() => Promise<Part>)[] | undefined,
  random: Random,
): Promise<Paused> {
  const frames: Uint8Array[] = [];
  const truth: Paused['truth'] = [];
  for (const { path, label } of actions) {
    const action = await partOf(path);
    const pause = others ? await random.pick(others)() : action.map(() => action[0]!);
    frames.push(...pause);
    const startSeconds = frames.length / rate;
    frames.push(...action);
    truth.push({ label, startSeconds, endSeconds: frames.length / rate });
  }
  return { frames, truth };
}

/** Other videos, read when they are asked for. */
async function foreignParts(media: string): Promise<(() => Promise<Part>)[]> {
  const folders = [join(media, 'ucf24'), join(media, 'dev/ucf24')];
  const found = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(folder, { recursive: true })).sort().map((name) => join(folder, name)),
    ),
  );
  return found
    .flat()
    .filter((path) => /\.(mp4|avi)$/.test(path))
    .map((path) => () => partOf(path));
}

/** Four seconds of a clip, which begins anew where it is shorter. */
async function partOf(path: string): Promise<Part> {
  const source = await openVideo(path);
  const indices = everySoOften(source.times, 1 / rate).slice(0, rate * partSeconds);
  const frames: Uint8Array[] = [];
  const size = { width: 224, height: 224 };
  for await (const { data } of source.frames({ size, resize: 'stretch', indices }))
    frames.push(Uint8Array.from(data));
  await source.close();
  return Array.from({ length: rate * partSeconds }, (_, i) => frames[i % frames.length]!);
}

async function figuresOf(predictor: Predictor, videos: readonly Paused[]): Promise<Record<string, number>> {
  const ious: number[] = [];
  const answered: number[] = [];
  for (const video of videos) {
    const { segments } = await answerOf(predictor, video);
    ious.push(
      ...video.truth.map((one) =>
        Math.max(
          0,
          ...segments.filter(({ label }) => label === one.label).map((segment) => temporalIou(segment, one)),
        ),
      ),
    );
    answered.push(answeredShare(video, segments));
  }
  const percent = (values: readonly number[]): number =>
    (100 * values.reduce((sum, value) => sum + value, 0)) / values.length;
  return {
    ...{
      videos: videos.length,
      meanIou: percent(ious),
      iou5: percent(ious.map((iou) => Number(iou >= 0.5))),
    },
    answered: percent(answered),
  };
}

/** The share of a video's pauses that lies in a segment of any class. */
function answeredShare({ frames, truth }: Paused, segments: readonly Segment[]): number {
  const inside = (spans: readonly { startSeconds: number; endSeconds: number }[], time: number): boolean =>
    spans.some(({ startSeconds, endSeconds }) => time >= startSeconds && time < endSeconds);
  const times = Array.from({ length: 10 * frames.length }, (_, i) => (i + 0.5) / rate / 10);
  const pauses = times.filter((time) => !inside(truth, time));
  return pauses.filter((time) => inside(segments, time)).length / pauses.length;
}

function answerOf(predictor: Predictor, { frames }: Paused): Promise<Result> {
  const durationSeconds = frames.length / rate;
  const info = { width: 224, height: 224, frames: frames.length, frameRate: rate, durationSeconds };
  const video = {
    ...{ info: info as LongVideo['info'], damagedFrames: 0, missingFrames: 0, warnings: [] },
    frames: (async function* () {
      for (const [index, data] of frames.entries()) yield { index, timeSeconds: index / rate, data };
    })(),
  };
  const asking: WindowPredictor = {
    config: predictor.config,
    predict: (clip, name) => predictor.predict(clip, name, { looks: 1 }),
  };
  return predictWindows(asking, video, 'paused');
}
