import { describe, expect, it } from 'vitest';
import { readAnnotations } from '../../../src/dataset/index.js';
import { decodeText } from '../../../src/dataset/formats/decode.js';
import { readerOf, READERS, type AnnotatedClip } from '../../../src/dataset/formats/index.js';
import { fileOf, folderOf } from './folder.js';

const read = (format: string, path: string, split?: number) => readerOf(format).read(path, { split });

describe('every list', () => {
  it('has one reader a name and names the formats when asked for another', () => {
    expect(new Set(READERS.map(({ format }) => format)).size).toBe(READERS.length);
    expect(() => readerOf('pascal')).toThrow(/one of csv, json, ucf101, .* got pascal/);
  });

  it.each(READERS.map(({ format }) => format))('%s names the path that is missing', async (format) => {
    await expect(read(format, '/nowhere/at all')).rejects.toThrow(/\/nowhere\/at all/);
  });
});

describe('ucf101', () => {
  const classInd = '1 Run\r\n2 Übung\r\n\r\n';
  const test = 'Run/v_Run_g01_c01.avi\r\nÜbung/v_Übung_g01_c02.avi';
  const train = 'Run/v_Run_g02_c01.avi 1\r\n\r\nÜbung/v_Übung_g03_c01.avi  2\r\nRun/v_Run_g02_c01.avi 1';

  it('reads both lists with CRLF, blank lines, double blanks, no last newline and a duplicate', async () => {
    const folder = await folderOf({
      'classInd.txt': classInd,
      'trainlist02.txt': train,
      'testlist02.txt': test,
    });
    const { classes, clips, notes } = await read('ucf101', folder, 2);
    expect(classes).toEqual(['Run', 'Übung']);
    expect(clips.map(({ clip, subset, group }) => [clip, subset, group])).toEqual([
      ['Run/v_Run_g02_c01.avi', 'train', 'v_Run_g02'],
      ['Übung/v_Übung_g03_c01.avi', 'train', 'v_Übung_g03'],
      ['Run/v_Run_g01_c01.avi', 'test', 'v_Run_g01'],
      ['Übung/v_Übung_g01_c02.avi', 'test', 'v_Übung_g01'],
    ]);
    expect(notes).toEqual([expect.stringMatching(/trainlist02.txt:4: the same as line 1, read once/)]);
  });

  it.each([
    ['Run/v_Run_g02_c01.avi 2', /trainlist01.txt:1: the number of class Run, 1, got 2/],
    ['\nSwim/v_Swim_g02_c01.avi 1', /trainlist01.txt:2: a class of classInd.txt, got Swim/],
    ['v_Run_g02_c01.avi 1', /trainlist01.txt:1: Class\/clip.avi/],
  ])('names file and line of %j', async (line, message) => {
    const folder = await folderOf({
      'classInd.txt': classInd,
      'trainlist01.txt': line,
      'testlist01.txt': test,
    });
    await expect(read('ucf101', folder)).rejects.toThrow(message);
  });
});

describe('hmdb51', () => {
  it('takes 1 as train, 2 as test, 0 as unused, and odd names whole', async () => {
    const folder = await folderOf({
      'ride_bike_test_split1.txt':
        'a (b)#1_ride_bike_f_cm_np1_ba_goo_0.avi 1 \r\nx y_ride_bike_f_cm_np1_ba_goo_0.avi  2\r\n',
      'wave_test_split1.txt': 'é_wave_f_cm_np1_ba_goo_1.avi 0',
      'wave_test_split2.txt': 'é_wave_f_cm_np1_ba_goo_1.avi 1',
    });
    const { clips, classes } = await read('hmdb51', folder);
    expect(classes).toEqual(['ride_bike', 'wave']);
    expect(clips.map(({ clip, subset, group }) => [clip, subset, group])).toEqual([
      ['ride_bike/a (b)#1_ride_bike_f_cm_np1_ba_goo_0.avi', 'train', 'ride_bike/a (b)#1'],
      ['ride_bike/x y_ride_bike_f_cm_np1_ba_goo_0.avi', 'test', 'ride_bike/x y'],
      ['wave/é_wave_f_cm_np1_ba_goo_1.avi', 'unused', 'wave/é'],
    ]);
  });

  it('names the line of another mark and the split that is missing', async () => {
    const folder = await folderOf({ 'wave_test_split1.txt': 'a.avi 1\nb.avi 3\n' });
    await expect(read('hmdb51', folder)).rejects.toThrow(
      /wave_test_split1.txt:2: a file name and 0, 1 or 2, got b.avi 3/,
    );
    await expect(read('hmdb51', folder, 3)).rejects.toThrow(/files <class>_test_split3.txt, got none/);
  });
});

