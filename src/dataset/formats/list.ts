// Lists of one's own: a table with a header, or JSON, naming clip and label, and perhaps group, subject, subset, start
// and end, by the names that people and tools give to these.
import { z } from 'zod';
import { formatError, usageError } from '../../errors.js';
import { addLabel, classesOf, clipNamed, type AnnotatedClip, type Annotations, subsetNamed } from './form.js';
import { LOOKS, type AnnotationFormat } from './format.js';
import { columnsOf, readTable, type Table } from './table.js';
import { checkOrder, decimalAt, lineFault, numberAt, readJson } from './text.js';

interface ListEntry {
  clip: string;
  label: string;
  group?: string | undefined;
  subject?: string | undefined;
  subset?: string | undefined;
  start?: number | undefined;
  end?: number | undefined;
}

const words = (text: string): string[] => text.split(' ');

/** Columns by what they hold, each with its names in the order in which they are looked for. */
export const LIST_COLUMNS = {
  clip: words(
    'clip video filename file filepath path videoname clipname videofile videopath clippath videoid media mediafile mediafilename vidname vid 片段 视频 文件 id',
  ),
  label: words(
    'label class action behavior behaviour activity category labelname classname actionlabel actionname classlabel event tag 标签 类别 动作 行为',
  ),
  group: words('group person actor performer source'),
  subject: words('subject individual animal who'),
  subset: words('subset split side set partition'),
  start: words(
    'start startseconds starttime starts startsec startsecond begin begintime tstart timestart onset from',
  ),
  end: words(
    'end endseconds endtime ends endsec endsecond stop stopseconds stoptime stops tend timeend offset to',
  ),
};

/** `clip,label[,group][,subject][,subset][,start,end]`; a clip on several lines has several labels or segments. */
export const csvList: AnnotationFormat = {
  name: 'csv',
  reads:
    'a table (commas, semicolons, tabs, blanks) with clip and label, and perhaps group, subject, subset, start, end',
  looksLike: { table: ({ names }) => isListHeader(names) && LOOKS.commonNames },
  takesAttribute: true,
  async read(path, { attribute } = {}) {
    const notes: string[] = [];
    return listOf('csv', path, { table: await readTable(path, [], notes), notes, attribute });
  },
};

/** Whether a header names what a list needs. */
function isListHeader(names: readonly string[]): boolean {
  const { clip, label } = columnsOf(names, LIST_COLUMNS);
  return clip !== undefined && label !== undefined;
}

/** A table as annotations; `attribute` is the column that holds the class. */
export function listOf(
  format: string,
  path: string,
  { table, notes, attribute }: { table: Table; notes: string[]; attribute?: string },
): Annotations {
  const columns = columnsOf(table.names, LIST_COLUMNS);
  if (attribute !== undefined) columns.label = chosen(table, attribute, path);
  const { clip, label } = columns;
  if (clip === undefined || label === undefined)
    throw lineFault(path, 1, 'columns clip, label', table.names.join(', ') || 'an empty file');
  const read = new Set<string>(Object.values(columns));
  const others = table.names.filter((name) => !read.has(name.toLowerCase()));
  if (others.length > 0) notes.push(`${path}: columns that are not read: ${others.join(', ')}`);
  const number = table.delimiter === ',' ? numberAt : decimalAt;
  const entries = table.rows.map(({ fields, line }) => {
    const at = (column: string | undefined): string | undefined =>
      (column ? fields[column] : undefined) || undefined;
    const time = (column: string | undefined, what: string): number | undefined =>
      at(column) ? number(at(column), path, line, what) : undefined;
    const own = { clip: at(clip), label: at(label), group: at(columns.group), subject: at(columns.subject) };
    if (!own.clip || !own.label)
      throw lineFault(path, line, 'a clip and a label', `"${own.clip ?? ''}", "${own.label ?? ''}"`);
    const subset = at(columns.subset);
    if (subset && !subsetNamed(subset))
      throw lineFault(path, line, 'train, validation, test or unused', subset);
    const [start, end] = [time(columns.start, 'start'), time(columns.end, 'end')];
    if (start !== undefined && end !== undefined) checkOrder(start, end, path, line);
    return { place: `${path}:${line}`, entry: { ...(own as ListEntry), subset, start, end } };
  });
  return gather(format, entries, notes);
}

