// The battery of battery.test.ts over the formats that are read and not written: what stands there is read, times to a
// thousandth of a second, the format is known by its looks, a broken place is named, and unknown things do no harm.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guessFormat, READERS, readerOf, WRITERS } from '../../../src/dataset/formats/index.js';
import { WhereWhenError } from '../../../src/errors.js';
import { folderOf } from './folder.js';
import { ANNOT } from './matFixtures.js';

type Files = Record<string, string | Uint8Array>;
type Edit = [file: string, from: RegExp | number, to: string];

/** Files of a format, what to read of them, what they say in short, a place to break, and a place for something unknown. */
interface Case {
  format: string;
  files: Files;
  place: string;
  says: string[];
  broken: [edit: Edit, names: RegExp];
  unknown?: Edit;
}

const json = JSON.stringify;
const CASES: Case[] = [
  {
    ...{ format: 'csv', place: 'l.csv' },
    files: { 'l.csv': 'clip,label,subset,start,end\nü 1.mp4,"run, far",train,0.001,1.9994\n' },
    says: ['ü 1.mp4 [run, far] train 0.001-1.999'],
    broken: [['l.csv', /0\.001/, 'soon'], /l\.csv:2: a number as start, got soon/],
    unknown: ['l.csv', /^(.+)$/gm, '$1,x'],
  },
  {
    ...{ format: 'json', place: 'l.json' },
    files: { 'l.json': json([{ clip: 'a.mp4', label: 'run', subset: 'val', start: 0.0014, end: 2 }]) },
    says: ['a.mp4 [run] validation 0.001-2.000'],
    broken: [['l.json', /"val"/, '"side"'], /l\.json > 0 > subset/],
    unknown: ['l.json', /"clip"/, '"unknown":{"a":1},"clip"'],
  },
  {
    ...{ format: 'paths', place: 'train.txt' },
    files: { 'train.txt': 'x/a b.mp4 0\nframes/d 84 1\n', 'label_map.txt': 'run\njump\n' },
    says: ['x/a b.mp4 [run] train', 'frames/d [jump] train'],
    broken: [['train.txt', /84 1/, '84 7'], /train\.txt:2: the number of a class, up to 1, got 7/],
  },
  {
    ...{ format: 'kinetics', place: 'k.csv' },
    files: { 'k.csv': 'label,youtube_id,time_start,time_end,split\nrun,abc,7,17,train\n' },
    says: ['abc_000007_000017 [run] train'],
    broken: [['k.csv', /,7,/, ',x,'], /k\.csv:2: a number as time_start, got x/],
    unknown: ['k.csv', /^(.+)$/gm, '$1,is_cc'],
  },
  {
    ...{ format: 'moments', place: '.' },
    files: {
      'trainingSet.csv': 'run/a.mp4,run,3,0\n',
      'validationSet.csv': 'jump/b.mp4,jump\n',
    },
    says: ['run/a.mp4 [run] train', 'jump/b.mp4 [jump] validation'],
    broken: [['validationSet.csv', /b\.mp4/, 'b'], /validationSet\.csv:1: class\/video\.mp4,label/],
    unknown: ['trainingSet.csv', /3,0/, '3,0,more'],
  },
  {
    ...{ format: 'multisports', place: 'multisports_val.csv' },
    files: { 'multisports_val.csv': 'football/v_a,26,0.1,0.2,0.5,0.6,3,1\n' },
    says: ['football/v_a [action 3] validation 25:0.1,0.2,0.5,0.6'],
    broken: [['multisports_val.csv', /,26,/, ',0,'], /multisports_val\.csv:1: a whole frame from 1, got 0/],
  },
  {
    ...{ format: 'boxes', place: 'boxes.json' },
    files: {
      'boxes.json': json({
        'D/v_D_g01_c01': { numf: 9, class: 'D', tubes: [{ sf: 3, ef: 4, boxes_xywh: [[1, 2, 3, 4]] }] },
      }),
    },
    says: ['D/v_D_g01_c01 [D] - 3:1,2,4,6'],
    broken: [['boxes.json', /"sf":3/, '"sf":1'], /boxes\.json/],
    unknown: ['boxes.json', /"numf"/, '"unknown":[],"numf"'],
  },
  {
    ...{ format: 'ucf101', place: '.' },
    files: {
      'classInd.txt': '1 Run\n2 Jump\n',
      'trainlist01.txt': 'Run/v_Run_g01_c01.avi 1\n',
      'testlist01.txt': 'Jump/v_Jump_g03_c01.avi\n',
    },
    says: ['Run/v_Run_g01_c01.avi [Run] train', 'Jump/v_Jump_g03_c01.avi [Jump] test'],
    broken: [['trainlist01.txt', /1$/m, '2'], /trainlist01\.txt:1: the number of class Run, 1, got 2/],
  },
  {
    ...{ format: 'hmdb51', place: '.' },
    files: { 'run_test_split1.txt': 'a (1).avi 1\nb.avi 2\nc.avi 0\n' },
    says: ['run/a (1).avi [run] train', 'run/b.avi [run] test', 'run/c.avi [run] unused'],
    broken: [['run_test_split1.txt', /avi 2/, 'avi 5'], /run_test_split1\.txt:2: .*got b.avi 5/],
  },
  {
    ...{ format: 'jhmdb', place: '.' },
    files: { 'splits/run_test_split1.txt': 'a.avi 1\nb.avi 2\n' },
    says: ['run/a.avi [run] train', 'run/b.avi [run] test'],
    broken: [['splits/run_test_split1.txt', /avi 2/, 'avi x'], /run_test_split1\.txt:2: .*got b.avi x/],
  },
  {
    ...{ format: 'thumos14', place: '.' },
    files: { 'Run_test.txt': 'video_test_0000004  0.2 1.1004\n', 'Ambiguous_test.txt': '' },
    says: ['video_test_0000004 [Run] test 0.200-1.100'],
    broken: [['Run_test.txt', /0\.2/, '3'], /Run_test\.txt:1: an end that is not before the start/],
  },
  {
    ...{ format: 'ucf101-24', place: 'finalAnnots.mat' },
    files: { 'finalAnnots.mat': new Uint8Array(Buffer.from(ANNOT, 'base64')) },
    says: ['Run/v_Run_g01_c01 [Run] - ', 'Übung/v_Übung_g02_c03 [Übung] - '],
    broken: [['finalAnnots.mat', 200, ''], /finalAnnots\.mat at byte/],
  },
];

