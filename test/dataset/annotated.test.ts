import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { classIndicesOf } from '../../src/dataset/clipClasses.js';
import { ClipIndex } from '../../src/dataset/clipIndex.js';
import { guessFormat } from '../../src/dataset/formats/guess.js';
import { notesOf, sidesOf, testSideOf } from '../../src/dataset/annotated.js';
import { openDataset } from '../../src/dataset/index.js';

let folder: string;
const inside = (...parts: string[]) => join(folder, ...parts);
const put = async (name: string, text = name) => {
  await mkdir(dirname(inside(name)), { recursive: true });
  await writeFile(inside(name), text);
};
const list = async (text: string, name = 'list.csv') => {
  await put(`lists/${name}`, text);
  return { path: inside('lists', name) };
};
const open = async (text: string, options = {}) =>
  openDataset(inside('clips'), { annotations: await list(text), ...options });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-annotated-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('ClipIndex', () => {
  it('finds clips whatever the ending and the folders above, and frame folders', async () => {
    for (const name of ['a/x.mp4', 'deep/er/ü y.avi', 'frames/run1/0001.jpg', 'frames/run1/0002.jpg'])
      await put(`clips/${name}`);
    await symlink(inside('clips'), inside('clips/loop')); // leads back up: followed once, not for ever
    const index = await ClipIndex.of(inside('clips'));
    expect(index.find('Run/deep/er/ü y.mov')).toBe(inside('clips/deep/er/ü y.avi'));
    expect(index.find('run1')).toBe(inside('clips/frames/run1'));
    expect(index.find('a/x')).toBe(inside('clips/a/x.mp4'));
    expect(index.find('z')).toBeUndefined();
  });

  it('asks for the folder where a name could mean two clips', async () => {
    for (const name of ['a/x.mp4', 'b/x.mp4']) await put(`clips/${name}`);
    const index = await ClipIndex.of(inside('clips'));
    expect(index.find('b/x.avi')).toBe(inside('clips/b/x.mp4'));
    expect(() => index.find('x')).toThrow(/one clip called x, got 2: a\/x, b\/x/);
  });
});

describe('openDataset', () => {
  beforeEach(async () => {
    for (const name of ['one.mp4', 'two.mp4', 'three.avi', 'sub/four.mkv', 'other.mp4'])
      await put(`clips/${name}`);
  });

  it('takes classes, sides and groups from a list and names what is not there', async () => {
    const dataset = await open(
      'clip,label,subset,group\r\none,run,train,g1\r\ntwo,run,test,g2\r\nthree.mp4,jump,train,g1\r\nfour,jump,validation,g3\r\nfive,fly,test,g4\r\n',
    );
    expect(dataset.classes).toEqual(['run', 'jump']);
    expect(dataset.clips.map(({ name, group, subset }) => [name, group, subset])).toEqual([
      ['run/one.mp4', 'g1', 'train'],
      ['run/two.mp4', 'g2', 'test'],
      ['jump/three.avi', 'g1', 'train'],
      ['jump/sub/four.mkv', 'g3', 'validation'],
    ]);
    const { train, validation, test } = sidesOf(dataset);
    expect([train, validation, test].map((side) => side.map(({ label }) => label))).toEqual([
      ['run', 'jump'],
      ['jump'],
      ['run'],
    ]);
    expect(testSideOf(dataset).classes).toEqual(['run']);
    expect(notesOf(dataset)).toEqual([
      '1 of 3 classes have no clip here and are left out: fly',
      `1 of 5 listed clips are not in ${inside('clips')}: five`,
    ]);
  });

  it('stops at a group and at the same bytes on two sides, or notes them where that is asked', async () => {
    const groups = 'clip,label,subset,group\none,run,train,g1\ntwo,jump,test,g1\n';
    await expect(open(groups)).rejects.toThrow(/1 leaks, first the group g1: run\/one.mp4 trains, jump\/two/);
    await put('clips/two.mp4', 'one.mp4');
    await put('clips/one.mp4', 'one.mp4');
    const bytes = 'clip,label,subset\none,run,train\ntwo,run,test\nthree,jump,train\n';
    await expect(open(bytes)).rejects.toThrow(/1 leaks, first the content run\/one.mp4/);
    const noted = await open(bytes, { leaks: 'note' });
    expect(noted.notes).toEqual([expect.stringMatching(/1 leaks, first the content/)]);
  });

  it('leaves doubled entries and entries without a side out, each with its reason', async () => {
    const dataset = await open(
      'clip,label,subset\none,run,train\none.mp4,run,train\ntwo,run,test\nthree,jump,\n',
    );
    expect(dataset.leftOut.map(({ reason }) => reason)).toEqual(['listed before as one', 'no side is given']);
  });

  it('takes all classes of a clip, those too that are the first of none', async () => {
    const dataset = await open('clip,label\ntwo,jump\none,run\none,jump\none,fly\n');
    expect(dataset.classes).toEqual(['jump', 'run', 'fly']);
    expect(dataset.clips.map(({ classIndex }) => classIndex)).toEqual([0, 1]);
    expect(dataset.clips.map(classIndicesOf)).toEqual([[0], [0, 1, 2]]);
    expect(dataset.notes).toEqual(['1 clips have several classes: all of them are learnt, and count in mAP']);
  });

  it('leaves out of what is learnt the classes that only test clips have', async () => {
    const lines =
      'clip,label,subset\none,run,train\none,jump,train\ntwo,jump,test\ntwo,fly,test\nthree,fly,test\n';
    const learnt = await open(lines, { isToLearn: true });
    expect(learnt.classes).toEqual(['run', 'jump']);
    expect(learnt.clips.map(({ name }) => name)).toEqual(['run/one.mp4', 'jump/two.mp4']);
    expect(learnt.clips.map(classIndicesOf)).toEqual([[0, 1], [1]]);
    expect(learnt.notes).toContainEqual(expect.stringMatching(/^1 test clips are left out.*\(fly\)$/));
    const scored = await open(lines);
    expect(scored.classes).toEqual(['run', 'jump', 'fly']);
    expect(scored.clips.map(classIndicesOf)).toEqual([[0, 1], [1, 2], [2]]);
  });

  it('says that clips were found, where they were and have no class', async () => {
    const tasks = JSON.stringify([{ data: { video: 'one.mp4' }, annotations: [] }]);
    await expect(
      openDataset(inside('clips'), { annotations: await list(tasks, 'tasks.json') }),
    ).rejects.toThrow(/clips with a class, .*got one clip .* that are here, as "one.mp4": no class is given/);
  });

  it('names the clips that are spelt most like one that is not there', async () => {
    await expect(open('clip,label\nthre,run\n')).rejects.toThrow(
      /as "thre", got only others.*the nearest names are three/,
    );
    const { notes } = await open('clip,label\none,run\nthre,run\n');
    expect(notes).toEqual(['"thre" is not here; the nearest names are three']);
  });

  it('finds videos by other ways of naming them: v_ID, ID_start_end, composed and decomposed letters', async () => {
    for (const name of ['v_abc.mp4', 'xyz_000007_000017.mp4', 'u\u0308.mp4']) await put(`clips/${name}`);
    const index = await ClipIndex.of(inside('clips'));
    expect(index.find('abc')).toBe(inside('clips/v_abc.mp4'));
    expect(index.find('v_xyz')).toBe(inside('clips/xyz_000007_000017.mp4'));
    expect(index.find('ü.avi')).toBe(inside('clips/u\u0308.mp4'));
    expect(index.find('abc_000001_000002')).toBe(inside('clips/v_abc.mp4'));
    expect(index.find('xyz_000020_000030')).toBeUndefined(); // another stretch of that video
  });

  it('names a folder that holds none of the clips', async () => {
    await expect(open('clip,label\nfar,run\n')).rejects.toThrow(/as "far", got only others, as "one"/);
  });
});

