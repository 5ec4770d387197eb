// Kinetics CSV: `label,youtube_id,time_start,time_end,split`, perhaps more columns; test files have no label.
import {
  addLabel,
  classesOf,
  clipNamed,
  type AnnotatedClip,
  type AnnotationReader,
  subsetNamed,
} from './form.js';
import { checkOrder, lineFault, numberAt, readTable } from './text.js';

/** Kinetics-400, -600, -700. Clips are named as its tools save them, `<id>_<start>_<end>` with six digits; groups are the videos. */
export const kinetics: AnnotationReader = {
  format: 'kinetics',
  reads: 'a CSV file with label,youtube_id,time_start,time_end,split',
  async read(path) {
    const notes: string[] = [];
    const clips = new Map<string, AnnotatedClip>();
    for (const { fields, line } of await readTable(path, ['youtube_id', 'time_start', 'time_end'])) {
      const start = numberAt(fields['time_start'], path, line, 'time_start');
      const end = numberAt(fields['time_end'], path, line, 'time_end');
      checkOrder(start, end, path, line);
      const id = fields['youtube_id'];
      if (!id) throw lineFault(path, line, 'a youtube_id', 'nothing');
      const name = `${id}_${String(start).padStart(6, '0')}_${String(end).padStart(6, '0')}`;
      const before = clips.get(name)?.labels.length;
      const clip = clipNamed(clips, name);
      if (fields['label']) addLabel(clip, fields['label']);
      if (before === clip.labels.length) notes.push(`${path}:${line}: ${name} is listed before, read once`);
      clip.group = id;
      clip.durationSeconds = end - start;
      const subset = subsetNamed(fields['split'] ?? '');
      if (fields['split'] && !subset) throw lineFault(path, line, 'train, val or test', fields['split']);
      if (subset) clip.subset = subset;
    }
    const all = [...clips.values()];
    return { format: 'kinetics', classes: classesOf(all), clips: all, notes };
  },
};