async function brief(format: string, path: string): Promise<string[]> {
  const { clips } = await readerOf(format).read(path);
  return clips.map(({ clip, labels, subset = '-', segments, tracks }) => {
    const times = segments.map((one) => `${one.startSeconds.toFixed(3)}-${one.endSeconds.toFixed(3)}`);
    const boxes = tracks.flatMap((one) => one.boxes.map(({ frame, box }) => `${frame}:${box.join()}`));
    return [clip, `[${labels.join()}]`, subset, ...times, ...boxes].join(' ');
  });
}

async function edited(folder: string, [file, from, to]: Edit): Promise<void> {
  const path = join(folder, file);
  if (typeof from === 'number') return writeFile(path, (await readFile(path)).subarray(0, from));
  const before = await readFile(path, 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  await writeFile(path, after);
}

it('a list is a list, whatever its entries have beside clip and label', async () => {
  for (const field of ['annotations', 'tubes', 'database', 'samples']) {
    const folder = await folderOf({ 'l.json': json([{ clip: 'a.mp4', label: 'run', [field]: [] }]) });
    expect(await guessFormat(join(folder, 'l.json'))).toBe('json');
  }
});

it('every format is in this battery or in that of those which are written', () => {
  const tried = new Set([...CASES, ...WRITERS].map(({ format }) => format));
  expect(READERS.map(({ format }) => format).filter((format) => !tried.has(format))).toEqual([]);
});

describe.each(CASES)('$format', ({ format, files, place, says, broken, unknown }) => {
  it('is known by its looks, and says what stands there', async () => {
    const path = join(await folderOf(files), place);
    expect(await guessFormat(path)).toBe(format);
    const found = await brief(format, path);
    found.forEach((line, i) => expect(line.startsWith(says[i]!), line).toBe(true));
    expect(found).toHaveLength(says.length);
  });

  it('names the file and the place that is broken', async () => {
    const folder = await folderOf(files);
    await edited(folder, broken[0]);
    const error: unknown = await readerOf(format)
      .read(join(folder, place))
      .then(
        () => undefined,
        (cause: unknown) => cause,
      );
    expect(error).toBeInstanceOf(WhereWhenError);
    expect((error as WhereWhenError).message).toMatch(broken[1]);
    expect((error as WhereWhenError).message).toContain(dirname(join(folder, 'x')));
  });

  it.skipIf(unknown === undefined)('reads past what it does not know', async () => {
    const folder = await folderOf(files);
    const before = await brief(format, join(folder, place));
    await edited(folder, unknown!);
    expect(await brief(format, join(folder, place))).toEqual(before);
  });
});