describe('guessFormat', () => {
  it.each([
    ['own.csv', 'clip,label\n', 'csv'],
    ['kinetics.csv', 'label,youtube_id,time_start,time_end,split\n', 'kinetics'],
    ['ava_train.csv', 'vid,0902,0.1,0.2,0.5,0.6,14,3\n', 'ava'],
    ['trainingSet.csv', 'diving/a.mp4,diving,3,0\n', 'moments'],
    ['mixed.txt', 'a/b.mp4 3\n', 'paths'],
    ['own.txt', 'Video;Class\n', 'csv'],
    ['kinetics.json', '{"a":{"annotations":{},"subset":"train","url":""}}', 'kinetics'],
    ['anet.json', '{"a":{"annotations":[]}}', 'activitynet'],
    ['min.json', '[{"annotation_id":1,"video":"a"}]', 'label-studio'],
    ['min.csv', 'annotation_id,annotator,video\n', 'label-studio'],
    ['own.json', '[{"clip":"a","label":"b"}]', 'json'],
    ['tasks.json', '[{"data":{"video":"a"}}]', 'label-studio'],
    ['net.json', '{"database":{}}', 'activitynet'],
    ['coco.json', '{"images":[],"annotations":[],"categories":[]}', 'coco'],
    ['via.json', '{"metadata":{},"file":{},"view":{}}', 'via'],
    ['boxes.json', '{"Run/a":{"idx":[0],"boxes":[[0,0,1,1]]}}', 'boxes'],
    ['annotations.xml', '<annotations/>', 'cvat'],
    ['finalAnnots.mat', '', 'ucf101-24'],
    ['ucf/classInd.txt', '', 'ucf101'],
    ['hmdb/wave_test_split1.txt', '', 'hmdb51'],
    ['thumos/Dive_test.txt', '', 'thumos14'],
    ['jhmdb/splits/wave_test_split1.txt', '', 'jhmdb'],
    ['mit/validationSet.csv', '', 'moments'],
  ])('knows %s', async (name, text, format) => {
    await put(name, text);
    expect(await guessFormat(name.includes('/') ? inside(name.split('/')[0]!) : inside(name))).toBe(format);
  });

  it('asks for the format of what it does not know', async () => {
    await put('list.lst', 'a b\n');
    await expect(guessFormat(inside('list.lst'))).rejects.toThrow(/name the format: --format csv/);
    await expect(guessFormat(inside('nowhere'))).rejects.toThrow(/nowhere/);
  });
});
