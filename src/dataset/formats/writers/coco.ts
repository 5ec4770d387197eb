// COCO boxes with videos: an image for each frame that has a box, `bbox` x y w h, tracks by `track_id`. It has no place
// for stretches of time.
import { asStored, boxesOf, json, labelsOf, type AnnotationWriter, type WrittenClip } from './form.js';

/** COCO with `videos`, as the sets of tracking use it. Images are named `clip/000012.jpg` by their frame from 0. */
export const cocoWriter: AnnotationWriter = {
  format: 'coco',
  ending: '.json',
  holds: ['boxes'],
  write: (clips) => [{ name: '', content: json(fileOf(clips.map(asStored))) }],
};

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
