import { describe, expect, it } from 'vitest';
import { readerOf } from '../../../src/dataset/formats/index.js';
import { fileOf, folderOf } from './folder.js';

const readJson = async (format: string, value: unknown) =>
  readerOf(format).read(await fileOf(JSON.stringify(value), 'file.json'));

describe('boxes.json', () => {
  it('reads tubes and chosen frames', async () => {
    const tubes = {
      'Dive/v_Dive_g01_c01': {
        numf: 9,
        class: 'Dive',
        tubes: [{ sf: 3, ef: 4, boxes_xywh: [[1, 2, 3, 4]] }],
      },
    };
    const { clips } = await readJson('boxes', tubes);
    expect(clips[0]).toMatchObject({ frames: 9, width: 320, labels: ['Dive'] });
    expect(clips[0]!.tracks[0]!.boxes).toEqual([{ frame: 3, timeSeconds: null, box: [1, 2, 4, 6] }]);
    const sampled = await readJson('boxes', {
      'bend/ido_bend': { idx: [0, 5], boxes: [[0, 0, 9, 9], null] },
    });
    expect(sampled.clips[0]!.tracks[0]!.boxes).toEqual([
      { frame: 0, timeSeconds: null, box: [0, 0, 10, 10] },
    ]);
  });

  it('refuses another number of boxes than frames', async () => {
    const bad = { 'a/b': { idx: [0, 5], boxes: [[0, 0, 9, 9]] } };
    await expect(readJson('boxes', bad)).rejects.toThrow(/file.json/);
  });
});

describe('ava', () => {
  const labels = 'item {\n  name: "walk"\n  id: 14\n}\nlabel { id: 7 name: "sit" }\n';

  it('reads boxes in parts, empty seconds and duplicates', async () => {
    const folder = await folderOf({
      'ava_val_v2.2.csv':
        'vid,0902,0.1,0.2,0.5,0.6,14,3\r\nvid,0903,0.1,0.2,0.5,0.7,14,3\r\nvid,0903,0.1,0.2,0.5,0.7,14,3\r\nother,0904,,,,,\r\n',
      'actions.pbtxt': labels,
    });
    const { clips, notes, classes } = await readerOf('ava').read(`${folder}/ava_val_v2.2.csv`);
    expect(classes).toEqual(['walk']);
    expect(clips[0]).toMatchObject({ clip: 'vid', boxUnit: 'parts', subset: 'validation' });
    expect(clips[0]!.tracks).toEqual([
      {
        id: '3/14',
        label: 'walk',
        boxes: [
          { frame: null, timeSeconds: 902, box: [0.1, 0.2, 0.5, 0.6] },
          { frame: null, timeSeconds: 903, box: [0.1, 0.2, 0.5, 0.7] },
        ],
      },
    ]);
    expect(clips[1]!.tracks).toEqual([]);
    expect(notes).toEqual([expect.stringMatching(/:3: the same as line 2, read once/)]);
  });

  it.each([
    ['vid,902,0.1,0.2,0.5,1.6,14,3', /:1: edges x1 <= x2, y1 <= y2 in 0..1/],
    ['vid,902,0.1,0.2\n', /:1: video, second, four edges/],
    ['vid,902,0.1,0.2,0.5,0.6,14,3\nvid,x,0.1,0.2,0.5,0.6,14,3', /:2: a number as the middle second, got x/],
  ])('names the line of %j', async (text, message) => {
    await expect(readerOf('ava').read(await fileOf(text, 'ava_train.csv'))).rejects.toThrow(message);
  });
});

