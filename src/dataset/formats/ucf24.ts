// UCF101-24: `finalAnnots.mat` (corrected annotations, 320 x 240) and the test list beside it.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatError, WhereWhenError } from '../../errors.js';
import type { Box } from '../../result.js';
import { addLabel, classesOf, emptyClip, type AnnotatedClip, type Track } from './form.js';
import type { AnnotationFormat } from './format.js';
import { readMatFile, type MatStruct, type MatValue } from './matFile.js';
import { linesOf, readBytes, readText } from './text.js';
import { groupOf } from './ucf101.js';

const WIDTH = 320;
const HEIGHT = 240;

/**
 * UCF101-24. Boxes are `[x, y, x + w, y + h]` in pixels at 320 x 240, frames count from 0, where the file's `sf` counts
 * from 1. Clips of a `testlist01.txt` beside the file are `test`, the rest `train`; without the list no subset is set.
 */
export const ucf24: AnnotationFormat = {
  name: 'ucf101-24',
  reads: 'finalAnnots.mat, with testlist01.txt beside it',
  looksLike: { endings: ['.mat'] },
  isOfficial: true,
  async read(path) {
    const annot = readMatFile(await readBytes(path), path)['annot'];
    if (annot?.kind !== 'struct') throw fault(path, 'a struct array named annot', annot?.kind ?? 'none');
    const clips = annot.elements.map((element, i) => clipOf(element, `${path} > annot(${i + 1})`));
    const list = join(dirname(path), 'testlist01.txt');
    if (existsSync(list)) markSubsets(clips, new Set(linesOf(await readText(list)).map(({ text }) => text)));
    return { format: 'ucf101-24', classes: classesOf(clips), clips, notes: [] };
  },
};

function markSubsets(clips: readonly AnnotatedClip[], test: ReadonlySet<string>): void {
  for (const clip of clips) clip.subset = test.has(clip.clip) ? 'test' : 'train';
}

function clipOf(element: Record<string, MatValue>, path: string): AnnotatedClip {
  const name = element['name'];
  if (name?.kind !== 'text') throw fault(path, 'text as name', name?.kind ?? 'nothing');
  const tubes = element['tubes'];
  if (tubes?.kind !== 'struct') throw fault(path, 'structs as tubes', tubes?.kind ?? 'nothing');
  const label = name.text.split('/')[0]!;
  const clip = emptyClip(name.text, [label]);
  const tracks = tubes.elements.map((tube, j) => trackOf(tube, label, `${path}.tubes(${j + 1})`));
  for (const track of tracks) addLabel(clip, track.label);
  return {
    ...clip,
    group: groupOf(name.text),
    frames: scalar(element['num_imgs'], `${path}.num_imgs`),
    width: WIDTH,
    height: HEIGHT,
    tracks,
  };
}

function trackOf(tube: MatStruct['elements'][number], label: string, path: string): Track {
  const boxes = tube['boxes'];
  if (boxes?.kind !== 'numbers' || boxes.shape[1] !== 4) {
    throw fault(path, 'boxes of four columns', boxes?.shape.join(' x ') ?? 'nothing');
  }
  const rows = boxes.shape[0]!;
  const start = scalar(tube['sf'], `${path}.sf`) - 1;
  const at = (row: number, column: number) => boxes.data[column * rows + row]!;
  return {
    id: path.match(/tubes\((\d+)\)$/)![1]!,
    label,
    boxes: Array.from({ length: rows }, (_, row) => {
      const [x, y, w, h] = [0, 1, 2, 3].map((column) => at(row, column)) as Box;
      return { frame: start + row, timeSeconds: null, box: [x, y, x + w, y + h] };
    }),
  };
}

function scalar(value: MatValue | undefined, path: string): number {
  if (value?.kind === 'numbers' && value.data.length === 1) return value.data[0]!;
  throw fault(path, 'one number', value?.shape.join(' x ') ?? 'nothing');
}

function fault(path: string, expected: string, received: string): WhereWhenError {
  return formatError(path, expected, received);
}
