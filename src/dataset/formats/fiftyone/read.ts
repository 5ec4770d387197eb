// FiftyOne's samples as JSON: `{samples: [{filepath, metadata, FIELD: {_cls, ...}, frames}]}` with classes of whole clips,
// temporal detections by frames from 1, and boxes on frames in parts of the picture (frames.ts finds the frames).
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { checked } from '../../../checked.js';
import { formatError, usageError, WhereWhenError } from '../../../errors.js';
import type { Box } from '../../../result.js';
import {
  addLabel,
  classesOf,
  clipNamed,
  subsetNamed,
  type AnnotatedClip,
  type Annotations,
  type ReaderOptions,
} from '../form.js';
import { readJson } from '../text.js';
import { Frames, framesOf } from './frames.js';

const Four = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const Classification = z.object({ _cls: z.literal('Classification'), label: z.string() });
const Classifications = z.object({
  _cls: z.literal('Classifications'),
  classifications: z.array(z.object({ label: z.string() })),
});
const TemporalDetection = z.object({
  label: z.string(),
  support: z
    .tuple([z.number(), z.number()])
    .refine(([first, last]) => last >= first, 'a support must not end before it starts'),
  startSeconds: z.number().optional(),
  endSeconds: z.number().optional(),
  subject: z.string().optional(),
});
const TemporalDetections = z.object({
  _cls: z.literal('TemporalDetections'),
  detections: z.array(TemporalDetection),
});
const Field = z.discriminatedUnion('_cls', [
  Classification,
  Classifications,
  TemporalDetections,
  TemporalDetection.extend({ _cls: z.literal('TemporalDetection') }),
]);
type Field = z.infer<typeof Field>;
const Detections = z.object({
  _cls: z.literal('Detections'),
  detections: z.array(
    z.object({
      label: z.string(),
      bounding_box: Four.refine(
        ([, , w, h]) => w >= 0 && h >= 0,
        'a box must not have a negative width or height',
      ),
      index: z.number().nullish(),
    }),
  ),
});
const FiftyoneSample = z.looseObject({
  filepath: z.string().min(1),
  tags: z.array(z.string()).nullish(),
  metadata: z
    .object({
      frame_width: z.number().nullish(),
      frame_height: z.number().nullish(),
      frame_rate: z.number().nullish(),
      total_frame_count: z.number().nullish(),
      duration: z.number().nullish(),
    })
    .nullish(),
  frames: z.union([Frames, z.string()]).optional(),
});
type FiftyoneSample = z.infer<typeof FiftyoneSample>;

/**
 * FiftyOne samples. Fields of labels are told by their `_cls`; where several hold classes of whole clips, `ground_truth` is
 * taken or `attribute` must choose. A tag `train`, `val` or `test` is the side.
 */
export async function readSamples(place: string, { attribute }: ReaderOptions = {}): Promise<Annotations> {
  const isFolder = existsSync(place) && statSync(place).isDirectory();
  const path = isFolder ? join(place, 'samples.json') : place;
  const { samples } = await readJson(path, z.object({ samples: z.array(FiftyoneSample) }));
  const notes: string[] = [];
  const clips = new Map<string, AnnotatedClip>();
  const field = attribute ?? classField(samples, path);
  const frames = await framesOf(samples, path);
  for (const [i, sample] of samples.entries()) {
    addSample(clipNamed(clips, sample.filepath), sample, {
      place: `${path} > ${i}`,
      frames: frames[i]!,
      field,
      attribute,
      notes,
    });
  }
  const all = [...clips.values()];
  return { format: 'fiftyone', classes: classesOf(all), clips: all, notes };
}

/** The field of classes of whole clips. Throws `usage` where several could be meant. */
function classField(samples: readonly FiftyoneSample[], path: string): string | undefined {
  const names = new Set(
    samples.flatMap((sample) =>
      Object.entries(sample)
        .filter(([, value]) => /^Classifications?$/.test(classOf(value)))
        .map(([name]) => name),
    ),
  );
  if (names.has('ground_truth')) return 'ground_truth';
  if (names.size < 2) return [...names][0];
  throw usageError(
    path,
    'one field that holds the class',
    [...names].join(', '),
    'choose by --attribute NAME',
  );
}