describe('cvat', () => {
  const xml = (boxes: string) => `<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version>
<meta><task><name>my &amp; clip</name><size>10</size><original_size><width>64</width><height>48</height></original_size></task></meta>
<track id="0" label="Läufer" source="manual">${boxes}</track></annotations>`;
  const box = (frame: number, outside: number, x: number) =>
    `<box frame="${frame}" outside="${outside}" occluded="0" keyframe="1" xtl="${x}" ytl="0" xbr="${x + 10}" ybr="5.5"/>`;

  it('draws straight lines between drawn boxes and ends a track where it leaves', async () => {
    const path = await fileOf(xml(box(2, 0, 0) + box(4, 0, 4) + box(6, 1, 4)), 'annotations.xml');
    const { clips, classes } = await readerOf('cvat').read(path);
    expect(classes).toEqual(['Läufer']);
    expect(clips[0]).toMatchObject({ clip: 'my & clip', frames: 10, width: 64, height: 48 });
    expect(clips[0]!.tracks[0]!.boxes.map(({ frame, box: b }) => [frame, b[0]])).toEqual([
      [2, 0],
      [3, 2],
      [4, 4],
      [5, 4],
    ]);
  });

  it.each([
    [xml(box(2, 0, 0)).replace('</track>', ''), /annotations.xml:\d+: XML/],
    [xml(box(2, 0, 0).replace('"2"', '"two"')), /track > 0 > box > 0 > @frame: expected a number/],
    [xml(box(2, 0, 0).replace('xbr="10"', 'xbr="-1"')), /a box must have xtl <= xbr/],
    ['<annotations><image id="0" name="a.jpg"/></annotations>', /this file lists images/],
  ])('names the place of a fault (%#)', async (text, message) => {
    await expect(readerOf('cvat').read(await fileOf(text, 'annotations.xml'))).rejects.toThrow(message);
  });
});

