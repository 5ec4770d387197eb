// Annotations as tools really write them: what is read, and what the truth of a clip is then.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetOf } from '../../../src/dataset/annotated.js';
import { readAnnotations, type AnnotatedClip } from '../../../src/dataset/index.js';
import { truthOf } from '../../../src/dataset/formats/truth.js';
import { readDetections, readerOf } from '../../../src/dataset/formats/index.js';
import { matchedDetections } from '../../../src/evaluate/protocols/matchedDetections.js';
import { fileOf, folderOf } from './folder.js';

const json = async (value: unknown, name = 'file.json') => fileOf(JSON.stringify(value), name);
const read = async (value: unknown, attribute?: string) =>
  readAnnotations({ path: await json(value), attribute });
const brief = (clips: readonly AnnotatedClip[]) => clips.map(({ clip, labels }) => [clip, ...labels]);
const video = { width: 640, height: 360, frameRate: 30, durationSeconds: 10 };

describe('Label Studio', () => {
  const key = (frame: number, x: number) => ({ frame, enabled: true, x, y: 0, width: 10, height: 10 });
  const boxes = (sequence: object[], label = 'run') => ({
    id: 't',
    type: 'videorectangle',
    value: { framesCount: 240, duration: 10, labels: [label], sequence },
  });
  const task = (data: object, ...result: object[]) => ({ data, annotations: [{ result }] });

  it('counts frames at its own rate: 240 in 10 s are 300 of a file of 30 a second', async () => {
    const { clips } = await read([task({ video: 'l.mp4' }, boxes([key(1, 0), key(240, 50)]))]);
    const truth = truthOf(clips[0]!, video);
    expect([truth.startSeconds, truth.endSeconds]).toEqual([0, 10]);
    expect(truth.frames).toHaveLength(300);
    // Frame 121 of the tool starts at 5 s, as frame 150 of the file; 120/239 of the way from 0 to 320 pixels.
    expect(truth.frames[150]).toMatchObject({ index: 150, timeSeconds: 5 });
    expect(truth.frames[150]!.box![0]).toBeCloseTo((120 / 239) * 320, 6);
  });

  it('gives a track that covers a part the extent that it has in seconds', async () => {
    const { clips } = await read([task({ video: 'l.mp4' }, boxes([key(49, 0), key(96, 0)]))]);
    expect(truthOf(clips[0]!, video)).toMatchObject({ startSeconds: 2, endSeconds: 4 });
  });

  it('gives no frame behind the end of the file, and refuses a track that would fill the memory', async () => {
    const { clips } = await read([task({ video: 'l.mp4' }, boxes([key(1, 0), key(240, 50)]))]);
    expect(truthOf(clips[0]!, { ...video, durationSeconds: 4 }).frames.at(-1)!.index).toBe(119);
    await expect(read([task({ video: 'l.mp4' }, boxes([key(1, 0), key(9e9, 50)]))])).rejects.toThrow(
      /file.json > 0 > t: a track of at most 2000000 frames, got frames 0 to 8999999999/,
    );
  });

  it('takes 24 frames a second where no rate is told, and says so', async () => {
    const timeline = {
      type: 'timelinelabels',
      value: { ranges: [{ start: 13, end: 48 }], timelinelabels: ['run'] },
    };
    const { clips, notes } = await read([task({ clip: 'l.mp4' }, timeline)]);
    expect(clips[0]!.segments).toEqual([{ label: 'run', startSeconds: 0.5, endSeconds: 2 }]);
    expect(notes).toEqual([expect.stringMatching(/no frame rate is told, 24 is assumed/)]);
  });

  it('reads choices, stretches in seconds, and names of uploads, local files, clouds and addresses', async () => {
    const choice = (label: string) => ({ type: 'choices', from_name: 'what', value: { choices: [label] } });
    const stretch = { type: 'labels', value: { start: 0.5, end: 2, labels: ['run'] } };
    const { clips } = await read([
      task({ video: '/data/upload/1/3d3ad63e-a%20b.avi' }, choice('run')),
      task({ any: '/data/local-files/?d=set/clips/c.avi' }, choice('jump')),
      task({ video_url: 's3://bucket/clips/d.avi?versionId=3' }, stretch),
      task({ url: 'https://example.org/x/e.mp4#t=1' }, choice('run')),
    ]);
    expect(brief(clips)).toEqual([
      ['a b.avi', 'run'],
      ['set/clips/c.avi', 'jump'],
      ['clips/d.avi', 'run'],
      ['x/e.mp4', 'run'],
    ]);
    expect(clips[0]!.alsoNamed).toEqual(['3d3ad63e-a b.avi']);
    expect(clips[2]!.segments).toEqual([{ label: 'run', startSeconds: 0.5, endSeconds: 2 }]);
  });

  it('reads JSON-MIN and CSV, and asks which field is the class where several could be', async () => {
    const record = { id: 1, annotator: 1, annotation_id: 1, lead_time: 3, video: 'a.mp4' };
    const timeline = [{ ranges: [{ start: 1, end: 24 }], timelinelabels: ['run'] }];
    const { clips } = await read([{ ...record, choice: 'jump', comment: 'dark', when: timeline }]);
    expect(brief(clips)).toEqual([['a.mp4', 'jump', 'run']]);
    expect(clips[0]!.segments).toEqual([{ label: 'run', startSeconds: 0, endSeconds: 1 }]);
    const csv =
      'annotation_id,annotator,lead_time,video,when\n1,1,2,a.mp4,"[{""start"":1,""end"":2,""labels"":[""run""]}]"\n';
    const table = await readAnnotations({ path: await fileOf(csv, 'ls.csv') });
    expect(table.clips[0]!.segments).toEqual([{ label: 'run', startSeconds: 1, endSeconds: 2 }]);
    const unclear = [{ ...record, hand: 'left', foot: 'right' }];
    await expect(read(unclear)).rejects.toThrow(
      /one field that holds the class, got hand, foot .*--attribute/,
    );
    expect(brief((await read(unclear, 'foot')).clips)).toEqual([['a.mp4', 'right']]);
  });

  it('takes the ends of a taxonomy as classes, in either form, and names fields that it does not read', async () => {
    const taxonomy = [['sport', 'run'], ['rest']];
    const result = [{ type: 'taxonomy', from_name: 'kind', value: { taxonomy } }];
    const long = await read([{ data: { video: 'a.mp4' }, annotations: [{ result }] }]);
    const record = { id: 1, annotator: 1, annotation_id: 1, lead_time: 3, video: 'a.mp4' };
    const flat = await read([{ ...record, kind: taxonomy, points: [{ x: 1, y: 2 }] }]);
    for (const { clips } of [long, flat]) expect(brief(clips)).toEqual([['a.mp4', 'run', 'rest']]);
    expect(flat.notes.join()).toContain('fields that are not read: points');
  });
});

