// COCO-style boxes on frames: images, categories, annotations with `bbox` x y w h; with `videos` where the set has them.
import { z } from 'zod';
import { WhereWhenError } from '../../errors.js';
import type { Box } from '../../result.js';
import { addLabel, clipNamed, type AnnotatedClip, type AnnotationReader } from './form.js';
import { readJson } from './text.js';

const Id = z.union([z.number(), z.string()]);
const Bbox = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .refine(([, , w, h]) => w >= 0 && h >= 0, 'a bbox must not have a negative width or height');
const CocoFile = z.object({
  videos: z
    .array(z.object({ id: Id, name: z.string().optional(), file_name: z.string().optional() }))
    .optional(),
  images: z.array(
    z.object({
      id: Id,
      file_name: z.string(),
      width: z.number().optional(),
      height: z.number().optional(),
      video_id: Id.optional(),
      frame_id: z.number().int().optional(),
      frame_index: z.number().int().optional(),
    }),
  ),
  categories: z.array(z.object({ id: Id, name: z.string() })),
  annotations: z.array(
    z.object({
      image_id: Id,
      category_id: Id,
      bbox: Bbox,
      track_id: Id.optional(),
      instance_id: Id.optional(),
    }),
  ),
});
type Coco = z.infer<typeof CocoFile>;
interface Place {
  clip: AnnotatedClip;
  frame: number;
}

/**
 * COCO boxes. The clip is the image's video, or without videos the folder of its file; the frame is `frame_id` or
 * `frame_index`, else the image's place among those of its clip by file name, from 0. Boxes of one track id are one
 * track; without track ids all boxes of a class in a clip are one.
 */
export const coco: AnnotationReader = {
  format: 'coco',
  reads: 'a JSON file with images, annotations and categories',
  async read(path) {
    const file = await readJson(path, CocoFile);
    const clips = new Map<string, AnnotatedClip>();
    const places = placesOf(file, clips);
    const names = new Map(file.categories.map(({ id, name }) => [id, name]));
    for (const [i, annotation] of file.annotations.entries()) {
      const place = places.get(annotation.image_id);
      const label = names.get(annotation.category_id);
      if (!place) throw fault(`${path} > annotations > ${i}`, 'the id of an image', annotation.image_id);
      if (!label) throw fault(`${path} > annotations > ${i}`, 'the id of a category', annotation.category_id);
      addBox(place, label, annotation);
    }
    const all = [...clips.values()];
    for (const { tracks } of all) for (const { boxes } of tracks) boxes.sort((a, b) => a.frame! - b.frame!);
    return { format: 'coco', classes: file.categories.map(({ name }) => name), clips: all, notes: [] };
  },
};

function placesOf(
  { images, videos }: Coco,
  clips: Map<string, AnnotatedClip>,
): Map<Coco['images'][number]['id'], Place> {
  const videoNames = new Map(videos?.map(({ id, name, file_name }) => [id, name ?? file_name ?? String(id)]));
  const counts = new Map<string, number>();
  const places = new Map<Coco['images'][number]['id'], Place>();
  const byName = new Intl.Collator('en', { numeric: true });
  for (const image of [...images].sort((a, b) => byName.compare(a.file_name, b.file_name))) {
    const folder = image.file_name.split('/').slice(0, -1).join('/') || '.';
    const name = (image.video_id !== undefined && videoNames.get(image.video_id)) || folder;
    const clip = clipNamed(clips, name);
    const order = counts.get(name) ?? 0;
    counts.set(name, order + 1);
    if (image.width && image.height) [clip.width, clip.height] = [image.width, image.height];
    clip.frames = order + 1;
    places.set(image.id, { clip, frame: image.frame_id ?? image.frame_index ?? order });
  }
  return places;
}

function addBox(
  { clip, frame }: Place,
  label: string,
  { bbox, track_id, instance_id }: Coco['annotations'][number],
): void {
  const id = String(track_id ?? instance_id ?? label);
  let track = clip.tracks.find((t) => t.id === id && t.label === label);
  if (!track) clip.tracks.push((track = { id, label, boxes: [] }));
  const [x, y, w, h] = bbox;
  track.boxes.push({ frame, timeSeconds: null, box: [x, y, x + w, y + h] satisfies Box });
  addLabel(clip, label);
}

function fault(path: string, expected: string, received: string | number): WhereWhenError {
  return new WhereWhenError({ code: 'format', path, expected, received: String(received) });
}
