// From Results to clips in the annotations' form: boxes of sampled frames as tracks, segments with their scores.
import { basename, extname } from 'node:path';
import type { Box, Result } from '../../result.js';
import type { Track } from '../readers/form.js';
import { CLIP_EXTENSIONS } from '../clips.js';
import type { WrittenClip } from './form.js';

/**
 * One clip a Result. Boxes bear the most probable class and are rounded to hundredths of a pixel; sampled frames that
 * follow each other with a box are one track. Clips are named by as much of their path's end as tells them apart,
 * with `withoutEnding` as sets with video ids name them.
 */
export function clipsOfResults(
  results: readonly Result[],
  { withoutEnding = false }: { withoutEnding?: boolean } = {},
): WrittenClip[] {
  const names = distinctNames(results.map(({ clip }) => clip));
  return results.map((result, i) => clipOf(result, withoutEnding ? stemOf(names[i]!) : names[i]!));
}

function clipOf({ video, classes, frames, segments }: Result, clip: string): WrittenClip {
  const label = classes[0]?.label ?? 'unlabelled';
  return {
    clip,
    labels: [...new Set([label, ...segments.map((segment) => segment.label)])],
    frames: video.frames,
    durationSeconds: video.durationSeconds,
    frameRate: video.frameRate,
    width: video.width,
    height: video.height,
    ...(video.pixelAspect !== undefined && { pixelAspect: video.pixelAspect }),
    boxUnit: 'pixels',
    segments: segments.map((segment) => ({ ...segment })),
    tracks: tracksOf(frames, label),
  };
}

/** A clip that is shorter than the frames asked for gives its last frame several times: once is enough here. */
function tracksOf(frames: Result['frames'], label: string): Track[] {
  const tracks: Track[] = [];
  let open: Track | undefined;
  for (const [i, { index, timeSeconds, box }] of frames.entries()) {
    if (i > 0 && index === frames[i - 1]!.index) continue;
    if (box === null) {
      open = undefined;
      continue;
    }
    if (!open) tracks.push((open = { id: String(tracks.length + 1), label, boxes: [] }));
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
  return CLIP_EXTENSIONS.includes(ending.toLowerCase()) ? name.slice(0, -ending.length) : name;
}
