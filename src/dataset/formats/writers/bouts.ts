// Bouts as a table: clip, subject, class, start and end in seconds. It has no place for boxes.
import { field } from './ava.js';
import { milliseconds, type AnnotationWriter } from './form.js';

/** A CSV file that every statistics program reads; a moment ends where it starts. */
export const boutsWriter: AnnotationWriter = {
  format: 'bouts',
  ending: '.csv',
  holds: ['segments'],
  write(clips) {
    const rows = clips.flatMap(({ clip, segments }) =>
      segments.map(({ label, subject = '', startSeconds, endSeconds }) =>
        [field(clip), field(subject), field(label), seconds(startSeconds), seconds(endSeconds)].join(','),
      ),
    );
    return [{ name: '', content: `${['clip,subject,class,start,end', ...rows].join('\n')}\n` }];
  },
};

function seconds(value: number): string {
  return (milliseconds(value) / 1000).toFixed(3);
}