function chosen({ names }: Table, attribute: string, path: string): string {
  const found = names.find((name) => name.toLowerCase() === attribute.toLowerCase());
  if (found !== undefined) return found.toLowerCase();
  throw usageError('--attribute', `a column of ${path} (${names.join(', ')})`, attribute);
}

const JsonEntry = z
  .object({
    clip: z.string().min(1),
    label: z.string().min(1),
    group: z.string().optional(),
    subject: z.string().optional(),
    subset: z
      .string()
      .refine((name) => subsetNamed(name) !== undefined, 'expected train, validation, test or unused')
      .optional(),
    start: z.number().optional(),
    end: z.number().optional(),
  })
  .refine(({ start, end }) => (end ?? Infinity) >= (start ?? 0), 'end must not lie before start');

/** A list as it is written by our own names; reading takes others too. */
export const LabelList = z.array(JsonEntry);

/** The same as an array of objects, by the same names. */
export const jsonList: AnnotationFormat = {
  name: 'json',
  reads: 'a JSON array of {clip, label, group?, subject?, subset?, start?, end?}',
  looksLike: { json: (value) => (value === undefined || Array.isArray(value)) && LOOKS.likely },
  takesAttribute: true,
  async read(path, { attribute } = {}) {
    const entry = z.preprocess((one) => renamed(one, attribute), JsonEntry);
    const list = await readJson(path, z.array(entry));
    return gather(
      'json',
      list.map((entry, i) => ({ place: `${path} > ${i}`, entry })),
    );
  },
};

/** An entry with its fields by our names; numbers as clips and labels become text. */
function renamed(entry: unknown, attribute: string | undefined): unknown {
  if (typeof entry !== 'object' || entry === null) return entry;
  const own = entry as Record<string, unknown>;
  const original = new Map(Object.keys(own).map((name) => [name.toLowerCase(), name]));
  const found = Object.entries(columnsOf([...original.values()], LIST_COLUMNS));
  const fields: Record<string, unknown> = Object.fromEntries(
    found.map(([thing, name]) => [thing, own[original.get(name)!] ?? undefined]),
  );
  if (attribute !== undefined) fields['label'] = own[attribute];
  for (const name of ['clip', 'label'])
    if (typeof fields[name] === 'number') fields[name] = String(fields[name]);
  return fields;
}

function gather(
  format: string,
  entries: readonly { place: string; entry: ListEntry }[],
  notes: string[] = [],
): Annotations {
  const clips = new Map<string, AnnotatedClip>();
  const seen = new Map<string, string>();
  for (const { place, entry } of entries) {
    const key = JSON.stringify([entry.clip, entry.label, entry.start, entry.end, entry.subject]);
    const before = seen.get(key);
    if (before !== undefined) notes.push(`${place}: the same as ${before}, read once`);
    else addEntry(clipNamed(clips, entry.clip), entry, place);
    seen.set(key, before ?? place);
  }
  const all = [...clips.values()];
  return { format, classes: classesOf(all), clips: all, notes };
}

function addEntry(
  clip: AnnotatedClip,
  { label, group, subject, subset, start, end }: ListEntry,
  place: string,
): void {
  addLabel(clip, label);
  const side = subset ? subsetNamed(subset) : undefined;
  if (side && clip.subset && clip.subset !== side) {
    throw formatError(place, `${clip.clip} on one side, ${clip.subset} as before`, side);
  }
  if (side) clip.subset = side;
  if (group) clip.group = group;
  if (start !== undefined && end !== undefined)
    clip.segments.push({ label, startSeconds: start, endSeconds: end, ...(subject && { subject }) });
}
