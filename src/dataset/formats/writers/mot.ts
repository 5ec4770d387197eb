// MOT's text, a file a clip, with its sequence's facts and class names beside it. It has no place for stretches of time.
import { asStored, labelsOf, type AnnotationWriter, type WrittenClip } from './form.js';

/** MOT as its truth is written: confidence 1, frames and classes from 1; an identity a track. */
export const motWriter: AnnotationWriter = {
  format: 'mot',
  ending: '.txt',
  holds: ['boxes'],
  isPerClip: true,
  write: (clips) =>
    clips.map(asStored).flatMap((clip) => {
      const labels = labelsOf([{ ...clip, segments: [] }]);
      return [
        { name: '', content: `${rowsOf(clip, labels).join('\n')}\n` },
        { name: '.labels.txt', content: `${labels.join('\n')}\n` },
        { name: '.seqinfo.ini', content: factsOf(clip) },
      ];
    }),
};

function rowsOf({ tracks }: WrittenClip, labels: readonly string[]): string[] {
  const rows = tracks.flatMap(({ label, boxes }, t) =>
    boxes.map(({ frame, box: [x0, y0, x1, y1] }) => [
      ...[frame! + 1, t + 1, x0, y0, exact(x1 - x0), exact(y1 - y0), 1, labels.indexOf(label) + 1, 1],
    ]),
  );
  return rows.sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!).map((row) => row.join(','));
}

/** Without the last digits of a difference of decimals. */
function exact(value: number): number {
  return Math.round(1e6 * value) / 1e6;
}

function factsOf({ clip, frameRate, frames, width, height }: WrittenClip): string {
  const facts = { name: clip, imDir: 'img1', frameRate, seqLength: frames, imWidth: width, imHeight: height };
  const lines = Object.entries(facts).map(([name, value]) => `${name}=${value}`);
  return `${['[Sequence]', ...lines, 'imExt=.jpg'].join('\n')}\n`;
}
