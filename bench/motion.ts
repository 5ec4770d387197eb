// Flow and rows of real clips, on one core: `--clips DIR --most 40 --rounds 3`. Milliseconds a frame of what decoded frames
// cost: grey picture, flow with its test for cuts, packing, and the rows of one box (the middle of the picture). Decoding
// is measured apart, by reading the same frames without looking at them. Each figure is the median of the rounds.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isClipPath } from '../src/dataset/clips.js';
import { DenseFlow } from '../src/motion/flow.js';
import { FlowRecorder } from '../src/motion/clipFlow.js';
import { GREY_SIZE, greyPicture } from '../src/motion/grey.js';
import { isCut } from '../src/motion/cuts.js';
import { rowsOf } from '../src/motion/index.js';
import type { Box } from '../src/result.js';
import { openVideo, type Frame, type VideoSource } from '../src/video/index.js';
import { median } from './figures.js';
import type { Benchmark } from './benchmark.js';

/** Milliseconds a frame, wall and processor time. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clips: { type: 'string' },
      most: { type: 'string', default: '40' },
      rounds: { type: 'string', default: '3' },
    },
  });
  if (!values.clips) throw new Error('motion: --clips DIR is needed');
  const paths = (await clipsBelow(values.clips)).slice(0, Number(values.most));
  const rounds: Times[] = [];
  for (let round = 0; round <= Number(values.rounds); round++) {
    const times: Times = { frames: 0, decode: 0, grey: 0, flow: 0, rows: 0 };
    for (const path of paths) await measure(path, times);
    if (round > 0) rounds.push(times); // the first one compiles
  }
  const aFrame = (name: keyof Times): number => median(rounds.map((times) => times[name] / times.frames));
  return {
    clips: paths.length,
    frames: rounds[0]!.frames,
    decodeMilliseconds: aFrame('decode'),
    greyMilliseconds: aFrame('grey'),
    flowMilliseconds: aFrame('flow'),
    rowsMilliseconds: aFrame('rows'),
    flowAndRowsMilliseconds: aFrame('grey') + aFrame('flow') + aFrame('rows'),
  };
};

/** Sums over all clips; processor time of this process but for decoding, which other threads do: wall time. */
interface Times {
  frames: number;
  decode: number;
  grey: number;
  flow: number;
  rows: number;
}

async function measure(path: string, times: Times): Promise<void> {
  const source = await openVideo(path);
  const started = performance.now();
  const frames = await framesOf(source);
  times.decode += performance.now() - started;
  times.frames += frames.length;
  const greys = spend(times, 'grey', () => frames.map((frame) => greyPicture(frame.data, frame)));
  const recorder = new FlowRecorder(source.info, {
    width: GREY_SIZE.width >> 1,
    height: GREY_SIZE.height >> 1,
  });
  const dense = new DenseFlow(GREY_SIZE);
  spend(times, 'flow', () =>
    greys.forEach((grey, i) => {
      const flow = dense.next(grey);
      const [startSeconds, endSeconds] = [source.times[i - 1]!, source.times[i]!];
      if (flow) recorder.add(flow, { frame: i - 1, startSeconds, endSeconds, isCut: isCut(dense.fit()) });
    }),
  );
  const { width, height } = source.info;
  const box: Box = [width / 4, height / 8, (3 * width) / 4, (7 * height) / 8];
  spend(times, 'rows', () => rowsOf(recorder.finish(), { boxes: [box], times: [0] }));
  await source.close();
}

function spend<T>(times: Times, name: 'grey' | 'flow' | 'rows', work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  times[name] += (user + system) / 1000;
  return result;
}

async function framesOf(source: VideoSource): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of source.frames({ size: GREY_SIZE })) frames.push(frame);
  return frames;
}

async function clipsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths: string[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (await isClipPath(path, entry.isDirectory())) paths.push(path);
  }
  return paths.sort();
}
