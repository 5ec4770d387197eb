// CVAT XML 1.1 for video, as it is exported for a task, a job or a whole project, or a folder of such files: tracks of
// shapes on frames. Frames are those of the source video, from 0, whatever start and step the task has.
import { basename, dirname, extname, resolve } from 'node:path';
import { z } from 'zod';
import { checked } from '../../../checked.js';
import { formatError, usageError, WhereWhenError } from '../../../errors.js';
import { filesOf } from '../files.js';
import {
  addLabel,
  classesOf,
  clipNamed,
  type AnnotatedBox,
  type AnnotatedClip,
  type Annotations,
  type ReaderOptions,
} from '../form.js';
import { interpolated } from '../interpolate.js';
import { readXml } from '../text.js';
import { keysOf, SHAPE_NAMES, CvatShapes, type ShapeKey } from './shapes.js';

const whole = z.string().regex(/^\d+$/, 'expected a whole number').transform(Number);
const Size = z.object({ width: whole, height: whole });
/** A task or a job: a job has no name. Empty elements are read as empty text. */
const CvatTask = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  size: whole.optional(),
  start_frame: whole.optional(),
  stop_frame: whole.optional(),
  frame_filter: z.string().optional(),
  source: z.string().optional(),
  original_size: Size.optional(),
});
type CvatTask = z.infer<typeof CvatTask>;
const TrackElement = z.object({
  '@id': z.string(),
  '@label': z.string(),
  '@task_id': z.string().optional(),
  ...CvatShapes,
});
type TrackElement = z.infer<typeof TrackElement>;
const Project = z.object({ tasks: z.object({ task: z.array(CvatTask) }) });
const CvatFile = z.object({
  annotations: z.object({
    meta: z
      .object({
        task: z.array(CvatTask).optional(),
        job: CvatTask.optional(),
        project: Project.optional(),
        source: z.string().optional(),
        original_size: Size.optional(),
      })
      .optional(),
    track: z.array(TrackElement).default([]),
    image: z.array(z.unknown()).optional(),
  }),
});
type Cvat = z.infer<typeof CvatFile>['annotations'];

/**
 * CVAT for video. Each task is a clip: a project has several, a job tells no name, so that the file's name stands for it
 * (the notes say so). Between drawn shapes boxes move on straight lines, and the last one stays in sight to the end of the
 * task, as in the tool, until one is `outside`. Other shapes become the boxes around them, which the notes count. With
 * `attribute` the class is that attribute's value, which may change along a track, in place of the track's label.
 */
export async function readCvat(path: string, { attribute }: ReaderOptions = {}): Promise<Annotations> {
  const notes: string[] = [];
  const clips = new Map<string, AnnotatedClip>();
  for (const file of await filesOf(path, /\.xml$/i, 'XML files of CVAT'))
    addFile(clips, await parsedFile(file), { path: file, notes, attribute });
  const all = [...clips.values()];
  if (attribute !== undefined && all.every(({ tracks }) => tracks.length === 0))
    throw noAttribute(path, attribute);
  return { format: 'cvat', classes: classesOf(all), clips: all, notes };
}

async function parsedFile(path: string): Promise<Cvat> {
  const tree = await readXml(path, ['track', 'image', 'task', 'attribute', ...SHAPE_NAMES]);
  const { annotations } = checked(path, tree, CvatFile);
  if (annotations.image) throw fault(path, 'CVAT for video 1.1, with tracks; this file lists images');
  return annotations;
}

interface Reading {
  path: string;
  notes: string[];
  attribute?: string | undefined;
}