describe('CVAT', () => {
  const box = (frame: number, x: number, more = '') =>
    `<box frame="${frame}" outside="0" xtl="${x}" ytl="0" xbr="${x + 10}" ybr="10" ${more}/>`;
  const track = (inner: string, more = '') => `<track id="0" label="run" ${more}>${inner}</track>`;
  const file = (meta: string, body: string) => `<annotations><meta>${meta}</meta>${body}</annotations>`;
  const size = '<original_size><width>64</width><height>48</height></original_size>';
  const job = `<job><id>9</id><size>5</size><start_frame>0</start_frame><stop_frame>4</stop_frame></job>${size}`;
  const readXml = async (text: string, name = 'run1.xml') => readerOf('cvat').read(await fileOf(text, name));

  it('takes the file’s name for a job, which has none, and keeps the last box to the end', async () => {
    const { clips, notes } = await readXml(file(job, track(box(0, 0) + box(2, 4))));
    expect(clips).toMatchObject([{ clip: 'run1', frames: 5, width: 64, isNameGuessed: true }]);
    expect(clips[0]!.tracks[0]!.boxes.map(({ frame, box: b }) => [frame, b[0]])).toEqual([
      [0, 0],
      [1, 2],
      [2, 4],
      [3, 4],
      [4, 4],
    ]);
    expect(notes).toEqual([expect.stringMatching(/the name of the video is not told .*taken as run1/)]);
    const folder = await folderOf({ 'other.mp4': 'x' });
    const annotations = await readerOf('cvat').read(await fileOf(file(job, track(box(0, 0))), 'j.xml'));
    const dataset = await datasetOf(folder, annotations);
    expect(dataset.clips.map(({ name }) => name)).toEqual(['run/other.mp4']);
  });

  it('gives each task of a project its own clip, size and tracks', async () => {
    const task = (id: number, name: string) =>
      `<task><id>${id}</id><name>t</name><size>${id}</size><source>${name}</source>${size}</task>`;
    const meta = `<project><tasks>${task(11, 'a.mp4')}${task(12, 'b.mp4')}</tasks></project>`;
    const { clips } = await readXml(
      file(
        meta,
        track(box(0, 0), 'task_id="12"') +
          track(box(1, 0), 'task_id="11"') +
          track(box(2, 0), 'task_id="12"'),
      ),
    );
    expect(clips.map(({ clip, frames, tracks }) => [clip, frames, tracks.length])).toEqual([
      ['a.mp4', 11, 1],
      ['b.mp4', 12, 2],
    ]);
  });

  it('reads a folder of files, and frames of the source where a task has start and step', async () => {
    const task = (name: string, more = '') => `<task><name>${name}</name><size>3</size>${more}${size}</task>`;
    const step =
      '<start_frame>10</start_frame><stop_frame>20</stop_frame><frame_filter>step=5</frame_filter>';
    const path = await folderOf({
      '1.xml': file(task('a.mp4'), track(box(0, 0))),
      '2.xml': file(task('b.mp4', step), track(box(10, 0) + box(15, 5))),
    });
    const { clips } = await readAnnotations({ path });
    expect(clips.map(({ clip, frames }) => [clip, frames])).toEqual([
      ['a.mp4', 3],
      ['b.mp4', undefined],
    ]);
    expect(clips[1]!.tracks[0]!.boxes.map(({ frame }) => frame)).toEqual([
      10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
    ]);
  });

  it.each([
    ['<polygon frame="0" outside="0" points="10,20;30,20;30,44"/>', [10, 20, 30, 44], 'polygon'],
    ['<points frame="0" outside="0" points="10,20"/>', [10, 20, 10, 20], 'points'],
    ['<mask frame="0" outside="0" rle="1" left="2" top="3" width="4" height="5"/>', [2, 3, 6, 8], 'mask'],
    ['<ellipse frame="0" outside="0" cx="20" cy="20" rx="4" ry="3"/>', [16, 17, 24, 23], 'ellipse'],
    [
      '<skeleton frame="0"><points outside="0" points="5,6"/><points outside="1" points="0,0"/><points outside="0" points="9,8"/></skeleton>',
      [5, 6, 9, 8],
      'skeleton',
    ],
  ])('makes the box around %s', async (shape, expected, name) => {
    const { clips, notes } = await readXml(file(job, track(shape)));
    expect(clips[0]!.tracks[0]!.boxes[0]!.box).toEqual(expected);
    expect(notes.join()).toContain(`1 of shape ${name} became the boxes around them`);
  });

  it('makes the upright box around a turned one', async () => {
    // 10 x 10 about (15, 5), turned by 45 degrees: half a diagonal, 7.07, to each side
    const { clips } = await readXml(
      file(
        job,
        track(box(0, 10, 'rotation="45"').replace('ytl="0"', 'ytl="10"').replace('ybr="10"', 'ybr="20"')),
      ),
    );
    const [x0, y0, x1, y1] = clips[0]!.tracks[0]!.boxes[0]!.box;
    for (const [edge, expected] of [
      [x0, 15 - 7.0711],
      [y0, 15 - 7.0711],
      [x1, 15 + 7.0711],
      [y1, 15 + 7.0711],
    ])
      expect(edge).toBeCloseTo(expected!, 3);
  });
});

