// Folders and files as tools leave them on the disk: frames beside samples, a folder a task or a game, pictures of Roboflow,
// tracks of CVAT within COCO, several boxes of a class on one frame. All made here after what the tools write.
import { relative, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAnnotations, type AnnotatedClip } from '../../../src/dataset/index.js';
import { truthOf } from '../../../src/dataset/formats/truth.js';
import { guessFormat, readerOf } from '../../../src/dataset/formats/index.js';
import { fileOf, folderOf } from './folder.js';

const json = JSON.stringify;
const boxes = (clip: AnnotatedClip) =>
  clip.tracks.map(({ id, label, boxes: own }) => [id, label, ...own.map(({ frame }) => frame)]);

describe('FiftyOne', () => {
  const sample = (change: object) => ({
    ...{ _id: { $oid: '5f' }, filepath: 'data/a.mp4', tags: [], _media_type: 'video' },
    ...change,
  });
  const detections = {
    _cls: 'Detections',
    detections: [{ _cls: 'Detection', label: 'run', bounding_box: [0.1, 0.2, 0.3, 0.4], index: 7 }],
  };

  it('reads frames beside the samples, by the id of their sample, and the folder of an export', async () => {
    const folder = await folderOf({
      'metadata.json': '{}',
      'samples.json': json({
        samples: [sample({}), sample({ _id: { $oid: '60' }, filepath: 'data/b.mp4' })],
      }),
      'frames.json': json({
        frames: [{ _id: { $oid: 'f' }, _sample_id: { $oid: '60' }, frame_number: 3, found: detections }],
      }),
    });
    for (const path of [folder, join(folder, 'samples.json')]) {
      expect(await guessFormat(path)).toBe('fiftyone');
      const { clips } = await readAnnotations({ path });
      expect(clips.map(boxes)).toEqual([[], [['7', 'run', 2]]]);
    }
  });

  it('reads the file of frames that a sample names, and says which is not there', async () => {
    const samples = { 'samples.json': json({ samples: [sample({ frames: 'frames/a.json' })] }) };
    const folder = await folderOf({
      ...samples,
      'frames/a.json': json({ frames: { 1: { found: detections } } }),
    });
    expect((await readAnnotations({ path: folder })).clips.map(boxes)).toEqual([[['7', 'run', 0]]]);
    await expect(readAnnotations({ path: await folderOf(samples) })).rejects.toThrow(/frames.a\.json/);
  });

  it.each(['', '.', 'frames', '../samples.json', '/', 'a\0b', 'x'.repeat(5000)])(
    'names the sample whose file of frames is none of the export: %j',
    async (frames) => {
      const folder = await folderOf({
        'samples.json': json({ samples: [sample({}), sample({ frames })] }),
        'frames/a.json': '{}',
      });
      const read = readAnnotations({ path: folder });
      await expect(read).rejects.toThrow(
        /samples\.json > 1 > frames: a file of frames in the folder of the export, got/,
      );
    },
  );
});

