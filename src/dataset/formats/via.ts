// VIA 3 project JSON (VGG Image Annotator, video form): metadata with a time, a stretch of time or neither, and rectangles;
// classes are options of attributes.
import { z } from 'zod';
import { formatError, usageError, WhereWhenError } from '../../errors.js';
import { ownValue } from '../../ownValue.js';
import { addLabel, classesOf, clipNamed, type AnnotatedClip } from './form.js';
import { type AnnotationFormat, hasFields, LOOKS, type Likeness } from './format.js';
import { mediaName } from './mediaName.js';
import { readJson } from './text.js';
import { json, labelsOf, type WrittenClip } from './written.js';

const RECTANGLE = 2;
const TEXT = 1;
const CHECK_BOX = 2;
const SELECT = 4;
const VIDEO = 4;
const LOCAL = 1;

const ViaFile = z.object({
  attribute: z
    .record(
      z.string(),
      z.object({
        aname: z.string(),
        type: z.coerce.number().optional(),
        options: z.record(z.string(), z.string()).default({}),
      }),
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
type Metadata = Via['metadata'][string];

/**
 * A VIA 3 project. Metadata of two times is a segment, of one time with a rectangle a box, of no time a class of the whole
 * file; all boxes of a class are one track. Several ticks of a check box are several classes. Boxes are in pixels of the
 * picture as a browser shows it. Where an entry has values of several attributes, `attribute` says which holds the class.
 */
export const via: AnnotationFormat = {
  name: 'via',
  reads: 'a VIA 3 project (.json)',
  looksLike: { json: looksLike },
  takesAttribute: true,
  async read(path, { attribute } = {}) {
    const raw = await readJson(path, z.looseObject({}));
    if ('_via_img_metadata' in raw) {
      throw formatError(
        path,
        'a VIA 3 project with file, view and metadata',
        'a VIA 2 project of images',
        'open it in the VIA 3 video annotator and save it there',
      );
    }
    const project = await readJson(path, ViaFile);
    const notes: string[] = [];
    const clips = new Map<string, AnnotatedClip>();
    const wanted = chosen(project, attribute, path);
    for (const [id, metadata] of Object.entries(project.metadata)) {
      const name = fileOf(project, metadata.vid);
      if (name === undefined)
        notes.push(`${path} > metadata > ${id}: its view ${metadata.vid} has no file, left out`);
      else {
        const { clip, alsoNamed } = mediaName(name);
        const own = clipNamed(clips, clip);
        if (alsoNamed) own.alsoNamed = alsoNamed;
        addMetadata(own, metadata, { project, wanted, place: `${path} > metadata > ${id}`, notes });
      }
    }
    const all = [...clips.values()];
    for (const { tracks } of all)
      for (const { boxes } of tracks) boxes.sort((a, b) => a.timeSeconds! - b.timeSeconds!);
    return { format: 'via', classes: classesOf(all), clips: all, notes };
  },
  /** A VIA 3 project of all clips. Rectangles are single: VIA draws no line between them. */
  written: {
    ending: '.json',
    holds: ['boxes', 'segments'],
    write: (clips) => [{ name: '', content: json(projectOf(clips)) }],
  },
};

/** A project of VIA 2 is known too, and refused by name. */
function looksLike(value: unknown): Likeness {
  const isOwn = hasFields(value, 'metadata', 'file', 'view') || hasFields(value, '_via_img_metadata');
  return isOwn && LOOKS.ownNames;
}

function fileOf({ view, file }: Via, vid: string): string | undefined {
  const fid = ownValue(view, vid)?.fid_list[0];
  return fid === undefined ? undefined : ownValue(file, fid)?.fname;
}

/**
 * The ids of the attributes that hold classes: the one asked for, else all that are no free text. Throws `usage` for an
 * attribute that is not there, and where one entry has values of several.
 */
function chosen({ attribute, metadata }: Via, asked: string | undefined, path: string): ReadonlySet<string> {
  const all = Object.entries(attribute);
  const wrong = (expected: string, received: string, at = '--attribute'): WhereWhenError =>
    usageError(at, expected, received, 'choose the one that holds the class by --attribute NAME');
  const names = all.map(([, { aname }]) => aname).join(', ');
  if (asked !== undefined) {
    const found = all.filter(([, { aname }]) => aname === asked).map(([id]) => id);
    if (found.length > 0) return new Set(found);
    throw wrong(`an attribute of ${path} (${names})`, asked);
  }
  const options = all.filter(([, { type }]) => type !== TEXT);
  const ids = new Set((options.length > 0 ? options : all).map(([id]) => id));
  for (const [id, { av }] of Object.entries(metadata)) {
    const own = Object.entries(av).filter(([key, value]) => ids.has(key) && value !== '');
    const names = own.map(([key]) => attribute[key]!.aname);
    if (names.length > 1)
      throw wrong('one attribute that holds the class', names.join(', '), `${path} > metadata > ${id}`);
  }
  return ids;
}

interface Reading {
  project: Via;
  wanted: ReadonlySet<string>;
  place: string;
  notes: string[];
}

/** The classes of an entry. */
function labelsIn({ av }: Metadata, { project, wanted }: Reading): string[] {
  const isKnown = Object.keys(project.attribute).length > 0;
  const labels = Object.entries(av)
    .filter(
      ([key, value]) =>
        value !== '' && (!isKnown || wanted.has(key) || ownValue(project.attribute, key) === undefined),
    )
    .flatMap(([key, value]) => {
      const { type, options = {} } = ownValue(project.attribute, key) ?? {};
      const parts = type === CHECK_BOX || !Object.hasOwn(options, value) ? value.split(',') : [value];
      return parts.every((part) => Object.hasOwn(options, part))
        ? parts.map((part) => options[part]!)
        : [value];
    });
  return [...new Set(labels)];
}

function addMetadata(clip: AnnotatedClip, metadata: Metadata, reading: Reading): void {
  const { z: times, xy } = metadata;
  const { place, notes } = reading;
  const labels = labelsIn(metadata, reading);
  if (labels.length === 0 && Object.values(metadata.av).some((value) => value !== '')) return; // of another attribute
  if (times.length === 0 && xy.length === 0) return labels.forEach((label) => addLabel(clip, label));
  for (const label of labels.length > 0 ? labels : ['unlabelled']) {
    if (times.length === 2 && xy.length === 0) addSegment(clip, label, times as [number, number], place);
    else if (times.length === 1 && xy[0] === RECTANGLE && xy.length === 5) addBox(clip, label, times[0]!, xy);
    else {
      notes.push(`${place}: neither a stretch of time nor a rectangle at a time, left out`);
      return;
    }
    addLabel(clip, label);
  }
}

function addSegment(
  clip: AnnotatedClip,
  label: string,
  times: readonly [number, number],
  place: string,
): void {
  const [startSeconds, endSeconds] = times;
  if (endSeconds >= startSeconds) {
    clip.segments.push({ label, startSeconds, endSeconds });
    return;
  }
  throw formatError(`${place} > z`, 'an end that is not before the start', times.join(' to '));
}

function addBox(clip: AnnotatedClip, label: string, timeSeconds: number, xy: readonly number[]): void {
  const [x, y, w, h] = xy.slice(1) as [number, number, number, number];
  let track = clip.tracks.find((t) => t.label === label);
  if (!track) clip.tracks.push((track = { id: label, label, boxes: [] }));
  clip.boxUnit = 'shown';
  track.boxes.push({ frame: null, timeSeconds, box: [x, y, x + w, y + h] });
}

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
