// THUMOS14's text folders: one file a class, `<Class>_test.txt` or `<Class>_val.txt`, lines `video  start end`.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { missingError } from '../../errors.js';
import { AMBIGUOUS } from '../../metrics/thumos14.js';
import { addLabel, clipNamed, type AnnotatedClip, type Subset } from './form.js';
import { checkOrder, lineFault, linesOf, numberAt, readText } from './text.js';
import { type AnnotationFormat } from './format.js';

const FILE = /^(.+)_(test|val)\.txt$/;
const SUBSETS: Record<string, Subset> = { test: 'test', val: 'validation' };

/**
 * THUMOS14 as text. Segments of `Ambiguous_*.txt` carry the label `Ambiguous`; it is no class. Equal lines within a
 * file are kept, as the challenge counts them, and named in the notes.
 */
export const thumos14: AnnotationFormat = {
  name: 'thumos14',
  reads: 'the folder temporal_annotations_test or temporal_annotations_validation',
  looksLike: { inFolder: /_(test|val)\.txt$/ },
  async read(folder) {
    const files = (await namesIn(folder)).filter((name) => FILE.test(name)).sort();
    if (files.length === 0) {
      throw missingError(folder, 'files <Class>_test.txt or <Class>_val.txt');
    }
    const notes: string[] = [];
    const clips = new Map<string, AnnotatedClip>();
    const classes: string[] = [];
    for (const file of files) {
      const [, label, side] = FILE.exec(file)!;
      if (label !== AMBIGUOUS) classes.push(label!);
      await readSegments(join(folder, file), label!, SUBSETS[side!]!, clips, notes);
    }
    return { format: 'thumos14', classes, clips: [...clips.values()], notes };
  },
};

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw missingError(folder, 'a folder of class files', undefined, undefined, cause);
  }
}

async function readSegments(
  path: string,
  label: string,
  subset: Subset,
  clips: Map<string, AnnotatedClip>,
  notes: string[],
): Promise<void> {
  const seen = new Map<string, number>();
  for (const { text, number } of linesOf(await readText(path))) {
    const fields = text.split(/\s+/);
    if (fields.length !== 3) throw lineFault(path, number, 'video, start and end', text);
    const startSeconds = numberAt(fields[1], path, number, 'start');
    const endSeconds = numberAt(fields[2], path, number, 'end');
    checkOrder(startSeconds, endSeconds, path, number);
    const clip = clipNamed(clips, fields[0]!);
    clip.subset = subset;
    clip.segments.push({ label, startSeconds, endSeconds });
    if (label !== AMBIGUOUS) addLabel(clip, label);
    const key = fields.join(' ');
    if (seen.has(key)) notes.push(`${path}:${number}: the same as line ${seen.get(key)}, kept`);
    else seen.set(key, number);
  }
}

/** THUMOS14's `test_durations.txt`: a line with a video file, then a line with its seconds. Videos without their ending. */
export async function readDurations(path: string): Promise<Map<string, number>> {
  const lines = linesOf(await readText(path));
  const durations = new Map<string, number>();
  for (let i = 0; i < lines.length; i += 2) {
    const [video, seconds] = [lines[i]!, lines[i + 1]];
    if (!/\.\w+$/.test(video.text)) throw lineFault(path, video.number, 'a video file', video.text);
    const at = seconds?.number ?? video.number + 1;
    durations.set(video.text.replace(/\.\w+$/, ''), numberAt(seconds?.text, path, at, 'seconds'));
  }
  return durations;
}
