// From annotations to the truth that `evaluate` takes: sizes scaled to the file at hand, frames to seconds.
import type { TruthClip, TruthFrame } from '../../evaluate/index.js';
import type { Box } from '../../result.js';
import type { AnnotatedClip, Track } from './form.js';

/** The file that was decoded: annotations are often made at another size. */
export interface DecodedVideo {
  width: number;
  height: number;
  frameRate: number;
  durationSeconds: number;
}

/**
 * The truth of a clip: boxes of the first track of its first class, and of every track where there are several, scaled from
 * the annotation's picture to the file's, and the extent of the class by its segments, else by a track without gaps, else the whole clip. Tracks that are known
 * by time only are placed on the nearest frame of a steady rate.
 */
export function truthOf(clip: AnnotatedClip, video: DecodedVideo): TruthClip {
  const label = clip.labels[0] ?? '';
  const track = clip.tracks.find((one) => one.label === label);
  const scale = scaleOf(clip, video);
  const frames = track ? framesOf(track, scale, video.frameRate) : [];
  const instances = clip.segments;
  const actors = clip.tracks.map((one) => ({
    label: one.label,
    frames: framesOf(one, scale, video.frameRate),
  }));
  const own = instances.filter((segment) => segment.label === label);
  const extent = own[0] ?? extentOf(frames, video);
  return {
    label,
    startSeconds: extent.startSeconds,
    endSeconds: extent.endSeconds,
    width: video.width,
    height: video.height,
    durationSeconds: video.durationSeconds,
    frames,
    ...(instances.length > 0 && { instances }),
    ...(actors.length > 1 && { actors }),
  };
}

function scaleOf({ boxUnit, width, height }: AnnotatedClip, video: DecodedVideo): [number, number] {
  if (boxUnit === 'parts') return [video.width, video.height];
  return [video.width / (width ?? video.width), video.height / (height ?? video.height)];
}

function framesOf({ boxes }: Track, [sx, sy]: [number, number], frameRate: number): TruthFrame[] {
  return boxes.map(({ frame, timeSeconds, box }) => {
    const index = frame ?? Math.round((timeSeconds ?? 0) * frameRate);
    const scaled: Box = [box[0] * sx, box[1] * sy, box[2] * sx, box[3] * sy];
    return { index, timeSeconds: timeSeconds ?? index / frameRate, box: scaled };
  });
}

function extentOf(
  frames: readonly TruthFrame[],
  { frameRate, durationSeconds }: DecodedVideo,
): { startSeconds: number; endSeconds: number } {
  const [first, last] = [frames[0]?.index ?? 0, frames.at(-1)?.index ?? 0];
  const isWhole = frames.length > 1 && last - first + 1 === frames.length;
  if (!isWhole) return { startSeconds: 0, endSeconds: durationSeconds };
  return { startSeconds: first / frameRate, endSeconds: (last + 1) / frameRate };
}