describe('VIA', () => {
  const project = (attribute: object, metadata: object) => ({
    attribute,
    file: { '1': { fname: 'a.mp4' } },
    view: { '1': { fid_list: [1] } },
    metadata,
  });
  const options = { '0': 'bend', '1': 'walk' };
  const entry = (av: object, z = [1, 2], xy: number[] = []) => ({ vid: '1', z, xy, av });

  it('takes every tick of a check box, and classes of the whole file', async () => {
    const { clips } = await read(
      project({ '1': { aname: 'action', type: 2, options } }, { m: entry({ '1': '0,1' }) }),
    );
    expect(clips[0]!.segments.map(({ label }) => label)).toEqual(['bend', 'walk']);
    const whole = await read(
      project({ '1': { aname: 'class', type: 3, options } }, { m: entry({ '1': '1' }, []) }),
    );
    expect(brief(whole.clips)).toEqual([['a.mp4', 'walk']]);
    expect(whole.notes).toEqual([]);
  });

  it('asks which attribute is the class where an entry has several, and takes the one chosen', async () => {
    const two = project(
      {
        '1': { aname: 'action', type: 4, options },
        '2': { aname: 'hand', type: 4, options: { '0': 'left' } },
      },
      { m: entry({ '1': '1', '2': '0' }), n: entry({ '2': '0' }, [3, 4]) },
    );
    await expect(read(two)).rejects.toThrow(
      /one attribute that holds the class, got action, hand .*--attribute/,
    );
    expect((await read(two, 'action')).clips[0]!.segments).toEqual([
      { label: 'walk', startSeconds: 1, endSeconds: 2 },
    ]);
    await expect(read(two, 'foot')).rejects.toThrow(/an attribute of .*\(action, hand\), got foot/);
  });

  it('reads boxes in pixels as a browser shows them', async () => {
    const shown = project(
      { '1': { aname: 'c', type: 4, options } },
      { m: entry({ '1': '0' }, [1], [2, 640, 90, 320, 180]) },
    );
    const { clips } = await read(shown);
    // 640 stored pixels twice as wide as high are shown 1280 wide, and so are counted
    expect(truthOf(clips[0]!, { ...video, pixelAspect: 2 }).frames[0]!.box).toEqual([640, 90, 960, 270]);
    expect(truthOf(clips[0]!, video).frames[0]!.box).toEqual([640, 90, 960, 270]);
  });
});