describe('COCO', () => {
  const coco = (files: string[], annotations: object[]) =>
    fileOf(
      json({
        images: files.map((file_name, id) => ({ id, file_name, width: 100, height: 50 })),
        categories: [{ id: 1, name: 'run' }],
        annotations: annotations.map((one) => ({ category_id: 1, ...one })),
      }),
      'instances_default.json',
    );
  const at = (image_id: number, x: number, change = {}) => ({ image_id, bbox: [x, 0, 10, 10], ...change });

  it('takes the tracks that CVAT tells among the attributes, and no box of a skeleton’s track', async () => {
    const track = (track_id: number) => ({ attributes: { occluded: false, track_id, keyframe: true } });
    const path = await coco(
      ['frame_000000.PNG', 'frame_000001.PNG'],
      [at(0, 0, track(0)), at(0, 50, track(1)), at(1, 2, track(1)), at(1, 0, { bbox: [0, 0, 0, 0] })],
    );
    const { clips, notes } = await readAnnotations({ path });
    expect(boxes(clips[0]!)).toEqual([
      ['0', 'run', 0],
      ['1', 'run', 0, 1],
    ]);
    expect(notes.join()).toContain('1 annotations have no box');
  });

  it('takes one of several changed copies of a picture of Roboflow, and counts the others', async () => {
    const path = await coco(
      ['run1_mp4-0_jpg.rf.0a1b.jpg', 'run1_mp4-0_jpg.rf.2c3d.jpg', 'run1_mp4-12_jpg.rf.4e5f.jpg'],
      [at(0, 0), at(1, 80), at(2, 4)],
    );
    const { clips, notes } = await readAnnotations({ path });
    expect(clips.map(({ clip }) => clip)).toEqual(['run1.mp4']);
    expect(clips[0]!.tracks[0]!.boxes.map(({ frame, box }) => [frame, box[0]])).toEqual([
      [0, 0],
      [12, 4],
    ]);
    expect(notes.join()).toContain('1 changed copies of pictures are left out');
  });

  it('makes several boxes of a class on one frame several things, each followed by overlap', async () => {
    // Two walk towards each other, listed in turn in either order.
    const path = await coco(
      ['a/1.jpg', 'a/2.jpg', 'a/3.jpg'],
      [at(0, 0), at(0, 60), at(1, 58), at(1, 2), at(2, 4), at(2, 56), at(2, 90)],
    );
    const { clips, notes } = await readAnnotations({ path });
    const lefts = clips[0]!.tracks.map(({ id, boxes: own }) => [id, ...own.map(({ box }) => box[0])]);
    expect(lefts).toEqual([
      ['run', 0, 2, 4],
      ['run (2)', 60, 58, 56],
      ['run (3)', 90],
    ]);
    expect(notes.join()).toContain('1 tracks have several boxes on one frame');
    const truth = truthOf(clips[0]!, { width: 100, height: 50, frameRate: 1, durationSeconds: 3 });
    expect(truth.actors!.map(({ frames }) => frames.length)).toEqual([3, 3, 1]);
  });
});

describe('YOLO', () => {
  it('counts Roboflow’s pictures from 0 and takes one of each', async () => {
    const folder = await folderOf({
      'data.yaml': 'names: [run, jump]\n',
      'train/labels/run1_mp4-0_jpg.rf.0a1b.txt': '0 0.5 0.5 0.2 0.2\n',
      'train/labels/run1_mp4-3_jpg.rf.2c3d.txt': '1 0.5 0.5 0.2 0.2\n',
      'valid/labels/run1_mp4-3_jpg.rf.4e5f.txt': '1 0.1 0.5 0.2 0.2\n',
    });
    const { clips, notes } = await readAnnotations({ path: folder });
    expect(clips.map(boxes)).toEqual([
      [
        ['run', 'run', 0],
        ['jump', 'jump', 3],
      ],
    ]);
    expect(notes.join()).toContain('1 changed copies of pictures are left out');
  });

  it('is known by its text where the folder holds nothing else, under any way of naming the folder', async () => {
    const folder = await folderOf({ 'labels/run1_1.txt': '', 'labels/run1_2.txt': '0 0.5 0.5 0.2 0.2\n' });
    const near = `./${relative('.', join(folder, 'labels'))}`;
    for (const path of [near, `${near}/`]) {
      const { format, clips } = await readAnnotations({ path });
      expect([format, ...clips.map(({ clip }) => clip)]).toEqual(['yolo', 'run1']);
      expect(boxes(clips[0]!)).toEqual([['class 0', 'class 0', 1]]);
    }
    const mot = await folderOf({ 'MOT17-02.txt': '1,1,2,3,4,5,1\n', 'MOT17-04.txt': '1,1,2,3,4,5,1\n' });
    expect((await readAnnotations({ path: mot })).format).toBe('mot');
  });
});

