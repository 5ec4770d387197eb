// BORIS, which ethologists score behaviour with: its project file (`.boris`), or its exports of events as tables, one line
// an event (tabular) or one line a bout (aggregated).
import { addLabel, classesOf, clipNamed, type AnnotatedClip } from '../form.js';
import { hasFields, LOOKS, type AnnotationFormat } from '../format.js';
import { parseJson, readText } from '../text.js';
import { projectBouts } from './project.js';
import { isBorisHeader, tableBouts } from './tables.js';
import { written } from './write.js';

/** What BORIS writes where nobody was chosen. */
const NOBODY = /^(no focal subject|)$/i;

/** BORIS's scores of media files. Point events are moments; subjects are kept; modifiers are not read. */
export const boris: AnnotationFormat = {
  name: 'boris',
  reads: 'a BORIS project (.boris), or its events as a table, tabular or aggregated',
  looksLike: {
    endings: ['.boris'],
    table: ({ rows }) => rows.some(isBorisHeader) && LOOKS.ownNames,
    json: (value) => hasFields(value, 'observations', 'behaviors_conf') && LOOKS.ownNames,
  },
  async read(path) {
    const notes: string[] = [];
    const text = await readText(path, notes);
    const isProject = text.trimStart().startsWith('{');
    const bouts = isProject
      ? projectBouts(parseJson(text, path), path, notes)
      : tableBouts(text, path, notes);
    const clips = new Map<string, AnnotatedClip>();
    for (const { clip: name, label, subject, startSeconds, endSeconds, ...facts } of bouts) {
      const clip = clipNamed(clips, name);
      addLabel(clip, label);
      if (facts.durationSeconds) clip.durationSeconds = facts.durationSeconds;
      if (facts.frameRate) clip.frameRate = facts.frameRate;
      const who = NOBODY.test(subject) ? {} : { subject };
      clip.segments.push({ label, startSeconds, endSeconds, ...who });
    }
    const all = [...clips.values()];
    for (const { segments } of all) segments.sort((a, b) => a.startSeconds - b.startSeconds);
    return { format: 'boris', classes: classesOf(all), clips: all, notes };
  },
  written,
};
