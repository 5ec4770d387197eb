// A video file of the reader's, decoded in the page: the same frames that the command line would take, scaled by the same
// rule. Nothing leaves the page. The browser's own decoder makes pictures of it.
import { VideoSampleSink, type Input, type InputVideoTrack } from 'mediabunny';
import type { SampledClip } from '../infer/toResult.js';
import { rateOf } from '../video/frameRate.js';
import { fixedRules } from '../video/sample.js';
import type { Resize, Size } from '../video/types.js';
import { framesOf, openFile, unreadable } from './openFile.js';
import { PictureMaker } from './picture.js';

/** Which frames of a clip, and how large: the part of a model's config that shapes them. */
export interface PageClipShape {
  frames: number;
  sampling: 'uniform' | 'even' | 'centred' | 'segment-random';
  size: Size;
  resize: Resize;
}

/** Settings of {@link readClipFile}. */
export interface ReadOptions {
  signal?: AbortSignal;
  /** Frames decoded, of all that will be. */
  onProgress?: (done: number, total: number) => void;
}

/** A clip that was read in the page: its pictures, and the time of every frame of the file, ascending. */
export interface PageClip extends SampledClip {
  allTimes: Float64Array;
}

/**
 * Reads `shape.frames` frames of a file. Throws `format` for a file that this browser cannot take apart or decode, and
 * the signal's reason.
 */
export async function readClipFile(
  file: File,
  shape: PageClipShape,
  { signal, onProgress }: ReadOptions = {},
): Promise<PageClip> {
  using opened = await openFile(file);
  const { input, track } = opened;
  const { times: allTimes, missingFrames, warnings } = await framesOf(track, signal);
  if (allTimes.length === 0) throw unreadable(file, 'no frame in its video track');
  const rule = shape.sampling === 'segment-random' ? 'centred' : shape.sampling;
  const indices = fixedRules[rule](allTimes.length, shape.frames);
  const distinct = [...new Set(indices)];
  const times = distinct.map((index) => allTimes[index]!);
  const pictures = await decode(file, track, times, shape, (done) => {
    signal?.throwIfAborted();
    onProgress?.(done, distinct.length);
  });
  const area = shape.size.width * shape.size.height * 3;
  const frames = new Uint8Array(indices.length * area);
  indices.forEach((index, i) => frames.set(pictures[distinct.indexOf(index)]!, i * area));
  if (distinct.length < indices.length) warnings.push(shortWarning(distinct.length, indices.length));
  return {
    ...{ frames, indices, allTimes, missingFrames, warnings },
    times: Float64Array.from(indices, (index) => allTimes[index]!),
    info: await infoOf(file, input, track, allTimes),
    damagedFrames: 0,
  };
}

function shortWarning(there: number, asked: number): string {
  return `${there} frame${there === 1 ? '' : 's'} for the ${asked} asked for, the last one is repeated`;
}

/** The pictures at `times`, each scaled to the model's size: uint8 `[H,W,3]`. */
async function decode(
  file: File,
  track: InputVideoTrack,
  times: readonly number[],
  { size, resize }: PageClipShape,
  onFrame: (done: number) => void,
): Promise<Uint8Array[]> {
  const pictures: Uint8Array[] = [];
  const maker = new PictureMaker({ size, resize, matrix: (await track.getColorSpace()).matrix });
  const half = 1e-6; // a time that was rounded on its way must not find the frame before
  for await (const sample of new VideoSampleSink(track).samplesAtTimestamps(
    times.map((time) => time + half),
  )) {
    if (!sample) throw unreadable(file, `no picture at ${times[pictures.length]!.toFixed(3)} s`);
    pictures.push(await maker.make(sample));
    sample.close();
    onFrame(pictures.length);
  }
  return pictures;
}

async function infoOf(
  file: File,
  input: Input,
  track: InputVideoTrack,
  times: Float64Array,
): Promise<SampledClip['info']> {
  const frames = times.length;
  const durationSeconds = await track.computeDuration();
  const shown = durationSeconds - times[0]!;
  const { frameRate, isVariableRate } = rateOf(times, frames > 1 ? 0 : 1 / shown);
  return {
    ...{ path: file.name, frames, durationSeconds, frameRate, isVariableRate },
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    rotation: await track.getRotation(),
    codec: (await track.getCodec()) ?? 'unknown',
    container: (await input.getFormat()).name,
  };
}
