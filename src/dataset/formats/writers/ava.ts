// AVA's CSV of boxes, `video,second,x1,y1,x2,y2,action id,person id`, edges in parts of the picture, and the list of
// actions beside it. It has no place for stretches of time.
import { boxesOf, labelsOf, type AnnotationWriter, type WrittenClip } from './form.js';

/** AVA's CSV and its `.pbtxt`. The second is the sampled frame's own time; AVA's files have whole seconds. */
export const avaWriter: AnnotationWriter = {
  format: 'ava',
  ending: '.csv',
  holds: ['boxes'],
  write(clips) {
    const labels = labelsOf(clips);
    const items = labels.map((name, k) => `item {\n  name: ${quoted(name)}\n  id: ${k + 1}\n}\n`);
    return [
      { name: '', content: `${rowsOf(clips, labels).join('\n')}\n` },
      { name: '.pbtxt', content: items.join('') },
    ];
  },
};

function rowsOf(clips: readonly WrittenClip[], labels: readonly string[]): string[] {
  return boxesOf(clips).map(({ clip, track, box: { timeSeconds, box } }) => {
    const size = [clip.width, clip.height];
    // Rounding must not lead out of the picture: AVA's edges lie in 0..1.
    const edges = box.map((edge, e) => Math.min(1, Math.max(0, edge / size[e % 2]!)));
    const person = clip.tracks.indexOf(track);
    return [field(clip.clip), timeSeconds, ...edges, labels.indexOf(track.label) + 1, person].join(',');
  });
}

/** A CSV field, in quotes where it must be. */
export function field(text: string): string {
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A name between quotes; the format of the list knows no escape that every reader takes. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', "'")}"`;
}
