// Label Studio's exports: tasks as JSON, or one record an annotation (JSON-MIN, CSV). Boxes come from video object
// tracking, segments from timelines and from stretches in seconds, classes of whole clips from choices.
import { z } from 'zod';
import { checked } from '../../../checked.js';
import { usageError } from '../../../errors.js';
import { classesOf, clipNamed, type AnnotatedClip, type Annotations, type ReaderOptions } from '../form.js';
import { isMedia, mediaName } from '../mediaName.js';
import { readRows, tableOf } from '../table.js';
import { parseJson, readText } from '../text.js';
import { flatTasks } from './flat.js';
import { addResult, Foreign, LabelStudioResult, LabelStudioTask, rateOf } from './results.js';

/**
 * Label Studio tasks with one video each. Boxes are percents of the picture, here parts (0..1). Frames are those of the
 * labelling rate, not of the file: they count from 1, and become times by `framesCount` over `duration`, else by `data.fps`,
 * else by the tool's default of 24, which the notes say. Cancelled annotations are left out and named. `attribute` picks
 * one control (`from_name`).
 */
export async function readTasks(path: string, { attribute }: ReaderOptions = {}): Promise<Annotations> {
  const notes: string[] = [];
  const tasks = await tasksOf(path, { notes, attribute });
  const clips = new Map<string, AnnotatedClip>();
  for (const [i, task] of tasks.entries())
    addTask(clips, task, { place: `${path} > ${i}`, notes, attribute });
  return annotationsOf([...clips.values()], notes, { path, attribute });
}

interface Reading {
  notes: string[];
  attribute?: string;
}

async function tasksOf(path: string, options: Reading): Promise<LabelStudioTask[]> {
  if (path.toLowerCase().endsWith('.csv')) {
    const { rows } = tableOf(path, await readRows(path, options.notes));
    return flatTasks(
      rows.map(({ fields }) => fields),
      path,
      options,
    );
  }
  const value = parseJson(await readText(path), path);
  const isFlat =
    Array.isArray(value) && value.some((one) => typeof one === 'object' && one !== null && !('data' in one));
  if (!isFlat) return checked(path, value, z.array(LabelStudioTask));
  return flatTasks(checked(path, value, z.array(z.record(z.string(), z.unknown()))), path, options);
}

function addTask(
  clips: Map<string, AnnotatedClip>,
  task: LabelStudioTask,
  { place, notes, attribute }: Reading & { place: string },
): void {
  const { clip: name, alsoNamed } = nameOf(task) ?? { clip: place };
  const clip = clipNamed(clips, name);
  if (alsoNamed) clip.alsoNamed = alsoNamed;
  clip.boxUnit = 'parts';
  const whole = task.annotations.filter((annotation) => !annotation.was_cancelled);
  if (whole.length < task.annotations.length) notes.push(`${place}: a cancelled annotation is left out`);
  if (whole.length > 1) notes.push(`${place}: ${whole.length} annotations of one clip are joined`);
  const results = whole
    .flatMap(({ result }) => result.flatMap((one) => known(one, place, notes)))
    .filter(({ from_name }) => attribute === undefined || from_name === attribute);
  const rate = rateOf(results, task.data['fps']);
  if (rate.isAssumed && results.some(({ type }) => type === 'timelinelabels' || type === 'videorectangle'))
    notes.push(`${place}: no frame rate is told, ${rate.value} is assumed, the tool's own default`);
  for (const result of results) addResult(clip, result, { rate: rate.value, place });
}

/** The video of a task: under the usual names, else the first that looks like one, else the only text, else the upload. */
function nameOf({
  data,
  file_upload,
}: LabelStudioTask): Pick<AnnotatedClip, 'clip' | 'alsoNamed'> | undefined {
  const texts = Object.values(data).filter((value) => typeof value === 'string');
  const usual = ['video', 'video_url', 'url']
    .map((key) => data[key])
    .find((value) => typeof value === 'string');
  const media = [usual, ...texts].find((text) => text !== undefined && isMedia(text));
  const address = media ?? usual ?? (texts.length === 1 ? texts[0] : undefined);
  if (address) return mediaName(address);
  return file_upload ? mediaName(`/data/upload/${file_upload}`) : undefined;
}

function known(one: unknown, place: string, notes: string[]): LabelStudioResult[] {
  const parsed = LabelStudioResult.safeParse(one);
  if (parsed.success) return [parsed.data];
  const issue = parsed.error.issues[0]!;
  const type = Foreign.safeParse(one).data?.type ?? 'no type';
  const why = issue.path[0] === 'type' ? 'not read here' : `${issue.path.join('.')}: ${issue.message}`;
  notes.push(`${place}: a result of ${type} is left out (${why})`);
  return [];
}

/** Throws `usage` where an attribute was asked for that no result is of. */
function annotationsOf(
  clips: AnnotatedClip[],
  notes: string[],
  { path, attribute }: { path: string; attribute?: string },
): Annotations {
  if (attribute !== undefined && clips.every(({ labels }) => labels.length === 0)) {
    const expected = `a control (from_name) of ${path} that has results`;
    throw usageError('--attribute', expected, attribute);
  }
  return { format: 'label-studio', classes: classesOf(clips), clips, notes };
}
