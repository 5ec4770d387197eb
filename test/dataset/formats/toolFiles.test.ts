// The same over files that tools wrote, where they are at hand.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAnnotations, type AnnotatedClip } from '../../../src/dataset/index.js';
import { truthOf } from '../../../src/dataset/formats/truth.js';
import { fault, hasFaults } from './faults.js';
import { folderOf } from './folder.js';

const brief = (clips: readonly AnnotatedClip[]) => clips.map(({ clip, labels }) => [clip, ...labels]);
const video = { width: 640, height: 360, frameRate: 30, durationSeconds: 10 };

describe.skipIf(!hasFaults)('files of tools', () => {
  it.each([
    [
      '04-labelstudio-classes/choices.json',
      [
        ['bend1.avi', 'bend'],
        ['jack1.avi', 'jack'],
      ],
    ],
    [
      '04-labelstudio-classes/jsonmin.json',
      [
        ['bend1.avi', 'bend'],
        ['jack1.avi', 'jack'],
      ],
    ],
    [
      '04-labelstudio-classes/ls.csv',
      [
        ['bend1.avi', 'bend'],
        ['jack1.avi', 'jack'],
      ],
    ],
    ['04-labelstudio-classes/seg_labels.json', [['bend1.avi', 'bend']]],
    [
      '04-labelstudio-classes/timeline_local.json',
      [
        ['mydata/clips/bend1.avi', 'bend'],
        ['jack1.avi', 'jack'],
        ['clips/bend2.avi', 'bend'],
      ],
    ],
    [
      '05-gbk-list/gbk.csv',
      [
        ['bend1.avi', '走路'],
        ['bend2.avi', '挥手'],
        ['jack1.avi', '唱歌'],
        ['jack2.avi', '拥抱'],
      ],
    ],
    [
      '05-gbk-list/utf16.csv',
      [
        ['bend1.avi', 'bend'],
        ['jack1.avi', 'jack'],
      ],
    ],
    ['06-cvat-job-project/job.xml', [['job', 'bend']]],
    ['06-cvat-job-project/poly.xml', [['bend1.avi', 'bend']]],
    [
      '06-cvat-job-project/project.xml',
      [
        ['bend1.avi', 'bend'],
        ['jack1.avi', 'jack'],
      ],
    ],
    [
      '08-via-checkbox/checkbox.json',
      [
        ['bend1.avi', 'bend', 'walk'],
        ['jack1.avi', 'jack'],
      ],
    ],
    [
      '08-via-checkbox/file_level.json',
      [
        ['bend1.avi', 'bend'],
        ['jack1.avi', 'jack'],
      ],
    ],
    [
      '12-lists/anet_mmaction.json',
      [
        ['bend1', 'bend'],
        ['jack1', 'jack'],
      ],
    ],
    [
      '12-lists/caps.csv',
      [
        ['bend1.avi', 'bend'],
        ['jack1.avi', 'jack'],
      ],
    ],
    [
      '12-lists/semicolon.csv',
      [
        ['bend1.avi', 'bend'],
        ['jack1.avi', 'jack'],
      ],
    ],
    [
      '12-lists/subset.json',
      [
        ['bend1.avi', 'bend'],
        ['jack1.avi', 'jack'],
      ],
    ],
    ['12-lists/train.json', [['3_000000_000002', 'label_2']]],
    [
      '12-lists/video_class.csv',
      [
        ['bend1.avi', 'bend'],
        ['jack1.avi', 'jack'],
      ],
    ],
  ])('%s names these clips and classes', async (name, expected) => {
    expect(brief((await readAnnotations({ path: fault(name) })).clips)).toEqual(expected);
  });

  it('a timeline of 24 frames a second starts and ends where it was drawn', async () => {
    const { clips } = await readAnnotations({ path: fault('04-labelstudio-classes/timeline_local.json') });
    expect(clips[0]!.segments).toEqual([{ label: 'bend', startSeconds: 0.5, endSeconds: 50 / 24 }]);
  });

  it('boxes over the whole of a clip of 30 frames a second are the whole clip', async () => {
    const { clips } = await readAnnotations({ path: fault('02-labelstudio-rate/whole-clip.json') });
    const extents = clips.map((clip) => truthOf(clip, video)).map((t) => [t.startSeconds, t.endSeconds]);
    expect(extents).toEqual([
      [0, 10],
      [0, 10],
    ]);
  });

  it('the same list in GB18030 and in UTF-8 is the same', async () => {
    const folder = await folderOf({});
    for (const name of ['gbk.csv', 'utf8.csv']) await cp(fault(`05-gbk-list/${name}`), join(folder, name));
    const [gbk, utf8] = await Promise.all(
      ['gbk.csv', 'utf8.csv'].map((name) => readAnnotations({ path: join(folder, name) })),
    );
    expect(gbk!.clips).toEqual(utf8!.clips);
    expect(gbk!.notes).toEqual([expect.stringMatching(/read as gb18030/)]);
  });
});
