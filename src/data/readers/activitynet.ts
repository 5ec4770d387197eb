// The ActivityNet JSON form: `{database: {video: {subset, duration, annotations: [{segment: [start, end], label}]}}}`.
// THUMOS14 is passed around in it too, with its numbers as strings.
import { z } from 'zod';
import {
  classesOf,
  addLabel,
  emptyClip,
  type AnnotatedClip,
  type AnnotationReader,
  subsetNamed,
} from './form.js';
import { readJson } from './text.js';

const numeric = z.union([
  z.number(),
  z.string().regex(/^\s*-?\d+(\.\d+)?(e[-+]?\d+)?\s*$/i, 'expected a number'),
]);
const number = numeric.transform(Number);
const segment = z
  .tuple([number, number])
  .refine(([start, end]) => end >= start, 'a segment must not end before it starts');

const ActivityNetFile = z.object({
  database: z.record(
    z.string(),
    z.object({
      subset: z.string(),
      duration: number.optional(),
      resolution: z.string().optional(),
      annotations: z.array(z.object({ label: z.string(), segment })),
    }),
  ),
});
type ActivityNetVideo = z.infer<typeof ActivityNetFile>['database'][string];

/** ActivityNet 1.2 and 1.3, THUMOS14 and others in their form. Labels are the distinct classes of a video's segments. */
export const activitynet: AnnotationReader = {
  format: 'activitynet',
  reads: 'a JSON file with "database"',
  async read(path) {
    const { database } = await readJson(path, ActivityNetFile);
    const notes: string[] = [];
    const clips = Object.entries(database).map(([video, facts]) => clipOf(video, facts, path, notes));
    return { format: 'activitynet', classes: classesOf(clips), clips, notes };
  },
};

function clipOf(video: string, facts: ActivityNetVideo, path: string, notes: string[]): AnnotatedClip {
  const clip = emptyClip(video);
  clip.subset = subsetNamed(facts.subset) ?? 'unused';
  if (clip.subset === 'unused')
    notes.push(`${path}: ${video} is of subset ${facts.subset}, which is not used`);
  if (facts.duration !== undefined) clip.durationSeconds = facts.duration;
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