function addFile(
  clips: Map<string, AnnotatedClip>,
  { meta, track }: Cvat,
  { path, notes, attribute }: Reading,
): void {
  const tasks = meta?.project?.tasks.task ?? [
    { source: meta?.source, original_size: meta?.original_size, ...(meta?.task?.[0] ?? meta?.job) },
  ];
  for (const task of tasks) {
    const told = toldName(task, meta?.source);
    const clip = clipNamed(clips, told ?? guessedName({ path, notes }));
    if (told === undefined) clip.isNameGuessed = true;
    const size = task.original_size ?? meta?.original_size;
    if (size) [clip.width, clip.height] = [size.width, size.height];
    if (task.size !== undefined && isWhole(task)) clip.frames = task.size;
    const own = track.filter(({ '@task_id': id }) => tasks.length === 1 || (id ?? tasks[0]!.id) === task.id);
    for (const one of own) addTrack(clip, one, { end: endOf(task), path, notes, attribute });
  }
  const ids = new Set(tasks.map(({ id }) => id));
  const strangers =
    tasks.length === 1 ? [] : track.filter(({ '@task_id': id }) => id !== undefined && !ids.has(id));
  if (strangers.length > 0)
    notes.push(`${path}: ${strangers.length} tracks of tasks that are not told are left out`);
}

/** The video's own name, or that of the task. */
function toldName({ source, name }: CvatTask, above: string | undefined): string | undefined {
  return [source, above, name].find((one) => one !== undefined && one.trim() !== '');
}

/** The name of the file, or of its folder where the file's says nothing. */
function guessedName({ path, notes }: Reading): string {
  const stem = basename(path, extname(path));
  const guess = /^annotations?$/i.test(stem) ? basename(dirname(resolve(path))) : stem;
  notes.push(`${path}: the name of the video is not told (a job has none): taken as ${guess}`);
  return guess;
}

/** Whether a task has every frame of its video: `size` counts those of the task. */
function isWhole({ start_frame = 0, frame_filter = '', size, stop_frame }: CvatTask): boolean {
  const isDense = !/step\s*=\s*([2-9]|\d{2,})/.test(frame_filter);
  return start_frame === 0 && isDense && (stop_frame === undefined || stop_frame + 1 === size);
}

/** The frame behind a task's last one. */
function endOf({ stop_frame, size, ...task }: CvatTask): number | undefined {
  if (stop_frame !== undefined) return stop_frame + 1;
  return isWhole({ size, ...task }) ? size : undefined;
}

function addTrack(
  clip: AnnotatedClip,
  element: TrackElement,
  { end, path, notes, attribute }: Reading & { end: number | undefined },
): void {
  const { '@id': id, '@label': label } = element;
  const { keys, others } = keysOf(element);
  for (const [shape, times] of others)
    notes.push(`${path}: track ${id}: ${times} of shape ${shape} became the boxes around them`);
  const last = keys.reduce<(typeof keys)[number] | undefined>(
    (a, b) => (a && a.frame > b.frame ? a : b),
    undefined,
  );
  if (last?.isShown && end !== undefined && last.frame < end)
    keys.push({ ...last, frame: end, isShown: false });
  const boxes = interpolated(keys, undefined, `${path} > track ${id}`);
  const parts = attribute === undefined ? new Map([[label, boxes]]) : byValue(boxes, keys, attribute);
  if (parts.size === 0) notes.push(`${path}: track ${id} has no ${attribute}, left out`);
  for (const [own, part] of parts) {
    clip.tracks.push({ id, label: own, boxes: part });
    addLabel(clip, own);
  }
}

/** The boxes of a track by the value that an attribute has there: that of the last drawn box. */
function byValue(
  boxes: readonly AnnotatedBox[],
  keys: readonly ShapeKey[],
  attribute: string,
): Map<string, AnnotatedBox[]> {
  const sorted = [...keys].sort((a, b) => a.frame - b.frame);
  const parts = new Map<string, AnnotatedBox[]>();
  let at = 0;
  for (const box of boxes) {
    while (at + 1 < sorted.length && sorted[at + 1]!.frame <= box.frame!) at++;
    const value = sorted[at]?.values.get(attribute);
    if (!value) continue;
    const part = parts.get(value);
    if (part) part.push(box);
    else parts.set(value, [box]);
  }
  return parts;
}

function noAttribute(path: string, attribute: string): WhereWhenError {
  const expected = `an attribute that the boxes of ${path} have`;
  return usageError('--attribute', expected, attribute);
}

function fault(path: string, expected: string): WhereWhenError {
  return formatError(path, expected);
}
