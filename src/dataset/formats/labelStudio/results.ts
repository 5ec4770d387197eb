// What one result of a Label Studio annotation says: boxes over time, stretches of time, or the class of the clip.
import { z } from 'zod';
import type { Box } from '../../../result.js';
import { addLabel, type AnnotatedClip } from '../form.js';
import { interpolated } from '../interpolate.js';

/** Frames a second at which Label Studio counts unless it is told otherwise. */
const DEFAULT_RATE = 24;

const Key = z.object({
  frame: z.number().int().min(1),
  enabled: z.boolean().default(true),
  x: z.number(),
  y: z.number(),
  width: z.number().min(0),
  height: z.number().min(0),
});
/** Boxes of one thing. */
export const Rectangle = z.object({
  framesCount: z.number().optional(),
  duration: z.number().optional(),
  sequence: z.array(Key),
  labels: z.array(z.string()).default([]),
});
const inOrder = ({ start, end }: { start: number; end: number }): boolean => end >= start;
/** Stretches in frames. */
export const Timeline = z.object({
  ranges: z.array(
    z.object({ start: z.number(), end: z.number() }).refine(inOrder, 'a range must not end before it starts'),
  ),
  timelinelabels: z.array(z.string()),
});
/** A stretch in seconds. */
export const Stretch = z
  .object({ start: z.number(), end: z.number(), labels: z.array(z.string()) })
  .refine(inOrder, 'a stretch must not end before it starts');
/** Classes of the whole clip. */
export const Choices = z.object({ choices: z.array(z.string()) });
/** Classes of the whole clip out of a tree: each by the names on the way to it. */
export const Taxonomy = z.object({ taxonomy: z.array(z.array(z.string()).min(1)) });

const common = { id: z.string().optional(), from_name: z.string().optional() };
/** Every kind of result that is read. */
export const LabelStudioResult = z.discriminatedUnion('type', [
  z.object({ ...common, type: z.literal('videorectangle'), value: Rectangle }),
  z.object({ ...common, type: z.literal('timelinelabels'), value: Timeline }),
  z.object({ ...common, type: z.literal('labels'), value: Stretch }),
  z.object({ ...common, type: z.literal('choices'), value: Choices }),
  z.object({ ...common, type: z.literal('taxonomy'), value: Taxonomy }),
]);
export type LabelStudioResult = z.infer<typeof LabelStudioResult>;
/** Any other. */
export const Foreign = z.object({ type: z.string() });

/** Frames a second of the labelling: as boxes tell it, else `fps` of the task, else the default. */
export function rateOf(
  results: readonly LabelStudioResult[],
  fps: unknown,
): { value: number; isAssumed: boolean } {
  for (const { type, value } of results) {
    if (type === 'videorectangle' && told(value)) return { value: told(value)!, isAssumed: false };
  }
  const asked = Number(fps);
  return asked > 0 && Number.isFinite(asked)
    ? { value: asked, isAssumed: false }
    : { value: DEFAULT_RATE, isAssumed: true };
}

function told({ framesCount = 0, duration = 0 }: z.infer<typeof Rectangle>): number | undefined {
  const rate = framesCount / duration;
  return framesCount > 0 && duration > 0 && Number.isFinite(rate) ? rate : undefined;
}

/** Adds what a result says, with frames at `rate` a second. */
export function addResult(
  clip: AnnotatedClip,
  result: LabelStudioResult,
  { rate, place }: { rate: number; place: string },
): void {
  switch (result.type) {
    case 'videorectangle':
      return addTrack(clip, result.id ?? `track ${clip.tracks.length + 1}`, result.value, { rate, place });
    case 'timelinelabels':
      return addRanges(clip, result.value, rate);
    case 'labels':
      return addStretch(clip, result.value);
    case 'choices':
      return result.value.choices.forEach((label) => addLabel(clip, label));
    case 'taxonomy':
      return result.value.taxonomy.forEach((names) => addLabel(clip, names.at(-1)!));
  }
}

function addTrack(
  clip: AnnotatedClip,
  id: string,
  value: z.infer<typeof Rectangle>,
  { rate: fallback, place }: { rate: number; place: string },
): void {
  const rate = told(value) ?? fallback;
  clip.frameRate = rate;
  if (value.framesCount) clip.frames = Math.round(value.framesCount);
  if (value.duration) clip.durationSeconds = value.duration;
  const label = value.labels[0] ?? 'unlabelled';
  const keys = keysOf(value);
  clip.tracks.push({ id, label, boxes: interpolated(keys, rate, `${place} > ${id}`) });
  addLabel(clip, label);
}

/** A key that is not enabled is the last one in sight: what follows is hidden until the next key. */
function keysOf({ sequence }: z.infer<typeof Rectangle>) {
  const sorted = [...sequence].sort((a, b) => a.frame - b.frame);
  const keys = sorted.map(({ frame, enabled, x, y, width, height }) => ({
    frame: frame - 1,
    isShown: true,
    isEnd: !enabled,
    box: [x, y, x + width, y + height].map((percent) => percent / 100) as Box,
  }));
  const hidden = keys.flatMap((key, i) => {
    const next = keys[i + 1];
    return key.isEnd && next && next.frame > key.frame + 1
      ? [{ ...key, frame: key.frame + 1, isShown: false }]
      : [];
  });
  return [...keys, ...hidden];
}

/** Ranges hold their first and last frame, from 1. */
function addRanges(
  clip: AnnotatedClip,
  { ranges, timelinelabels }: z.infer<typeof Timeline>,
  rate: number,
): void {
  for (const label of timelinelabels) {
    addLabel(clip, label);
    for (const { start, end } of ranges)
      clip.segments.push({ label, startSeconds: (start - 1) / rate, endSeconds: end / rate });
  }
}

function addStretch(clip: AnnotatedClip, { start, end, labels }: z.infer<typeof Stretch>): void {
  for (const label of labels) {
    addLabel(clip, label);
    clip.segments.push({ label, startSeconds: start, endSeconds: end });
  }
}

/** A task of one video: what it is about and what was said of it. */
export const LabelStudioTask = z.object({
  data: z.record(z.string(), z.unknown()),
  file_upload: z.string().nullish(),
  annotations: z.array(z.object({ was_cancelled: z.boolean().nullish(), result: z.array(z.unknown()) })),
});
export type LabelStudioTask = z.infer<typeof LabelStudioTask>;