describe('kinetics', () => {
  const header = 'label,youtube_id,time_start,time_end,split\n';

  it('reads quoted labels and names clips as they are saved', async () => {
    const path = await fileOf(
      `${header}"playing, well",abc-_1,7,17,train\r\njump,abc-_1,20,30,val\r\njump,abc-_1,20,30,val`,
    );
    const { clips, notes } = await read('kinetics', path);
    expect(clips).toMatchObject([
      {
        clip: 'abc-_1_000007_000017',
        labels: ['playing, well'],
        subset: 'train',
        group: 'abc-_1',
        durationSeconds: 10,
      },
      { clip: 'abc-_1_000020_000030', labels: ['jump'], subset: 'validation' },
    ]);
    expect(notes[0]).toMatch(/file.txt:4: abc-_1_000020_000030 is listed before/);
  });

  it.each([
    [`${header}jump,a,9,3,train`, /file.txt:2: an end that is not before the start/],
    [`${header}jump,a,x,3,train`, /file.txt:2: a number as time_start, got x/],
    [`${header}jump,a,1,3`, /file.txt:2: 5 fields as in the header, got 4/],
    [`${header}jump,a,1,3,other`, /file.txt:2: train, val or test, got other/],
    ['label,id\n', /file.txt:1: columns youtube_id, time_start, time_end/],
    [`${header}"jump,a,1,3,train\n`, /file.txt:\d: CSV/],
  ])('names the line of %j', async (text, message) => {
    await expect(read('kinetics', await fileOf(text))).rejects.toThrow(message);
  });
});

describe('moments', () => {
  it('joins the labels of a clip and takes the side from the name', async () => {
    const text = 'diving/a b.mp4,diving,3,0\ndiving/a b.mp4,swimming,2,1\r\nclapping/ü.mp4,clapping,3,0';
    const { clips } = await read('moments', await fileOf(text, 'validationSet.csv'));
    expect(clips).toMatchObject([
      { clip: 'diving/a b.mp4', labels: ['diving', 'swimming'], subset: 'validation' },
      { clip: 'clapping/ü.mp4', labels: ['clapping'] },
    ]);
  });

  it('names the line without a clip', async () => {
    const path = await fileOf('a/b.mp4,a\n\ndiving,3\n', 'trainingSet.csv');
    await expect(read('moments', path)).rejects.toThrow(/trainingSet.csv:3: class\/video.mp4,label/);
  });
});

describe('csv and json lists', () => {
  it('read the same clips', async () => {
    const csv = await fileOf(
      'clip,label,group,subset,start,end\na.mp4,run,g1,train,1,2.5\na.mp4,run,g1,train,4,5\nb.mp4,"sit, down",,val,,',
    );
    const json = await fileOf(
      JSON.stringify([
        { clip: 'a.mp4', label: 'run', group: 'g1', subset: 'train', start: 1, end: 2.5 },
        { clip: 'a.mp4', label: 'run', group: 'g1', subset: 'train', start: 4, end: 5 },
        { clip: 'b.mp4', label: 'sit, down', subset: 'val' },
      ]),
    );
    const [a, b] = [await read('csv', csv), await read('json', json)];
    expect(a.clips).toEqual(b.clips);
    expect(a.clips[0]).toMatchObject({
      labels: ['run'],
      group: 'g1',
      segments: [{ startSeconds: 1 }, { endSeconds: 5 }],
    });
    expect(a.classes).toEqual(['run', 'sit, down']);
  });

  it.each([
    ['clip,label\na.mp4,\n', /file.txt:2: a clip and a label/],
    ['clip,label,subset\na,x,train\na,y,test\n', /file.txt:3: a on one side, train as before, got test/],
    ['name,label\n', /file.txt:1: columns clip, label, got name, label/],
    ['', /file.txt:1: columns clip, label, got an empty file/],
  ])('csv names the line of %j', async (text, message) => {
    await expect(read('csv', await fileOf(text))).rejects.toThrow(message);
  });

  it.each([
    ['[{"clip":"a","label":"x"},\n{"clip":]', /file.txt:2: JSON/],
    ['[{"clip":"a"}]', /file.txt > 0 > label/],
    ['[{"clip":"a","label":"x","start":3,"end":1}]', /file.txt > 0: end must not lie before start/],
  ])('json names the place of %j', async (text, message) => {
    await expect(read('json', await fileOf(text))).rejects.toThrow(message);
  });
});

