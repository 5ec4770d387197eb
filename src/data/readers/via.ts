// VIA 3 project JSON (VGG Image Annotator, video form): metadata with a time or a stretch of time, and rectangles.
import { z } from 'zod';
import { WhereWhenError } from '../../errors.js';
import { addLabel, classesOf, clipNamed, type AnnotatedClip, type AnnotationReader } from './form.js';
import { readJson } from './text.js';

const RECTANGLE = 2;

const ViaFile = z.object({
  attribute: z
    .record(
      z.string(),
      z.object({ aname: z.string(), options: z.record(z.string(), z.string()).default({}) }),
    )
    .default({}),
  file: z.record(z.string(), z.object({ fname: z.string() })),
  metadata: z.record(
    z.string(),
    z.object({
      vid: z.coerce.string(),
      z: z.array(z.number()),
      xy: z.array(z.number()),
      av: z.record(z.string(), z.string()).default({}),
    }),
  ),
  view: z.record(z.string(), z.object({ fid_list: z.array(z.coerce.string()) })),
});
type Via = z.infer<typeof ViaFile>;

/**
 * A VIA 3 project. A metadata of two times is a segment, one of one time with a rectangle is a box, all boxes of a class
 * are one track; the class is the value of its first attribute. Other shapes are left out and named.
 */
export const via: AnnotationReader = {
  format: 'via',
  reads: 'a VIA 3 project (.json)',
  async read(path) {
    const raw = await readJson(path, z.looseObject({}));
    if ('_via_img_metadata' in raw) {
      throw new WhereWhenError({
        code: 'format',
        path,
        expected: 'a VIA 3 project with file, view and metadata',
        received: 'a VIA 2 project of images',
        hint: 'open it in the VIA 3 video annotator and save it there',
      });
    }
    const project = await readJson(path, ViaFile);
    const notes: string[] = [];
    const clips = new Map<string, AnnotatedClip>();
    for (const [id, metadata] of Object.entries(project.metadata)) {
      const name = fileOf(project, metadata.vid);
      if (name === undefined)
        notes.push(`${path} > metadata > ${id}: its view ${metadata.vid} has no file, left out`);
      else addMetadata(clipNamed(clips, name), id, metadata, project, path, notes);
    }
    const all = [...clips.values()];
    for (const { tracks } of all)
      for (const { boxes } of tracks) boxes.sort((a, b) => a.timeSeconds! - b.timeSeconds!);
    return { format: 'via', classes: classesOf(all), clips: all, notes };
  },
};

function fileOf({ view, file }: Via, vid: string): string | undefined {
  const fid = view[vid]?.fid_list[0];
  return fid === undefined ? undefined : file[fid]?.fname;
}

function addMetadata(
  clip: AnnotatedClip,
  id: string,
  { z: times, xy, av }: Via['metadata'][string],
  { attribute }: Via,
  path: string,
  notes: string[],
): void {
  const label =
    Object.entries(av).map(([key, value]) => attribute[key]?.options[value] ?? value)[0] ?? 'unlabelled';
  const place = `${path} > metadata > ${id}`;
  if (times.length === 2 && xy.length === 0) {
    const [startSeconds, endSeconds] = times as [number, number];
    if (endSeconds < startSeconds) {
      throw new WhereWhenError({
        code: 'format',
        path: `${place} > z`,
        expected: 'an end that is not before the start',
        received: times.join(' to '),
      });
    }
    clip.segments.push({ label, startSeconds, endSeconds });
  } else if (times.length === 1 && xy[0] === RECTANGLE && xy.length === 5) {
    const [x, y, w, h] = xy.slice(1) as [number, number, number, number];
    let track = clip.tracks.find((t) => t.label === label);
    if (!track) clip.tracks.push((track = { id: label, label, boxes: [] }));
    track.boxes.push({ frame: null, timeSeconds: times[0]!, box: [x, y, x + w, y + h] });
  } else {
    notes.push(`${place}: neither a stretch of time nor a rectangle at a time, left out`);
    return;
  }
  addLabel(clip, label);
}
