// Label Studio's JSON export: boxes from video object tracking (`videorectangle`), segments from timeline labels.
import { z } from 'zod';
import type { Box } from '../../result.js';
import { addLabel, classesOf, clipNamed, type AnnotatedClip, type AnnotationReader } from './form.js';
import { interpolated } from './interpolate.js';
import { readJson } from './text.js';

const Key = z.object({
  frame: z.number().int().min(1),
  enabled: z.boolean().default(true),
  x: z.number(),
  y: z.number(),
  width: z.number().min(0),
  height: z.number().min(0),
});
const Rectangle = z.object({
  framesCount: z.number().int().optional(),
  duration: z.number().optional(),
  sequence: z.array(Key),
  labels: z.array(z.string()).default([]),
});
const Timeline = z.object({
  ranges: z.array(
    z
      .object({ start: z.number(), end: z.number() })
      .refine(({ start, end }) => end >= start, 'a range must not end before it starts'),
  ),
  timelinelabels: z.array(z.string()),
});
const Result = z.discriminatedUnion('type', [
  z.object({ type: z.literal('videorectangle'), id: z.string(), value: Rectangle }),
  z.object({ type: z.literal('timelinelabels'), id: z.string(), value: Timeline }),
]);
const Foreign = z.object({ type: z.string() });
const Task = z.object({
  data: z.record(z.string(), z.unknown()),
  annotations: z.array(z.object({ was_cancelled: z.boolean().optional(), result: z.array(z.unknown()) })),
});
const LabelStudioFile = z.array(Task);

/**
 * Label Studio tasks with one video each. Its boxes are percents of the picture, here parts (0..1); its frames count
 * from 1, here from 0. Timeline ranges are frames, turned to seconds by a rate that the task's boxes tell (frames over
 * duration), or `data.fps`, or else 25, which the notes say. Cancelled annotations are left out and named.
 */
export const labelStudio: AnnotationReader = {
  format: 'label-studio',
  reads: 'the JSON export with data.video',
  async read(path) {
    const tasks = await readJson(path, LabelStudioFile);
    const notes: string[] = [];
    const clips = new Map<string, AnnotatedClip>();
    for (const [i, { data, annotations }] of tasks.entries()) {
      const place = `${path} > ${i}`;
      const clip = clipNamed(clips, videoOf(data) ?? place);
      clip.boxUnit = 'parts';
      const whole = annotations.filter((annotation) => !annotation.was_cancelled);
      if (whole.length < annotations.length) notes.push(`${place}: a cancelled annotation is left out`);
      const results = whole.flatMap(({ result }) => result.flatMap((one) => known(one, place, notes)));
      addResults(clip, results, data['fps'], place, notes);
    }
    const all = [...clips.values()];
    return { format: 'label-studio', classes: classesOf(all), clips: all, notes };
  },
};

function videoOf(data: Record<string, unknown>): string | undefined {
  const value = data['video'] ?? data['video_url'];
  return typeof value === 'string' ? value : undefined;
}

function known(one: unknown, place: string, notes: string[]): z.infer<typeof Result>[] {
  const parsed = Result.safeParse(one);
  if (parsed.success) return [parsed.data];
  const issue = parsed.error.issues[0]!;
  const type = Foreign.safeParse(one).data?.type ?? 'no type';
  const why = issue.path[0] === 'type' ? 'not read here' : `${issue.path.join('.')}: ${issue.message}`;
  notes.push(`${place}: a result of ${type} is left out (${why})`);
  return [];
}

function addResults(
  clip: AnnotatedClip,
  results: readonly z.infer<typeof Result>[],
  fps: unknown,
  place: string,
  notes: string[],
): void {
  for (const { type, value } of results) {
    if (type !== 'videorectangle' || !value.framesCount) continue;
    clip.frames = value.framesCount;
    if (value.duration) clip.durationSeconds = value.duration;
  }
  const told = clip.frames && clip.durationSeconds ? clip.frames / clip.durationSeconds : Number(fps);
  if (told > 0) clip.frameRate = told;
  else if (results.some(({ type }) => type === 'timelinelabels'))
    notes.push(`${place}: no frame rate is told, 25 is assumed`);
  for (const result of results) {
    if (result.type === 'videorectangle') addTrack(clip, result.id, result.value);
    else addSegments(clip, result.value, clip.frameRate ?? 25);
  }
}

function addTrack(clip: AnnotatedClip, id: string, { sequence, labels }: z.infer<typeof Rectangle>): void {
  const label = labels[0] ?? 'unlabelled';
  const sorted = [...sequence].sort((a, b) => a.frame - b.frame);
  const keys = sorted.map(({ frame, enabled, x, y, width, height }) => ({
    frame: frame - 1,
    isShown: true,
    isEnd: !enabled,
    box: [x, y, x + width, y + height].map((percent) => percent / 100) as Box,
  }));
  // A key that is not enabled is the last one in sight: what follows is hidden until the next key.
  const hidden = keys.flatMap((key, i) => {
    const next = keys[i + 1];
    return key.isEnd && next && next.frame > key.frame + 1
      ? [{ ...key, frame: key.frame + 1, isShown: false }]
      : [];
  });
  clip.tracks.push({ id, label, boxes: interpolated([...keys, ...hidden], clip.frameRate) });
  addLabel(clip, label);
}

/** Ranges hold their first and last frame, from 1. */
function addSegments(
  clip: AnnotatedClip,
  { ranges, timelinelabels }: z.infer<typeof Timeline>,
  frameRate: number,
): void {
  for (const label of timelinelabels) {
    addLabel(clip, label);
    for (const { start, end } of ranges) {
      clip.segments.push({ label, startSeconds: (start - 1) / frameRate, endSeconds: end / frameRate });
    }
  }
}
