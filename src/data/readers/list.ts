// Lists of one's own: CSV with a header, or JSON, naming clip and label, and perhaps group, subset, start and end.
import { z } from 'zod';
import { WhereWhenError } from '../../errors.js';
import {
  addLabel,
  classesOf,
  clipNamed,
  type AnnotatedClip,
  type AnnotationReader,
  subsetNamed,
} from './form.js';
import { checkOrder, lineFault, numberAt, readJson, readTable } from './text.js';

interface Entry {
  clip: string;
  label: string;
  group?: string | undefined;
  subset?: string | undefined;
  start?: number | undefined;
  end?: number | undefined;
}

/** `clip,label[,group][,subset][,start,end]`; a clip on several lines has several labels or segments. */
export const csvList: AnnotationReader = {
  format: 'csv',
  reads: 'a CSV file with the columns clip and label, and perhaps group, subset, start, end',
  async read(path) {
    const entries = (await readTable(path, ['clip', 'label'])).map(({ fields, line }) => {
      const { clip, label, group, subset } = fields;
      if (!clip || !label) throw lineFault(path, line, 'a clip and a label', `"${clip}", "${label}"`);
      if (subset && !subsetNamed(subset))
        throw lineFault(path, line, 'train, validation, test or unused', subset);
      const [start, end] = ['start', 'end'].map((key) =>
        fields[key] ? numberAt(fields[key], path, line, key) : undefined,
      );
      if (start !== undefined && end !== undefined) checkOrder(start, end, path, line);
      return { place: `${path}:${line}`, entry: { clip, label, group, subset, start, end } };
    });
    return gather('csv', entries);
  },
};

const JsonEntry = z
  .object({
    clip: z.string().min(1),
    label: z.string().min(1),
    group: z.string().optional(),
    subset: z.enum(['train', 'val', 'validation', 'test', 'unused']).optional(),
    start: z.number().optional(),
    end: z.number().optional(),
  })
  .refine(({ start, end }) => (end ?? Infinity) >= (start ?? 0), 'end must not lie before start');

/** The same as an array of objects. */
export const jsonList: AnnotationReader = {
  format: 'json',
  reads: 'a JSON array of {clip, label, group?, subset?, start?, end?}',
  async read(path) {
    const list = await readJson(path, z.array(JsonEntry));
    return gather(
      'json',
      list.map((entry, i) => ({ place: `${path} > ${i}`, entry })),
    );
  },
};

function gather(format: string, entries: readonly { place: string; entry: Entry }[]) {
  const notes: string[] = [];
  const clips = new Map<string, AnnotatedClip>();
  const seen = new Map<string, string>();
  for (const { place, entry } of entries) {
    const key = JSON.stringify([entry.clip, entry.label, entry.start, entry.end]);
    const before = seen.get(key);
    if (before !== undefined) notes.push(`${place}: the same as ${before}, read once`);
    else addEntry(clipNamed(clips, entry.clip), entry, place);
    seen.set(key, before ?? place);
  }
  const all = [...clips.values()];
  return { format, classes: classesOf(all), clips: all, notes };
}

function addEntry(clip: AnnotatedClip, { label, group, subset, start, end }: Entry, place: string): void {
  addLabel(clip, label);
  const side = subset ? subsetNamed(subset) : undefined;
  if (side && clip.subset && clip.subset !== side) {
    throw new WhereWhenError({
      code: 'format',
      path: place,
      expected: `${clip.clip} on one side, ${clip.subset} as before`,
      received: side,
    });
  }
  if (side) clip.subset = side;
  if (group) clip.group = group;
  if (start !== undefined && end !== undefined)
    clip.segments.push({ label, startSeconds: start, endSeconds: end });
}
