// A VIA 3 project (VGG Image Annotator, video form): stretches of time and rectangles at a time, with their class.
import { json, labelsOf, type AnnotationWriter, type WrittenClip } from './form.js';

const SELECT = 4;
const VIDEO = 4;
const LOCAL = 1;
const RECTANGLE = 2;

/** A VIA 3 project of all clips. Rectangles are single: VIA draws no line between them. */
export const viaWriter: AnnotationWriter = {
  format: 'via',
  ending: '.json',
  holds: ['boxes', 'segments'],
  write: (clips) => [{ name: '', content: json(projectOf(clips)) }],
};

function projectOf(clips: readonly WrittenClip[]): object {
  const labels = labelsOf(clips);
  const ids = clips.map((_, i) => String(i + 1));
  const options = Object.fromEntries(labels.map((label, k) => [String(k), label]));
  const attribute = (aname: string, anchor_id: string) => ({
    ...{ aname, anchor_id, type: SELECT, desc: '' },
    ...{ options, default_option_id: '' },
  });
  return {
    project: {
      pid: '__VIA_PROJECT_ID__',
      rev: '__VIA_PROJECT_REV_ID__',
      rev_timestamp: '__VIA_PROJECT_REV_TIMESTAMP__',
      pname: 'wherewhen',
      creator: 'wherewhen',
      data_format_version: '3.1.1',
      vid_list: ids,
    },
    config: { file: { loc_prefix: { '1': '', '2': '', '3': '', '4': '' } }, ui: {} },
    attribute: { '1': attribute('when', 'FILE1_Z2_XY0'), '2': attribute('where', 'FILE1_Z1_XY1') },
    file: byId(ids, (id, i) => ({ fid: id, fname: clips[i]!.clip, type: VIDEO, loc: LOCAL, src: '' })),
    metadata: Object.fromEntries(clips.flatMap((clip, i) => metadataOf(clip, ids[i]!, labels))),
    view: byId(ids, (id) => ({ fid_list: [id] })),
  };
}

function metadataOf(clip: WrittenClip, vid: string, labels: readonly string[]): [string, object][] {
  const option = (label: string): string => String(labels.indexOf(label));
  const segments = clip.segments.map(({ label, startSeconds, endSeconds }) => ({
    ...{ vid, flg: 0, z: [startSeconds, endSeconds], xy: [] },
    av: { '1': option(label) },
  }));
  // VIA's pixels are those of the browser, as ours are
  const boxes = clip.tracks.flatMap(({ label, boxes: own }) =>
    own.map(({ timeSeconds, box: [x0, y0, x1, y1] }) => ({
      ...{ vid, flg: 0, z: [timeSeconds], xy: [RECTANGLE, x0, y0, x1 - x0, y1 - y0] },
      av: { '2': option(label) },
    })),
  );
  return [...segments, ...boxes].map((one, i) => [`${vid}_${i + 1}`, one]);
}

function byId(ids: readonly string[], make: (id: string, i: number) => object): Record<string, object> {
  return Object.fromEntries(ids.map((id, i) => [id, make(id, i)]));
}