describe('lists as they are saved', () => {
  const guessed = async (content: string | Uint8Array, name = 'list.csv') =>
    readAnnotations({ path: await fileOf(content, name) });
  const brief = (clips: readonly AnnotatedClip[]) => clips.map(({ clip, labels }) => [clip, ...labels]);

  it.each([
    ['semicolons and decimal commas', 'Clip;Label;Start;End\na.mp4;run;0,5;1,25\n'],
    ['tabs', 'label\tclip\tend\tstart\nrun\ta.mp4\t1.25\t0.5\n'],
    ['blanks', 'video class start end\na.mp4 run 0.5 1.25\n'],
    [
      'a delimiter told by a spreadsheet',
      'sep=;\r\nFile name;Behavior;Start (s);Stop (s)\r\na.mp4;run;0,5;1,25\r\n',
    ],
    ['a delimiter at the end of records', 'CLIP,LABEL,START,END\na.mp4,run,0.5,1.25,\n'],
  ])('reads %s', async (_, text) => {
    expect((await guessed(text)).clips).toMatchObject([
      { clip: 'a.mp4', segments: [{ label: 'run', startSeconds: 0.5, endSeconds: 1.25 }] },
    ]);
  });

  it('keeps subjects, and names columns that it does not read', async () => {
    const { clips, notes } = await guessed('clip,class,start,end,Subject,mood\na.mp4,run,1,2,mouse 1,bad\n');
    expect(clips[0]!.segments[0]).toMatchObject({ subject: 'mouse 1' });
    expect(notes).toEqual([expect.stringMatching(/columns that are not read: mood/)]);
  });

  it('takes another column as the class where that is asked', async () => {
    const path = await fileOf('clip,label,view\na.mp4,run,side\n', 'list.csv');
    expect((await readAnnotations({ path, attribute: 'View' })).classes).toEqual(['side']);
    await expect(readAnnotations({ path, attribute: 'x' })).rejects.toThrow(
      /a column of .*\(clip, label, view\), got x/,
    );
  });

  it('reads lists of paths with numbers, names them by a list beside, and takes frames of folders', async () => {
    const folder = await folderOf({
      'train.csv': 'x/a b.mp4 1\nx/c.mp4 0\n',
      'val_rawframes.txt': 'x/frames1 84 1 0\n',
      'label_map.txt': 'walk\nhigh jump\n',
      'alone/test.txt': 'a.mp4 7\n',
    });
    const train = await readAnnotations({ path: `${folder}/train.csv` });
    expect(brief(train.clips)).toEqual([
      ['x/a b.mp4', 'high jump'],
      ['x/c.mp4', 'walk'],
    ]);
    expect(train.clips[0]!.subset).toBe('train');
    const frames = await readAnnotations({ path: `${folder}/val_rawframes.txt` });
    expect(frames.clips).toMatchObject([{ frames: 84, labels: ['high jump', 'walk'], subset: 'validation' }]);
    const alone = await readAnnotations({ path: `${folder}/alone/test.txt` });
    expect(alone.clips).toMatchObject([{ labels: ['7'], subset: 'test' }]);
    expect(alone.notes).toEqual([expect.stringMatching(/they are named by number/)]);
  });

  it('reads Kinetics as JSON, and JSON lists by other names of their fields', async () => {
    const kinetics = {
      abc: { annotations: { label: 'run', segment: [7, 17] }, subset: 'val', url: 'u', duration: 10 },
    };
    expect((await guessed(JSON.stringify(kinetics), 'k.json')).clips).toMatchObject([
      { clip: 'abc_000007_000017', alsoNamed: ['abc'], labels: ['run'], subset: 'validation' },
    ]);
    const own = [{ Video: 'a.mp4', Class: 3, Split: 'Training' }];
    expect((await guessed(JSON.stringify(own), 'o.json')).clips).toMatchObject([
      { clip: 'a.mp4', labels: ['3'], subset: 'train' },
    ]);
  });
});

