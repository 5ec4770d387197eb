// THUMOS14's training clips: each true instance of the validation videos as a short video of its own, cut as the released
// scripts cut them (10 frames before it, 30 in it, 10 after it, at 10 frames a second).
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { videoFiles } from '../../dataset/annotated.js';
import { writeAtomically } from '../../atomicFile.js';
import { AMBIGUOUS } from '../../metrics/thumos14.js';
import { groupBy } from '../../metrics/detection.js';
import { thumosScriptTimes } from '../../metrics/thumosScript.js';
import type { TrueSegment } from '../../metrics/index.js';
import { encodeVideo, openVideo } from '../../video/index.js';
import { inputError, WhereWhenError } from '../../errors.js';

/** Where from, where to, and who follows. */
export interface CutClipsOptions {
  /** The folder below which the videos lie. */
  data: string;
  /** True instances; the Ambiguous ones are left out. */
  segments: readonly TrueSegment[];
  /** `OUT/CLASS/VIDEO_MILLISECONDS.mp4`, and `OUT.csv`, the list of them with their videos as groups. */
  out: string;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
  onBroken?: (error: Error) => void;
}

/** What was cut: clips that are there now, their list, and videos that are not. */
export interface CutSet {
  clips: number;
  list: string;
  missing: string[];
}

/** Rate of the cut clips. */
const RATE = 10;

/** Cuts what is not there yet: a clip that is there is whole. Throws `input` where no video is there. */
export async function cutInstances({ data, out, signal, ...options }: CutClipsOptions): Promise<CutSet> {
  const segments = options.segments.filter(({ label }) => label !== AMBIGUOUS);
  const videos = [...new Set(segments.map(({ video }) => video))];
  const files = await videoFiles(data, videos);
  const here = segments.filter(({ video }) => files.has(video));
  const lines: string[] = [];
  let done = 0;
  for (const [video, instances] of groupBy(here, (segment) => segment.video)) {
    for (const instance of instances) {
      signal?.throwIfAborted();
      const folder = join(out, instance.label);
      const name = `${video}_${Math.round(1000 * instance.startSeconds)}`;
      const path = join(folder, `${name}.mp4`);
      await mkdir(folder, { recursive: true });
      try {
        if (!existsSync(path)) await cut(files.get(video)!, path, instance, signal);
        lines.push(`${instance.label}/${name},${instance.label},${video}\n`);
      } catch (error) {
        if (!(error instanceof WhereWhenError) || error.code === 'output') throw error;
        options.onBroken?.(error);
      }
      options.onProgress?.(++done, here.length);
    }
  }
  const list = `${out}.csv`;
  await writeAtomically(list, `clip,label,group\n${lines.join('')}`);
  return { clips: lines.length, list, missing: videos.filter((video) => !files.has(video)) };
}

async function cut(from: string, to: string, instance: TrueSegment, signal?: AbortSignal): Promise<void> {
  const source = await openVideo(from);
  try {
    const { width, height, durationSeconds } = source.info;
    const times = thumosScriptTimes(instance, durationSeconds);
    const indices = times.map(({ timeSeconds }) => nearest(source.times, timeSeconds));
    const size = { width, height };
    const frames = async function* () {
      for await (const { data } of source.frames({ size, indices })) yield data;
    };
    if (indices.length === 0) throw beyond(from, instance);
    await encodeVideo(to, { ...size, frameRate: RATE, frames: frames(), signal });
  } finally {
    await source.close();
  }
}

function nearest(times: Float64Array, seconds: number): number {
  let best = 0;
  for (let i = 1; i < times.length; i++)
    if (Math.abs(times[i]! - seconds) < Math.abs(times[best]! - seconds)) best = i;
  return best;
}

function beyond(path: string, { startSeconds }: TrueSegment): WhereWhenError {
  const received = `one that starts at ${startSeconds} s`;
  return inputError(path, 'an instance within the video', received);
}
