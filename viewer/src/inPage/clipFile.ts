// A video file of the reader's, decoded in the page: the same frames that the command line would take, scaled by the same
// rule. Nothing leaves the page. mediabunny takes the file apart, the browser's own decoder makes pictures of it.
import {
  ALL_FORMATS,
  BlobSource,
  EncodedPacketSink,
  Input,
  VideoSampleSink,
  type InputVideoTrack,
} from 'mediabunny';
import { WhereWhenError } from '../../../src/errors.js';
import type { SampledClip } from '../../../src/infer/toResult.js';
import { keptWindow, resample } from '../../../src/video/resample.js';
import { centredIndices, uniformIndices } from '../../../src/video/sample.js';
import type { Resize, Size } from '../../../src/video/types.js';
import { Painter } from './painter.js';

/** Which frames of a clip, and how large: the part of a model's config that shapes them. */
export interface ClipShape {
  frames: number;
  sampling: 'uniform' | 'centred' | 'segment-random';
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
  shape: ClipShape,
  { signal, onProgress }: ReadOptions = {},
): Promise<PageClip> {
  using input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  const track = await videoTrackOf(file, input);
  const allTimes = await frameTimes(track, signal);
  if (allTimes.length === 0) throw unreadable(file, 'no frame in its video track');
  const choose = shape.sampling === 'uniform' ? uniformIndices : centredIndices;
  const indices = choose(allTimes.length, shape.frames);
  const distinct = [...new Set(indices)];
  const pictures = await decode(
    file,
    track,
    distinct.map((index) => allTimes[index]!),
    shape,
    (done) => {
      signal?.throwIfAborted();
      onProgress?.(done, distinct.length);
    },
  );
  const area = shape.size.width * shape.size.height * 3;
  const frames = new Uint8Array(indices.length * area);
  indices.forEach((index, i) => frames.set(pictures[distinct.indexOf(index)]!, i * area));
  return {
    frames,
    indices,
    times: Float64Array.from(indices, (index) => allTimes[index]!),
    allTimes,
    info: await infoOf(file, input, track, allTimes),
    damagedFrames: 0,
    missingFrames: 0,
    warnings: distinct.length < indices.length ? [shortWarning(distinct.length, indices.length)] : [],
  };
}

function shortWarning(there: number, asked: number): string {
  return `${there} frame${there === 1 ? '' : 's'} for the ${asked} asked for, the last one is repeated`;
}

async function videoTrackOf(file: File, input: Input): Promise<InputVideoTrack> {
  if (!(await input.canRead())) throw unreadable(file, 'a container that the page does not know');
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw unreadable(file, 'no video in it');
  if (await track.canDecode()) return track;
  throw unreadable(
    file,
    `video as ${(await track.getCodec()) ?? 'an unknown codec'}, which this browser does not decode`,
  );
}

function unreadable(file: File, received: string): WhereWhenError {
  return new WhereWhenError({
    code: 'format',
    path: file.name,
    expected: 'a video that this browser decodes (MP4, MOV, WebM, MKV)',
    received,
    hint: '`wherewhen predict` and `wherewhen serve` read other files too',
  });
}

/** The presentation times of all frames in seconds, ascending; no picture is decoded for it. Before 0 nothing is shown. */
async function frameTimes(track: InputVideoTrack, signal?: AbortSignal): Promise<Float64Array> {
  const times: number[] = [];
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, {
    metadataOnly: true,
  })) {
    signal?.throwIfAborted();
    if (packet.timestamp > -1e-6) times.push(Math.max(0, packet.timestamp));
  }
  return Float64Array.from(times).sort();
}

/** The pictures at `times`, each scaled to the model's size: uint8 `[H,W,3]`. */
async function decode(
  file: File,
  track: InputVideoTrack,
  times: readonly number[],
  { size, resize }: ClipShape,
  onFrame: (done: number) => void,
): Promise<Uint8Array[]> {
  const pictures: Uint8Array[] = [];
  const painter = new Painter();
  const half = 1e-6; // a time that was rounded on its way must not find the frame before
  for await (const sample of new VideoSampleSink(track).samplesAtTimestamps(
    times.map((time) => time + half),
  )) {
    if (!sample) throw unreadable(file, `no picture at ${times[pictures.length]!.toFixed(3)} s`);
    const { displayWidth: width, displayHeight: height } = sample;
    const pixels = painter.pixels({ width, height }, (context) => sample.draw(context, 0, 0, width, height));
    sample.close();
    pictures.push(resample(pixels, { width, height }, size, keptWindow({ width, height }, size, resize)));
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
  const steps = Array.from({ length: frames - 1 }, (_, i) => times[i + 1]! - times[i]!);
  const usual = steps.length > 0 ? steps.slice().sort((a, b) => a - b)[steps.length >> 1]! : shown;
  const isVariableRate = steps.some((step) => Math.abs(step - usual) > Math.max(0.2 * usual, 0.002));
  return {
    ...{ path: file.name, frames, durationSeconds, isVariableRate },
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    // the mean: stamps in milliseconds make one step of 33 and two of 34 out of thirty a second
    frameRate: steps.length > 0 ? steps.length / (times.at(-1)! - times[0]!) : 1 / shown,
    rotation: await track.getRotation(),
    codec: (await track.getCodec()) ?? 'unknown',
    container: (await input.getFormat()).name,
  };
}