describe('decodeText', () => {
  const decode = (bytes: Uint8Array) => decodeText(bytes, 'list.csv');
  const utf16 = (text: string) => Buffer.from(text, 'utf16le');
  // 走路 and 挥手 in GB18030
  const chinese = Buffer.from([...Buffer.from('a,'), 0xd7, 0xdf, 0xc2, 0xb7, 10, 0xbb, 0xd3, 0xca, 0xd6, 10]);

  it.each([
    ['utf-8', Buffer.from('\uFEFFä走', 'utf8'), 'ä走'],
    ['utf-16le', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16('ä走')]), 'ä走'],
    ['utf-16le', utf16('clip,label\n'), 'clip,label\n'],
    ['utf-16be', utf16('clip,label\n').swap16(), 'clip,label\n'],
    ['gb18030', chinese, 'a,走路\n挥手\n'],
    ['windows-1252', Buffer.from('Läufer,größer,Café\n', 'latin1'), 'Läufer,größer,Café\n'],
  ])('knows %s', (encoding, bytes, text) => {
    expect(decode(bytes)).toEqual({ text, encoding });
  });

  it('refuses what is none of them, as Cyrillic of Windows, in place of making letters up', () => {
    // бег,шаг in windows-1251
    const cyrillic = Buffer.from([0xe1, 0xe5, 0xe3, 0x2c, 0xf8, 0xe0, 0xe3, 0x0a]);
    expect(() => decode(cyrillic)).toThrow(/list.csv: text in UTF-8, .*save the file as UTF-8/);
  });

  it('refuses names that an earlier program lost, since two of them may have become one', async () => {
    const path = await fileOf('clip,label\na.mp4,\uFFFD\uFFFD\nb.mp4,\uFFFD\uFFFD\n', 'list.csv');
    await expect(readAnnotations({ path })).rejects.toThrow(
      /decoded whole, got .* several names may have become one/,
    );
  });
});

describe('what cannot be', () => {
  const list = async (entry: object) => {
    const path = await fileOf(JSON.stringify([{ clip: 'a', label: 'x', ...entry }]), 'list.json');
    return read('json', path);
  };

  it('sets times before the video to 0 and leaves out what lies before it, with a count', async () => {
    const early = await list({ start: -1, end: 2 });
    expect(early.clips[0]!.segments).toEqual([{ label: 'x', startSeconds: 0, endSeconds: 2 }]);
    expect(early.notes).toEqual([
      expect.stringMatching(/1 times before the start of the video are set to 0/),
    ]);
    const before = await list({ start: -3, end: -1 });
    expect(before.clips[0]!.segments).toEqual([]);
    expect(before.notes).toEqual([expect.stringMatching(/1 stretches .* before the start .* left out/)]);
  });

  it('takes one name in either of Unicode’s forms', async () => {
    const { clips, classes } = await list({ clip: 'u\u0308.mp4', label: 'e\u0301' });
    expect([clips[0]!.clip, classes]).toEqual(['ü.mp4', ['é']]);
  });

  it.each([
    [{ label: ' ' }, /a name of a class, got " "/],
    [{ clip: ' ' }, /a name of a clip, got " "/],
  ])('refuses %j', async (entry, message) => {
    await expect(list(entry)).rejects.toThrow(message);
  });

  it('refuses times that are not finite, cuts boxes at the picture and leaves out those outside', async () => {
    const path = await fileOf('[{"clip":"a","label":"x","start":0,"end":1e999}]', 'list.json');
    await expect(read('json', path)).rejects.toThrow(/list.json > 0 > end/);
    const boxes = [
      [-5, -5, 10, 10],
      [200, 0, 10, 10],
    ].map((bbox, id) => ({ image_id: 1, category_id: 1, bbox, track_id: id }));
    const set = {
      images: [{ id: 1, file_name: 'a/1.jpg', width: 64, height: 48 }],
      categories: [{ id: 1, name: 'x' }],
    };
    const coco = await read('coco', await fileOf(JSON.stringify({ ...set, annotations: boxes }), 'c.json'));
    expect(coco.clips[0]!.tracks.map(({ boxes: own }) => own.map(({ box }) => box))).toEqual([
      [[0, 0, 5, 5]],
      [],
    ]);
    expect(coco.notes.join('\n')).toMatch(
      /1 boxes that reach beyond .*\n.*1 boxes outside the picture are left out/,
    );
  });
});
