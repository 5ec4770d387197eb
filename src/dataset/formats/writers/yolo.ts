// A folder of YOLO labels: a text file a frame with boxes and identities, and the names of classes. It has no place for
// stretches of time.
import { boxesOf, labelsOf, type AnnotationWriter, type WrittenFile } from './form.js';

/** YOLO with identities as trackers write them; frames count from 0 and are padded to six digits. */
export const yoloWriter: AnnotationWriter = {
  format: 'yolo',
  ending: '',
  holds: ['boxes'],
  isFolder: true,
  write(clips): WrittenFile[] {
    const labels = labelsOf(clips.map((clip) => ({ ...clip, segments: [] })));
    const files = new Map<string, string[]>();
    for (const { clip, track, box } of boxesOf(clips)) {
      const name = `labels/${clip.clip}_${String(box.frame).padStart(6, '0')}.txt`;
      const [x0, y0, x1, y1] = box.box;
      const [w, h] = [clip.width, clip.height];
      const parts = [(x0 + x1) / (2 * w), (y0 + y1) / (2 * h), (x1 - x0) / w, (y1 - y0) / h];
      const line = [labels.indexOf(track.label), ...parts, clip.tracks.indexOf(track) + 1].join(' ');
      files.set(name, [...(files.get(name) ?? []), line]);
    }
    const frames = [...files].map(([name, lines]) => ({ name, content: `${lines.join('\n')}\n` }));
    return [{ name: 'classes.txt', content: `${labels.join('\n')}\n` }, ...frames];
  },
};
