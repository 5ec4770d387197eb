// COCO-style boxes on frames: images, categories, annotations with `bbox` x y w h; with `videos` where the set has them.
import { z } from 'zod';
import { formatError, WhereWhenError } from '../../errors.js';
import type { Box } from '../../result.js';
import { addLabel, clipNamed, type AnnotatedClip } from './form.js';
import { type AnnotationFormat, hasFields, LOOKS } from './format.js';
import { clipOfFrame, roboflowNotes } from './frameName.js';
import { readJson } from './text.js';
import { asStored, boxesOf, json, labelsOf, type WrittenClip } from './written.js';

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
      bbox: z.union([Bbox, z.array(z.number()).length(0)]).nullish(),
      segmentation: z.unknown().optional(),
      keypoints: z.array(z.number()).optional(),
      track_id: Id.nullish(),
      instance_id: Id.nullish(),
      /** Where CVAT tells the track. */
      attributes: z
        .looseObject({ track_id: Id.nullish().catch(undefined) })
        .nullish()
        .catch(undefined),
    }),
  ),
});
type Coco = z.infer<typeof CocoFile>;
interface CocoPlace {
  clip: AnnotatedClip;
  frame: number;
  /** A changed copy of a picture that is there already. */
  isCopy: boolean;
}

/**
 * COCO boxes. The clip is the image's video, or without videos the folder of its file; the frame is `frame_id` or
 * `frame_index`, else the image's place among those of its clip by file name, from 0. Where frames of clips lie in one flat
 * folder, their names tell clip and frame (`run1_frame_000012.png`). Boxes of one track id are one track; without track
 * ids all boxes of a class in a clip are one. Without a box, that around the outline or the key points stands in.
 */
export const coco: AnnotationFormat = {
  name: 'coco',
  reads: 'a JSON file with images, annotations and categories',
  looksLike: { json: (value) => hasFields(value, 'images', 'annotations', 'categories') && LOOKS.ownNames },
  async read(path) {
    const file = await readJson(path, CocoFile);
    const clips = new Map<string, AnnotatedClip>();
    const notes: string[] = [];
    const places = placesOf(file, clips, { path, notes });
    let without = 0;
    const names = new Map(file.categories.map(({ id, name }) => [id, name]));
    for (const [i, annotation] of file.annotations.entries()) {
      const place = places.get(annotation.image_id);
      const label = names.get(annotation.category_id);
      if (!place) throw fault(`${path} > annotations > ${i}`, 'the id of an image', annotation.image_id);
      if (!label) throw fault(`${path} > annotations > ${i}`, 'the id of a category', annotation.category_id);
      if (!place.isCopy && !addBox(place, label, annotation)) without++;
    }
    if (without > 0) notes.push(`${path}: ${without} annotations have no box: only their class is taken`);
    const all = [...clips.values()];
    for (const { tracks } of all) for (const { boxes } of tracks) boxes.sort((a, b) => a.frame! - b.frame!);
    return { format: 'coco', classes: file.categories.map(({ name }) => name), clips: all, notes };
  },
  /** COCO with `videos`, as the sets of tracking use it. Images are named `clip/000012.jpg` by their frame from 0. */
  written: {
    ending: '.json',
    holds: ['boxes'],
    write: (clips) => [{ name: '', content: json(fileOf(clips.map(asStored))) }],
  },
};

function placesOf(
  { images, videos }: Coco,
  clips: Map<string, AnnotatedClip>,
  reading: { path: string; notes: string[] },
): Map<Coco['images'][number]['id'], CocoPlace> {
  const videoNames = new Map(videos?.map(({ id, name, file_name }) => [id, name ?? file_name ?? String(id)]));
  const counts = new Map<string, number>();
  const taken = new Set<string>();
  let [roboflow, copies] = [false, 0];
  const places = new Map<Coco['images'][number]['id'], CocoPlace>();
  const flat = clipOfFrame(
    images.map(({ file_name }) => file_name),
    reading,
  );
  const byName = new Intl.Collator('en', { numeric: true });
  for (const image of [...images].sort((a, b) => byName.compare(a.file_name, b.file_name))) {
    const told = (image.video_id !== undefined && videoNames.get(image.video_id)) || undefined;
    const named = flat(image.file_name);
    const name = told ?? named.clip;
    const clip = clipNamed(clips, name);
    if (told === undefined && named.isGuessed) clip.isNameGuessed = true;
    const order = counts.get(name) ?? 0;
    counts.set(name, order + 1);
    if (image.width && image.height) [clip.width, clip.height] = [image.width, image.height];
    const frame =
      image.frame_id ?? image.frame_index ?? (told === undefined ? named.frame : undefined) ?? order;
    if (told !== undefined || named.frame === undefined) clip.frames = order + 1;
    const isCopy = named.isRoboflow === true && taken.has(`${frame} ${name}`);
    taken.add(`${frame} ${name}`);
    roboflow ||= named.isRoboflow === true;
    if (isCopy) copies++;
    places.set(image.id, { clip, frame, isCopy });
  }
  if (roboflow) reading.notes.push(...roboflowNotes(reading.path, copies));
  return places;
}

