// Bouts as a table: clip, subject, class, start and end in seconds. It has no place for boxes, and looks like any other
// list, so that it is read as one where it is not named.
import type { AnnotationFormat } from './format.js';
import { LIST_COLUMNS, listOf } from './list.js';
import { columnsOf, csvField, readTable } from './table.js';
import { lineFault } from './text.js';
import { milliseconds } from './written.js';

/** Bouts of behaviour: who does what, from when to when. The same columns, of which start and end must be there. */
export const bouts: AnnotationFormat = {
  name: 'bouts',
  reads: 'a table with clip, subject, class, start and end',
  takesAttribute: true,
  async read(path, { attribute } = {}) {
    const notes: string[] = [];
    const table = await readTable(path, [], notes);
    const { start, end } = columnsOf(table.names, LIST_COLUMNS);
    if (start === undefined || end === undefined)
      throw lineFault(path, 1, 'columns start and end', table.names.join(', '));
    return listOf('bouts', path, { table, notes, attribute });
  },
  /** A CSV file that every statistics program reads; a moment ends where it starts. */
  written: {
    ending: '.csv',
    holds: ['segments'],
    write(clips) {
      const rows = clips.flatMap(({ clip, segments }) =>
        segments.map(({ label, subject = '', startSeconds, endSeconds }) =>
          [
            csvField(clip),
            csvField(subject),
            csvField(label),
            seconds(startSeconds),
            seconds(endSeconds),
          ].join(','),
        ),
      );
      return [{ name: '', content: `${['clip,subject,class,start,end', ...rows].join('\n')}\n` }];
    },
  },
};

function seconds(value: number): string {
  return (milliseconds(value) / 1000).toFixed(3);
}
