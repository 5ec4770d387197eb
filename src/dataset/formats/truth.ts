// From annotations to the truth that `evaluate` takes: sizes scaled to the file at hand, frames to seconds.
import type { Box } from '../../result.js';
import type { TruthClip, TruthFrame } from '../../truth.js';
import { storedScale, type AnnotatedClip, type Track } from './form.js';

/** The file that was decoded: annotations are often made at another size. */
export interface DecodedVideo {
  width: number;
  height: number;
  frameRate: number;
  durationSeconds: number;
  /** Width of a stored pixel over its height; 1 where it is not told. Size and boxes are of the picture as it is shown. */
  pixelAspect?: number;
}

/**
 * The truth of a clip: boxes of the first track of its first class, and of every track where there are several, scaled from
 * the annotation's picture to the file's, and the extent of the class by its segments, else by a track without gaps, else the
 * whole clip. Tracks that are known by time only are placed on the nearest frame of a steady rate; a track at a tool's own rate
 * is taken over to the file's.
 */
export function truthOf(clip: AnnotatedClip, video: DecodedVideo): TruthClip {
  const label = clip.labels[0] ?? '';
  const track = clip.tracks.find((one) => one.label === label);
  const scale = scaleOf(clip, video);
  const rates = {
    ...{ from: clip.frameRate, to: video.frameRate },
    frames: Math.round(video.durationSeconds * video.frameRate),
  };
  const frames = track ? framesOf(track, scale, rates) : [];
  const instances = clip.segments;
  const actors = clip.tracks.map((one) => ({
    label: one.label,
    frames: framesOf(one, scale, rates),
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
  if (boxUnit === 'shown') return [1, 1];
  const [sx, sy] = storedScale(video.pixelAspect); // what tells no size is in pixels as they are stored
  return [video.width / (width ?? video.width * sx), video.height / (height ?? video.height * sy)];
}

function framesOf(
  { boxes }: Track,
  [sx, sy]: [number, number],
  rates: { from: number | undefined; to: number; frames: number },
): TruthFrame[] {
  const scaled = boxes.map(({ frame, timeSeconds, box }): TruthFrame => {
    const index = frame ?? Math.round((timeSeconds ?? 0) * rates.to);
    const own: Box = [box[0] * sx, box[1] * sy, box[2] * sx, box[3] * sy];
    return { index, timeSeconds: timeSeconds ?? index / rates.to, box: own };
  });
  const isOfTool = rates.from !== undefined && boxes.every(({ timeSeconds }) => timeSeconds !== null);
  return isOfTool ? resampled(scaled, { ...rates, from: rates.from! }) : scaled;
}

/** Boxes at one rate as boxes at another: on each frame of the file that starts within one, the nearest in time. */
function resampled(
  frames: readonly TruthFrame[],
  { from, to, frames: length }: { from: number; to: number; frames: number },
): TruthFrame[] {
  const found: TruthFrame[] = [];
  const [first, last] = [frames[0]?.timeSeconds ?? 0, (frames.at(-1)?.timeSeconds ?? -1) + 1 / from];
  const end = Math.min(length, Math.round(last * to));
  for (let index = Math.round(first * to), at = 0; index < end; index++) {
    const seconds = index / to;
    const gap = (i: number): number => Math.abs((frames[i]?.timeSeconds ?? Infinity) - seconds);
    while (gap(at + 1) < gap(at)) at++;
    if (gap(at) <= 1 / from) found.push({ ...frames[at]!, index, timeSeconds: seconds });
  }
  return found;
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