/** Adds an annotation; false where it has no place, only a class. */
function addBox({ clip, frame }: CocoPlace, label: string, annotation: Coco['annotations'][number]): boolean {
  addLabel(clip, label);
  const box = boxOf(annotation);
  if (!box) return false;
  const { track_id, instance_id, attributes } = annotation;
  const id = String(track_id ?? instance_id ?? attributes?.track_id ?? label);
  let track = clip.tracks.find((t) => t.id === id && t.label === label);
  if (!track) clip.tracks.push((track = { id, label, boxes: [] }));
  track.boxes.push({ frame, timeSeconds: null, box });
  return true;
}

function boxOf({ bbox, segmentation, keypoints = [] }: Coco['annotations'][number]): Box | undefined {
  const isBox = bbox?.length === 4 && bbox.some((side) => side > 0); // all zero: tracks of skeletons in CVAT's export
  if (isBox) return [bbox[0], bbox[1], bbox[0] + bbox[2], bbox[1] + bbox[3]];
  const outline = z.array(z.array(z.number())).safeParse(segmentation).data?.flat() ?? [];
  const joints = keypoints.filter((_, i) => i % 3 < 2 && keypoints[i - (i % 3) + 2]! > 0); // x, y, seen or not
  const points = outline.length > 0 ? outline : joints;
  const [xs, ys] = [points.filter((_, i) => i % 2 === 0), points.filter((_, i) => i % 2 === 1)];
  if (ys.length === 0) return undefined;
  const [least, most] = [(all: number[]) => Math.min(...all), (all: number[]) => Math.max(...all)];
  return [least(xs), least(ys), most(xs), most(ys)];
}

function fault(path: string, expected: string, received: string | number): WhereWhenError {
  return formatError(path, expected, String(received));
}

function fileOf(clips: readonly WrittenClip[]): object {
  const labels = labelsOf(clips);
  const all = boxesOf(clips);
  const videoIds = new Map(clips.map((clip, i) => [clip, i + 1]));
  const trackIds = new Map(clips.flatMap((clip) => clip.tracks).map((track, i) => [track, i + 1]));
  const images = new Map<string, object>();
  for (const { clip, box } of all) {
    const key = imageKey(clip, box.frame!);
    if (images.has(key)) continue;
    const { width, height } = clip;
    const place = { video_id: videoIds.get(clip), frame_id: box.frame };
    images.set(key, { id: images.size + 1, file_name: key, width, height, ...place });
  }
  const imageIds = new Map([...images.keys()].map((key, i) => [key, i + 1]));
  return {
    info: { description: 'written by wherewhen' },
    videos: clips.map(({ clip, width, height, frames }, i) => ({
      ...{ id: i + 1, name: clip, width, height, length: frames },
    })),
    images: [...images.values()],
    categories: labels.map((name, k) => ({ id: k + 1, name })),
    annotations: all.map(({ clip, track, box: { frame, box } }, i) => {
      const [x0, y0, x1, y1] = box;
      return {
        id: i + 1,
        image_id: imageIds.get(imageKey(clip, frame!)),
        category_id: labels.indexOf(track.label) + 1,
        bbox: [x0, y0, x1 - x0, y1 - y0],
        area: (x1 - x0) * (y1 - y0),
        iscrowd: 0,
        track_id: trackIds.get(track),
      };
    }),
  };
}

function imageKey({ clip }: WrittenClip, frame: number): string {
  return `${clip}/${String(frame).padStart(6, '0')}.jpg`;
}