describe('COCO', () => {
  const set = (files: string[], annotation: object) => ({
    images: files.map((file_name, id) => ({ id, file_name })),
    categories: [{ id: 5, name: 'run' }],
    annotations: files.map((_, id) => ({ image_id: id, category_id: 5, bbox: [1, 2, 3, 4], ...annotation })),
  });

  it('takes clip and frame from the names of frames in one flat folder', async () => {
    const { clips } = await read(
      set(['a_frame_000012.PNG', 'b_mp4-7_jpg.rf.0a1b2c.jpg', 'b_mp4-9_jpg.rf.0a1b2d.jpg'], {}),
    );
    expect(clips.map(({ clip, tracks }) => [clip, tracks[0]!.boxes.map(({ frame }) => frame)])).toEqual([
      ['a', [12]],
      ['b.mp4', [7, 9]],
    ]);
    const nameless = await read(set(['images/frame_000003.PNG'], {}));
    expect(nameless.clips).toMatchObject([{ clip: 'file', isNameGuessed: true }]);
    expect(nameless.notes).toEqual([expect.stringMatching(/do not name their clip: taken as file/)]);
  });

  it('takes the box around an outline or key points, else the class alone, and counts that', async () => {
    const outline = await read(set(['a_1.png'], { bbox: [], segmentation: [[1, 2, 9, 2, 5, 8]] }));
    expect(outline.clips[0]!.tracks[0]!.boxes[0]!.box).toEqual([1, 2, 9, 8]);
    const joints = await read(set(['a_1.png'], { bbox: undefined, keypoints: [4, 5, 2, 0, 0, 0, 8, 7, 1] }));
    expect(joints.clips[0]!.tracks[0]!.boxes[0]!.box).toEqual([4, 5, 8, 7]);
    const { clips, notes } = await read(set(['a_1.png'], { bbox: undefined }));
    expect(clips).toMatchObject([{ clip: 'a', labels: ['run'], tracks: [] }]);
    expect(notes).toEqual([expect.stringMatching(/1 annotations have no box/)]);
  });
});