describe('label-studio', () => {
  const key = (frame: number, x: number, enabled = true) => ({
    frame,
    x,
    y: 0,
    width: 10,
    height: 50,
    enabled,
  });
  const task = (result: unknown[]) => [{ data: { video: 'a.mp4' }, annotations: [{ result }] }];
  const boxes = {
    id: 'r1',
    type: 'videorectangle',
    value: {
      framesCount: 20,
      duration: 2,
      labels: ['run'],
      sequence: [key(1, 0), key(3, 20, false), key(6, 0)],
    },
  };
  const line = {
    id: 't',
    type: 'timelinelabels',
    value: { ranges: [{ start: 1, end: 10 }], timelinelabels: ['run'] },
  };

  it('turns percents to parts, frames to a count from 0 and ranges to seconds', async () => {
    const { clips } = await readJson('label-studio', task([boxes, line]));
    expect(clips[0]).toMatchObject({ clip: 'a.mp4', boxUnit: 'parts', frames: 20, frameRate: 10 });
    expect(clips[0]!.tracks[0]!.boxes.map(({ frame, box }) => [frame, box[0]])).toEqual([
      [0, 0],
      [1, 0.1],
      [2, 0.2],
      [5, 0],
    ]);
    expect(clips[0]!.segments).toEqual([{ label: 'run', startSeconds: 0, endSeconds: 1 }]);
  });

  it('names what it leaves out and what it assumes', async () => {
    const broken = { ...boxes, value: { sequence: [key(0, 1)] } };
    const { notes } = await readJson('label-studio', task([{ type: 'rating', value: {} }, broken, line]));
    expect(notes).toEqual([
      expect.stringMatching(/file.json > 0: a result of rating is left out \(not read here\)/),
      expect.stringMatching(/a result of videorectangle is left out \(value.sequence.0.frame/),
      expect.stringMatching(/no frame rate is told, 24 is assumed/),
    ]);
  });

  it('refuses what is no export', async () => {
    await expect(readJson('label-studio', { tasks: [] })).rejects.toThrow(/file.json: .*array/);
  });
});

describe('via', () => {
  const project = (metadata: object) => ({
    attribute: { '1': { aname: 'action', options: { '0': 'run' } } },
    file: { '1': { fid: 1, fname: 'ü.mp4', type: 4 } },
    view: { '1': { fid_list: [1] } },
    metadata,
  });

  it('reads stretches of time and rectangles, by class', async () => {
    const { clips, notes } = await readJson(
      'via',
      project({
        a: { vid: '1', z: [1, 2.5], xy: [], av: { '1': '0' } },
        b: { vid: '1', z: [2], xy: [2, 10, 20, 30, 40], av: { '1': '0' } },
        c: { vid: '1', z: [1.5], xy: [2, 0, 0, 1, 1], av: { '1': '0' } },
        d: { vid: '1', z: [1.5], xy: [3, 0, 0, 1], av: {} },
        e: { vid: '9', z: [1, 2], xy: [], av: {} },
      }),
    );
    expect(clips[0]).toMatchObject({
      clip: 'ü.mp4',
      labels: ['run'],
      segments: [{ label: 'run', endSeconds: 2.5 }],
    });
    expect(clips[0]!.tracks[0]!.boxes.map(({ timeSeconds, box }) => [timeSeconds, box[2]])).toEqual([
      [1.5, 1],
      [2, 40],
    ]);
    expect(notes.map((note) => note.replace(/^.*metadata > /, ''))).toEqual([
      'd: neither a stretch of time nor a rectangle at a time, left out',
      'e: its view 9 has no file, left out',
    ]);
  });

  it('finds no view, file or attribute by a name that every object inherits', async () => {
    const entry = { z: [1, 2], xy: [], av: { toString: 'run' } };
    const { clips, notes } = await readJson(
      'via',
      project({ a: { ...entry, vid: 'constructor' }, b: { ...entry, vid: '1' } }),
    );
    expect(notes.map((note) => note.replace(/^.*metadata > /, ''))).toEqual([
      'a: its view constructor has no file, left out',
    ]);
    expect(clips.map(({ clip, labels }) => [clip, labels])).toEqual([['ü.mp4', ['run']]]);
  });

  it('names a segment that ends before it starts, and a VIA 2 project', async () => {
    const backwards = project({ a: { vid: '1', z: [2, 1], xy: [], av: {} } });
    await expect(readJson('via', backwards)).rejects.toThrow(/metadata > a > z: an end .* got 2 to 1/);
    await expect(readJson('via', { _via_img_metadata: {} })).rejects.toThrow(/a VIA 2 project of images/);
  });
});

describe('coco', () => {
  const set = (annotation: object) => ({
    images: [
      { id: 2, file_name: 'clip/frame10.jpg', width: 64, height: 48 },
      { id: 1, file_name: 'clip/frame9.jpg', width: 64, height: 48 },
    ],
    categories: [{ id: 5, name: 'runner' }],
    annotations: [{ image_id: 2, category_id: 5, bbox: [1, 2, 3, 4], track_id: 7, ...annotation }],
  });

  it('orders frames by the numbers in their names', async () => {
    const { clips } = await readJson('coco', set({}));
    expect(clips).toMatchObject([{ clip: 'clip', frames: 2, width: 64, labels: ['runner'] }]);
    expect(clips[0]!.tracks).toEqual([
      { id: '7', label: 'runner', boxes: [{ frame: 1, timeSeconds: null, box: [1, 2, 4, 6] }] },
    ]);
  });

  it('takes clip and frame from videos where the set has them', async () => {
    const value = set({});
    const images = value.images.map((image) => ({ ...image, video_id: 3, frame_id: 10 * image.id }));
    const { clips } = await readJson('coco', { ...value, images, videos: [{ id: 3, name: 'real.mp4' }] });
    expect(clips[0]!.clip).toBe('real.mp4');
    expect(clips[0]!.tracks[0]!.boxes[0]!.frame).toBe(20);
  });

  it.each([
    [{ image_id: 9 }, /annotations > 0: the id of an image, got 9/],
    [{ category_id: 9 }, /annotations > 0: the id of a category, got 9/],
    [{ bbox: [1, 2, -3, 4] }, /bbox: a bbox must not have a negative width/],
  ])('names the annotation of %j', async (change, message) => {
    await expect(readJson('coco', set(change))).rejects.toThrow(message);
  });
});
