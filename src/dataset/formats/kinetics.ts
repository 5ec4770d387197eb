// Kinetics: CSV `label,youtube_id,time_start,time_end,split` (test files have no label), or JSON by video,
// `{id: {annotations: {label, segment}, duration, subset, url}}`.
import { z } from 'zod';
import { addLabel, classesOf, clipNamed, subsetNamed, type AnnotatedClip, type Annotations } from './form.js';
import { type AnnotationFormat, firstEntry, hasFields, LOOKS } from './format.js';
import { readTable } from './table.js';
import { checkOrder, lineFault, numberAt, readJson } from './text.js';

const KineticsFile = z.record(
  z.string(),
  z.object({
    annotations: z
      .object({ label: z.string().optional(), segment: z.tuple([z.number(), z.number()]) })
      .refine(({ segment: [start, end] }) => end >= start, 'a segment must not end before it starts'),
    subset: z
      .string()
      .refine((name) => subsetNamed(name) !== undefined, 'expected train, val or test')
      .optional(),
  }),
);

/**
 * Kinetics-400, -600, -700. Clips are named as its tools save them, `<id>_<start>_<end>` with six digits, and found by the
 * id alone too; groups are the videos.
 */
export const kinetics: AnnotationFormat = {
  name: 'kinetics',
  reads: 'a CSV file with label,youtube_id,time_start,time_end,split, or its JSON',
  looksLike: {
    table: ({ names }) => names.includes('youtube_id') && LOOKS.ownNames,
    json: (value) => hasFields(firstEntry(value), 'url', 'annotations', 'subset') && LOOKS.commonNames,
  },
  async read(path) {
    const notes: string[] = [];
    const entries = path.toLowerCase().endsWith('.json')
      ? await jsonEntries(path)
      : await csvEntries(path, notes);
    return gather(entries, notes);
  },
};

interface KineticsEntry {
  place: string;
  id: string;
  start: number;
  end: number;
  label?: string | undefined;
  subset?: string | undefined;
}

async function csvEntries(path: string, notes: string[]): Promise<KineticsEntry[]> {
  const { rows } = await readTable(path, ['youtube_id', 'time_start', 'time_end'], notes);
  return rows.map(({ fields, line }) => {
    const start = numberAt(fields['time_start'], path, line, 'time_start');
    const end = numberAt(fields['time_end'], path, line, 'time_end');
    checkOrder(start, end, path, line);
    const [id, subset] = [fields['youtube_id'], fields['split']];
    if (!id) throw lineFault(path, line, 'a youtube_id', 'nothing');
    if (subset && !subsetNamed(subset)) throw lineFault(path, line, 'train, val or test', subset);
    return { place: `${path}:${line}`, id, start, end, label: fields['label'], subset };
  });
}

async function jsonEntries(path: string): Promise<KineticsEntry[]> {
  const file = await readJson(path, KineticsFile);
  return Object.entries(file).map(([id, { annotations, subset }]) => {
    const [start, end] = annotations.segment;
    return { place: `${path} > ${id}`, id, start, end, label: annotations.label, subset };
  });
}

function gather(entries: readonly KineticsEntry[], notes: string[]): Annotations {
  const clips = new Map<string, AnnotatedClip>();
  for (const { place, id, start, end, label, subset } of entries) {
    const name = `${id}_${sixDigits(start)}_${sixDigits(end)}`;
    const before = clips.get(name)?.labels.length;
    const clip = clipNamed(clips, name);
    if (label) addLabel(clip, label);
    if (before === clip.labels.length) notes.push(`${place}: ${name} is listed before, read once`);
    clip.alsoNamed = [id];
    clip.group = id;
    clip.durationSeconds = end - start;
    const side = subsetNamed(subset ?? '');
    if (side) clip.subset = side;
  }
  const all = [...clips.values()];
  return { format: 'kinetics', classes: classesOf(all), clips: all, notes };
}

function sixDigits(seconds: number): string {
  return String(seconds).padStart(6, '0');
}