it('AVA’s columns with frames in place of seconds are MultiSports’', async () => {
  const text = 'football/v_x_c001,26,0.1,0.2,0.5,0.6,3,1\nfootball/v_x_c001,25,0.1,0.2,0.5,0.6,3,1\n';
  const { format, clips } = await readAnnotations({ path: await fileOf(text, 'train.csv') });
  expect(format).toBe('multisports');
  expect(clips[0]!.tracks[0]!.boxes.map(({ frame, timeSeconds }) => [frame, timeSeconds])).toEqual([
    [24, null],
    [25, null],
  ]);
  const ava = await readAnnotations({ path: await fileOf(text.replaceAll('football/', ''), 'train.csv') });
  expect(ava.format).toBe('ava');
});

describe('ActivityNet', () => {
  const segment = { label: 'x', score: 0.9, segment: [2, 5] };
  const truth = {
    segments: [{ video: 'a', label: 'x', startSeconds: 2, endSeconds: 5 }],
    videos: ['a', 'other'],
    subset: 'validation' as const,
  };

  it('reads mmaction2’s videos without a database, the side by the file’s name', async () => {
    const value = { a: { duration_second: 9, fps: 25, annotations: [{ segment: [0.3, 2.6], label: 'x' }] } };
    const { format, clips } = await readAnnotations({ path: await json(value, 'anet_anno_val.json') });
    expect(format).toBe('activitynet');
    expect(clips).toMatchObject([{ clip: 'a', durationSeconds: 9, subset: 'validation', labels: ['x'] }]);
  });

  it('takes v_ID for ID, in detections and among files', async () => {
    const detections = await readDetections(await json({ results: { v_a: [segment] } }), []);
    const matched = matchedDetections(detections, truth, 'd.json');
    expect(matched.detections.map(({ video: name }) => name)).toEqual(['a']);
    expect(matched.notes).toEqual([]);
    const folder = await folderOf({ 'v_a.mp4': 'x' });
    const value = { database: { a: { subset: 'training', annotations: [{ segment: [0, 1], label: 'x' }] } } };
    const dataset = await datasetOf(folder, await read(value));
    expect(dataset.clips.map(({ path }) => path)).toEqual([join(folder, 'v_a.mp4')]);
  });

  it('counts and names detections of unknown videos, and refuses a file of nothing else', async () => {
    const of = (...names: string[]) =>
      names.map((name) => ({ video: name, label: 'x', score: 1, startSeconds: 2, endSeconds: 5 }));
    expect(matchedDetections(of('a', 'b', 'other'), truth, 'd.json').notes).toEqual([
      'd.json: 1 detections are of videos that the annotations do not know, and count as false: b',
      'd.json: 1 detections are of videos without a true segment on the side validation: other',
    ]);
    expect(() => matchedDetections(of('b'), truth, 'd.json')).toThrow(/as "a", got only of others, as "b"/);
    const strange = of('a').map((one) => ({ ...one, label: 'y' }));
    expect(() => matchedDetections(strange, truth, 'd.json')).toThrow(
      /of the classes that are scored, as "x"/,
    );
  });
});
