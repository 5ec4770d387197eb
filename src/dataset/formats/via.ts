// VIA 3 project JSON (VGG Image Annotator, video form): metadata with a time, a stretch of time or neither, and rectangles;
// classes are options of attributes.
import { z } from 'zod';
import { formatError, usageError, WhereWhenError } from '../../errors.js';
import { addLabel, classesOf, clipNamed, type AnnotatedClip, type AnnotationReader } from './form.js';
import { mediaName } from './mediaName.js';
import { readJson } from './text.js';

const RECTANGLE = 2;
const TEXT = 1;
const CHECK_BOX = 2;

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
export const via: AnnotationReader = {
  format: 'via',
  reads: 'a VIA 3 project (.json)',
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
};

function fileOf({ view, file }: Via, vid: string): string | undefined {
  const fid = view[vid]?.fid_list[0];
  return fid === undefined ? undefined : file[fid]?.fname;
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
function labelsOf({ av }: Metadata, { project, wanted }: Reading): string[] {
  const isKnown = Object.keys(project.attribute).length > 0;
  const labels = Object.entries(av)
    .filter(
      ([key, value]) => value !== '' && (!isKnown || wanted.has(key) || project.attribute[key] === undefined),
    )
    .flatMap(([key, value]) => {
      const { type, options = {} } = project.attribute[key] ?? {};
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
  const labels = labelsOf(metadata, reading);
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
