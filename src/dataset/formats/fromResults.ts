// From Results to clips in the annotations' form: boxes of sampled frames as tracks, segments with their scores.
import { basename, extname } from 'node:path';
import type { Box, Result } from '../../result.js';
import { VIDEO_ENDINGS } from '../../video/mediaNames.js';
import type { Track } from './form.js';
import type { WrittenClip } from './written.js';

/**
 * One clip a Result. The boxes of an actor bear its class; on frames where no actor has one, the box that knows no class
 * bears the most probable one. Boxes are rounded to hundredths of a pixel; sampled frames that follow each other with a box
 * of the same actor are one track. Clips are named by as much of their path's end as tells them apart,
 * with `withoutEnding` as sets with video ids name them.
 */
export function clipsOfResults(
  results: readonly Result[],
  { withoutEnding = false }: { withoutEnding?: boolean } = {},
): WrittenClip[] {
  const names = distinctNames(results.map(({ clip }) => clip));
  return results.map((result, i) => clipOf(result, withoutEnding ? stemOf(names[i]!) : names[i]!));
}

function clipOf({ video, classes, frames, segments, actors }: Result, clip: string): WrittenClip {
  const label = classes[0]?.label ?? 'unlabelled';
  const named = [...segments, ...actors].map((one) => one.label);
  const left = frames.map(({ box }, i) => (actors.some(({ boxes }) => boxes[i]) ? null : box));
  const tracks = [
    ...actors.flatMap((actor) => tracksOf(frames, actor.boxes, actor.label)),
    ...tracksOf(frames, left, label),
  ];
  return {
    clip,
    labels: [...new Set([label, ...named])],
    frames: video.frames,
    durationSeconds: video.durationSeconds,
    frameRate: video.frameRate,
    width: video.width,
    height: video.height,
    ...(video.pixelAspect !== undefined && { pixelAspect: video.pixelAspect }),
    boxUnit: 'pixels',
    segments: segments.map(({ actor: _, ...segment }) => segment),
    tracks: tracks.map((track, i) => ({ id: String(i + 1), ...track })),
  };
}

/** A clip that is shorter than the frames asked for gives its last frame several times: once is enough here. */
function tracksOf(
  frames: Result['frames'],
  boxes: readonly (Box | null)[],
  label: string,
): Omit<Track, 'id'>[] {
  const tracks: Omit<Track, 'id'>[] = [];
  let open: Omit<Track, 'id'> | undefined;
  for (const [i, { index, timeSeconds }] of frames.entries()) {
    if (i > 0 && index === frames[i - 1]!.index) continue;
    const box = boxes[i] ?? null;
    if (box === null) {
      open = undefined;
      continue;
    }
    if (!open) tracks.push((open = { label, boxes: [] }));
    open.boxes.push({ frame: index, timeSeconds, box: box.map(hundredths) as Box });
  }
  return tracks;
}

function hundredths(value: number): number {
  return Math.round(100 * value) / 100;
}

function distinctNames(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split(/[/\\]/).filter((part) => part !== ''));
  const longest = Math.max(0, ...parts.map((one) => one.length));
  for (let depth = 1; depth < longest; depth++) {
    const names = parts.map((one) => one.slice(-depth).join('/'));
    if (new Set(names).size === names.length) return names;
  }
  return [...paths];
}

function stemOf(name: string): string {
  const ending = extname(basename(name));
  return VIDEO_ENDINGS.includes(ending.toLowerCase()) ? name.slice(0, -ending.length) : name;
}
