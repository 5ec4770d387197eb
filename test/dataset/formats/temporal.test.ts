import { describe, expect, it } from 'vitest';
import { readDetections, readDurations, readerOf, trueSegments } from '../../../src/dataset/formats/index.js';
import { fileOf, folderOf } from './folder.js';

describe('thumos14', () => {
  it('reads double blanks and keeps equal lines, which it names; Ambiguous is no class', async () => {
    const folder = await folderOf({
      'Dive_test.txt': 'video_1  1.5 2.5\r\nvideo_1  1.5 2.5\r\nvideo_2 3  4',
      'Ambiguous_test.txt': 'video_2  0.0 9.0\n',
      'readme.txt': 'not a list',
    });
    const annotations = await readerOf('thumos14').read(folder);
    expect(annotations.classes).toEqual(['Dive']);
    expect(trueSegments(annotations, 'test').map(({ video, label }) => `${video} ${label}`)).toEqual([
      'video_2 Ambiguous',
      'video_2 Dive',
      'video_1 Dive',
      'video_1 Dive',
    ]);
    expect(annotations.notes).toEqual([expect.stringMatching(/Dive_test.txt:2: the same as line 1, kept/)]);
  });

  it.each([
    ['video_1 1', /Dive_val.txt:1: video, start and end, got video_1 1/],
    ['\nvideo_1 1 x', /Dive_val.txt:2: a number as end, got x/],
    ['video_1 2 1', /Dive_val.txt:1: an end that is not before the start, got 2 to 1/],
  ])('names file and line of %j', async (text, message) => {
    await expect(readerOf('thumos14').read(await folderOf({ 'Dive_val.txt': text }))).rejects.toThrow(
      message,
    );
  });
});

describe('activitynet', () => {
  const file = (segment: unknown) =>
    fileOf(
      JSON.stringify({
        database: {
          vidéo: {
            subset: 'training',
            duration: 9.5,
            resolution: '640x360',
            annotations: [{ label: 'Dive', segment }],
          },
          other: { subset: 'withheld', annotations: [] },
        },
      }),
      'gt.json',
    );

  it('takes numbers and numbers as strings alike', async () => {
    const [a, b] = await Promise.all(
      [
        [1.5, 2],
        ['1.5', '2'],
      ].map(async (s) => readerOf('activitynet').read(await file(s))),
    );
    expect(a!.clips).toEqual(b!.clips);
    expect(a!.clips[0]).toMatchObject({
      clip: 'vidéo',
      subset: 'train',
      width: 640,
      durationSeconds: 9.5,
      labels: ['Dive'],
    });
    expect(a!.notes).toEqual([expect.stringMatching(/other is of subset withheld, which is not used/)]);
  });

  it.each([
    [['x', 2], /gt.json > database > vidéo > annotations > 0 > segment > 0/],
    [[3, 2], /segment: a segment must not end before it starts/],
    [[3], /segment/],
  ])('names the field of %j', async (segment, message) => {
    await expect(readerOf('activitynet').read(await file(segment))).rejects.toThrow(message);
  });
});

describe('readDetections', () => {
  const expected = [{ video: 'v', label: 'Dive', startSeconds: 1, endSeconds: 2.5, score: 0.25 }];

  it('reads text with class numbers and JSON with labels', async () => {
    expect(await readDetections(await fileOf('v  1 2.5 2 0.25\r\n', 'd.txt'), ['Run', 'Dive'])).toEqual(
      expected,
    );
    const json = { results: { v: [{ label: 'Dive', score: '0.25', segment: ['1', 2.5] }] } };
    expect(await readDetections(await fileOf(JSON.stringify(json), 'd.json'), [])).toEqual(expected);
  });

  it.each([
    ['v 1 2 3 0.5', /d.txt:1: a class in 1..2, got 3/],
    ['v 1 2 1', /d.txt:1: video, start, end, class and score/],
    ['v 1 2 1 high', /d.txt:1: a number as score, got high/],
  ])('names the line of %j', async (text, message) => {
    await expect(readDetections(await fileOf(text, 'd.txt'), ['Run', 'Dive'])).rejects.toThrow(message);
  });
});

describe('readDurations', () => {
  it('pairs a file with the seconds on the next line, and names the line that does not fit', async () => {
    const path = await fileOf('video_1.mp4\r\n51.3\r\nvideo_2.mp4\n9');
    expect([...(await readDurations(path))]).toEqual([
      ['video_1', 51.3],
      ['video_2', 9],
    ]);
    await expect(readDurations(await fileOf('a.mp4\n5\nb.mp4\n'))).rejects.toThrow(
      /file.txt:4: a number as seconds/,
    );
    await expect(readDurations(await fileOf('a.mp4\n5\n6\n'))).rejects.toThrow(
      /file.txt:3: a video file, got 6/,
    );
  });
});