function classOf(value: unknown): string {
  const name = (value as { _cls?: unknown } | null)?._cls;
  return typeof name === 'string' ? name : '';
}

interface Reading {
  place: string;
  frames: Frames;
  field: string | undefined;
  attribute: string | undefined;
  notes: string[];
}

function addSample(
  clip: AnnotatedClip,
  sample: FiftyoneSample,
  { place, frames, field, attribute, notes }: Reading,
): void {
  const { metadata, tags } = sample;
  clip.boxUnit = 'parts';
  if (metadata?.frame_width && metadata.frame_height)
    [clip.width, clip.height] = [metadata.frame_width, metadata.frame_height];
  if (metadata?.total_frame_count) clip.frames = metadata.total_frame_count;
  if (metadata?.duration) clip.durationSeconds = metadata.duration;
  const rate = metadata?.frame_rate ?? undefined;
  if (rate) clip.frameRate = rate;
  const side = tags?.map(subsetNamed).find((one) => one !== undefined);
  if (side) clip.subset = side;
  for (const [name, value] of Object.entries(sample)) {
    const isWanted = /^Classif/.test(classOf(value))
      ? name === field
      : attribute === undefined || name === attribute;
    if (!/^(Classif|Temporal)/.test(classOf(value)) || !isWanted) continue;
    addField(clip, checked(`${place} > ${name}`, value, Field), rate, () =>
      notes.push(`${place}: no frame rate is told, ${name} is left out`),
    );
  }
  for (const [number, fields] of Object.entries(frames)) {
    for (const [name, value] of Object.entries(fields)) {
      if (classOf(value) !== 'Detections') continue;
      const found = checked(`${place} > frames > ${number} > ${name}`, value, Detections);
      if (number === '0') throw noFrame(`${place} > frames > 0`);
      for (const one of found.detections) addBox(clip, Number(number) - 1, one);
    }
  }
  for (const { boxes } of clip.tracks) boxes.sort((a, b) => a.frame! - b.frame!);
}

function addField(clip: AnnotatedClip, value: Field, rate: number | undefined, onUntimed: () => void): void {
  switch (value._cls) {
    case 'Classification':
      return addLabel(clip, value.label);
    case 'Classifications':
      return value.classifications.forEach(({ label }) => addLabel(clip, label));
    case 'TemporalDetection':
      return addStretch(clip, value, rate, onUntimed);
    case 'TemporalDetections':
      return value.detections.forEach((one) => addStretch(clip, one, rate, onUntimed));
  }
}

/** A support holds its first and last frame, from 1; seconds beside it, as our writer tells them, are exact. */
function addStretch(
  clip: AnnotatedClip,
  { label, support: [first, last], startSeconds, endSeconds, subject }: z.infer<typeof TemporalDetection>,
  rate: number | undefined,
  onUntimed: () => void,
): void {
  addLabel(clip, label);
  const start = startSeconds ?? (rate ? (first - 1) / rate : undefined);
  const end = endSeconds ?? (rate ? last / rate : undefined);
  if (start === undefined || end === undefined) return onUntimed();
  clip.segments.push({ label, startSeconds: start, endSeconds: end, ...(subject && { subject }) });
}

function addBox(
  clip: AnnotatedClip,
  frame: number,
  { label, bounding_box: [x, y, w, h], index }: z.infer<typeof Detections>['detections'][number],
): void {
  const id = index === undefined || index === null ? label : String(index);
  let track = clip.tracks.find((t) => t.id === id && t.label === label);
  if (!track) clip.tracks.push((track = { id, label, boxes: [] }));
  track.boxes.push({ frame, timeSeconds: null, box: [x, y, x + w, y + h] satisfies Box });
  addLabel(clip, label);
}

function noFrame(path: string): WhereWhenError {
  return formatError(path, 'a frame number from 1');
}
