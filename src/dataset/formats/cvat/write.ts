// CVAT XML 1.1 for video: tracks with key frames. It has no place for stretches of time.
import type * as Xml from 'fast-xml-parser';
import { installed } from '../../../installed.js';
import type { Track } from '../form.js';
import type { Written } from '../format.js';
import { asStored, labelsOf, type WrittenClip } from '../written.js';

/** A CVAT video task a file. A track ends by a box that is `outside`, since CVAT keeps a thing in sight until told. */
export const written: Written = {
  ending: '.xml',
  holds: ['boxes'],
  isPerClip: true,
  write: (clips) => clips.map((clip) => ({ name: '', content: fileOf(asStored(clip)) })),
};

function fileOf(clip: WrittenClip): string {
  const task = {
    name: clip.clip,
    size: clip.frames,
    mode: 'interpolation',
    start_frame: 0,
    stop_frame: clip.frames - 1,
    labels: { label: labelsOf([clip]).map((name) => ({ name, attributes: '' })) },
    original_size: { width: clip.width, height: clip.height },
    source: clip.clip,
  };
  const track = clip.tracks.map((one, i) => ({
    '@id': i,
    '@label': one.label,
    '@source': 'automatic',
    box: elementsOf(one, clip.frames),
  }));
  const { XMLBuilder } = installed<typeof Xml>('fast-xml-parser', 'writes XML');
  const builder = new XMLBuilder({
    ...{ ignoreAttributes: false, attributeNamePrefix: '@', format: true },
    suppressBooleanAttributes: false, // a class may be called "true"
  });
  const body = builder.build({ annotations: { version: '1.1', meta: { task }, track } });
  return `<?xml version="1.0" encoding="utf-8"?>\n${body}`;
}

function elementsOf({ boxes }: Track, frames: number): Record<string, string | number>[] {
  const keys = boxes.map(({ frame, box }) => elementOf(frame!, box, 0));
  const last = boxes.at(-1);
  if (last && last.frame! + 1 < frames) keys.push(elementOf(last.frame! + 1, last.box, 1));
  return keys;
}

function elementOf(frame: number, box: readonly number[], outside: 0 | 1): Record<string, string | number> {
  const [xtl, ytl, xbr, ybr] = box;
  return {
    '@frame': frame,
    '@outside': outside,
    '@occluded': 0,
    '@keyframe': 1,
    '@xtl': xtl!,
    '@ytl': ytl!,
    '@xbr': xbr!,
    '@ybr': ybr!,
    '@z_order': 0,
  };
}
