// The ActivityNet JSON form: `{database: {video: {subset, duration, annotations: [{segment: [start, end], label}]}}}`, and
// its videos alone as mmaction2 keeps them, a file a side. THUMOS14 is passed around in it too, numbers as strings.
import { basename } from 'node:path';
import { z } from 'zod';
import { checked } from '../../checked.js';
import { classesOf, addLabel, emptyClip, subsetOfFile, type AnnotatedClip, subsetNamed } from './form.js';
import { type AnnotationFormat, firstEntry, hasFields, LOOKS, type Likeness } from './format.js';
import { parseJson, readText } from './text.js';
import { json, type WrittenClip } from './written.js';

/** A number, or its decimal text. */
export const numeric = z
  .union([z.number(), z.string().regex(/^\s*-?\d+(\.\d+)?(e[-+]?\d+)?\s*$/i, 'expected a number')])
  .transform(Number)
  .refine(Number.isFinite, 'expected a finite number');
/** Start and end, in order. */
export const startAndEnd = z
  .tuple([numeric, numeric])
  .refine(([start, end]) => end >= start, 'a segment must not end before it starts');

const Video = z.object({
  subset: z.string().optional(),
  duration: numeric.optional(),
  duration_second: numeric.optional(),
  resolution: z.string().optional(),
  annotations: z.array(z.object({ label: z.string(), segment: startAndEnd })),
});
const ActivityNetFile = z.object({ database: z.record(z.string(), Video.extend({ subset: z.string() })) });

/**
 * ActivityNet 1.2 and 1.3, THUMOS14 and others in their form. Labels are the distinct classes of a video's segments.
 * Videos keep the names that stand there; `v_ID` and `ID` are one video wherever names are compared.
 */
export const activitynet: AnnotationFormat = {
  name: 'activitynet',
  reads: 'a JSON file with "database", or of videos with their annotations',
  looksLike: { json: looksLike },
  isOfficial: true,
  async read(path) {
    const value = parseJson(await readText(path), path);
    const isWhole = typeof value === 'object' && value !== null && 'database' in value;
    const videos = isWhole
      ? checked(path, value, ActivityNetFile).database
      : checked(path, value, z.record(z.string(), Video));
    const notes: string[] = [];
    const side = isWhole ? undefined : subsetOfFile(basename(path));
    const clips = Object.entries(videos).map(([video, facts]) =>
      clipOf(video, { subset: side, ...facts }, { path, notes }),
    );
    return { format: 'activitynet', classes: classesOf(clips), clips, notes };
  },
  /** ActivityNet JSON. Videos are named without their ending, as there. A segment without a score gets 1. */
  written: {
    ending: '.json',
    holds: ['segments'],
    write: (clips) => [
      {
        name: '',
        content: json({
          version: 'VERSION 1.3',
          database: Object.fromEntries(clips.map((clip) => [clip.clip, annotationsOf(clip)])),
          results: Object.fromEntries(clips.map((clip) => [clip.clip, detectionsOf(clip)])),
          external_data: { used: false, details: '' },
        }),
      },
    ],
  },
};

function looksLike(value: unknown): Likeness {
  if (hasFields(value, 'database')) return LOOKS.ownNames;
  return hasFields(firstEntry(value), 'annotations') && LOOKS.commonNames;
}

function clipOf(
  video: string,
  facts: z.infer<typeof Video>,
  { path, notes }: { path: string; notes: string[] },
): AnnotatedClip {
  const clip = emptyClip(video);
  if (facts.subset !== undefined) {
    clip.subset = subsetNamed(facts.subset) ?? 'unused';
    if (clip.subset === 'unused')
      notes.push(`${path}: ${video} is of subset ${facts.subset}, which is not used`);
  }
  const duration = facts.duration ?? facts.duration_second;
  if (duration !== undefined) clip.durationSeconds = duration;
  const size = /^(\d+)x(\d+)$/.exec(facts.resolution ?? '');
  if (size) [clip.width, clip.height] = [Number(size[1]), Number(size[2])];
  for (const {
    label,
    segment: [startSeconds, endSeconds],
  } of facts.annotations) {
    clip.segments.push({ label, startSeconds, endSeconds });
    addLabel(clip, label);
  }
  return clip;
}

function annotationsOf({ segments, durationSeconds, width, height }: WrittenClip): object {
  return {
    subset: 'testing',
    duration: durationSeconds,
    resolution: `${width}x${height}`,
    annotations: segments.map(({ label, startSeconds, endSeconds }) => ({
      label,
      segment: [startSeconds, endSeconds],
    })),
  };
}

function detectionsOf({ segments }: WrittenClip): object[] {
  return segments.map(({ label, startSeconds, endSeconds, score = 1 }) => ({
    label,
    score,
    segment: [startSeconds, endSeconds],
  }));
}