describe('folders of folders', () => {
  const task = (source: string, label: string, shapes: string) =>
    `<annotations><meta><task><size>4</size><start_frame>0</start_frame><stop_frame>3</stop_frame><source>${source}</source></task></meta><track id="0" label="${label}">${shapes}</track></annotations>`;
  const box = (frame: number, value = '') =>
    `<box frame="${frame}" outside="0" xtl="0" ytl="0" xbr="5" ybr="5">${value && `<attribute name="action">${value}</attribute>`}</box>`;

  it('CVAT: a folder a task', async () => {
    const folder = await folderOf({
      'task_1/annotations.xml': task('a.mp4', 'run', box(0)),
      'task_2/annotations.xml': task('b.mp4', 'jump', box(0)),
    });
    const { format, clips } = await readAnnotations({ path: folder });
    expect([format, ...clips.map(({ clip, labels }) => `${clip} ${labels.join()}`)]).toEqual([
      'cvat',
      'a.mp4 run',
      'b.mp4 jump',
    ]);
  });

  it('CVAT: the value of an attribute is the class from box to box, where that is asked', async () => {
    const path = await fileOf(task('a.mp4', 'person', box(0, 'walk') + box(2, 'bend')), 'a.xml');
    const { clips } = await readAnnotations({ path, attribute: 'action' });
    expect(boxes(clips[0]!)).toEqual([
      ['0', 'walk', 0, 1],
      ['0', 'bend', 2, 3],
    ]);
    expect((await readAnnotations({ path })).classes).toEqual(['person']);
    await expect(readAnnotations({ path, attribute: 'mood' })).rejects.toThrow(
      /--attribute: an attribute that the boxes of .*a\.xml have, got mood/,
    );
  });

  it('SoccerNet: a league of games; MOT: sequences', async () => {
    const game = (UrlLocal: string) =>
      json({
        UrlLocal,
        annotations: [{ gameTime: '1 - 00:05', label: 'Goal', position: '5250', team: 'home' }],
      });
    const league = await folderOf({
      'league/2015/game 1/Labels-v2.json': game('league/2015/game 1/'),
      'league/2015/game 1/1_features.json': '[]',
      'league/2015/game 2/Labels-v2.json': game('league/2015/game 2/'),
    });
    const { format, clips } = await readAnnotations({ path: league });
    expect([format, ...clips.map(({ clip }) => clip)]).toEqual([
      'soccernet',
      'league/2015/game 1/1_224p',
      'league/2015/game 2/1_224p',
    ]);
    const mot = await folderOf({ 'S-01/gt/gt.txt': '1,1,2,3,4,5,1,1,1\n', 'S-02/gt/gt.txt': '' });
    expect((await readAnnotations({ path: mot })).clips.map(({ clip }) => clip)).toEqual(['S-01', 'S-02']);
  });
});

describe('what is taken for annotations', () => {
  it('detections are told by their name, with the option that scores them', async () => {
    const path = await fileOf(json({ version: 'x', results: {}, external_data: {} }), 'found.json');
    await expect(readAnnotations({ path })).rejects.toThrow(
      /found\.json: .*got detections \("results"\) \(evaluate --protocol NAME --annotations TRUTH --detections FILE/,
    );
    const other = await fileOf(json({ classes: [], labels: {} }), 'other.json');
    await expect(readAnnotations({ path: other })).rejects.toThrow(/got JSON with classes, labels/);
  });

  it('an attribute is refused where a format has none', async () => {
    const path = await fileOf('label,youtube_id,time_start,time_end,split\nx,a,0,1,train\n', 'k.csv');
    await expect(readAnnotations({ path, attribute: 'mood' })).rejects.toThrow(
      /--attribute: annotations that have attributes: .*cvat.*, got kinetics/,
    );
  });

  it('lists name clips by numbers and ids too, and the class by another field where that is asked', async () => {
    const path = await fileOf(
      json([{ id: 78687, label: 'hold a cup', template: 'hold something' }]),
      'l.json',
    );
    expect((await readAnnotations({ path })).clips[0]).toMatchObject({
      clip: '78687',
      labels: ['hold a cup'],
    });
    const { classes } = await readerOf('json').read(path, { attribute: 'template' });
    expect(classes).toEqual(['hold something']);
  });
});
