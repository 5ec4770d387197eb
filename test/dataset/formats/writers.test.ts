// What is written is read back equal by our own readers.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { interpolated } from '../../../src/dataset/formats/interpolate.js';
import {
  clipsOfResults,
  exportResults,
  readDetections,
  readerOf,
  readResults,
  writerOf,
  type AnnotatedClip,
} from '../../../src/dataset/formats/index.js';
import { truthOf } from '../../../src/dataset/formats/truth.js';
import { classFreeActors, type Box, type Result } from '../../../src/result.js';
import { fileOf, folderOf } from './folder.js';

const boxA: Box = [10.25, 20.5, 30.75, 60];
const boxB: Box = [14.13, 22.07, 34.9, 61.99];

function result(clip: string, boxes: [number, Box | null][]): Result {
  const answer = {
    clip,
    model: { id: 'm', attention: 'joint', backbone: 'small' },
    video: {
      ...{ width: 160, height: 120, frames: 40, frameRate: 25, durationSeconds: 1.6 },
      ...{ damagedFrames: 0, missingFrames: 0 },
    },
    classes: [
      { label: 'Jumping Jack & "co"', probability: 0.9 },
      { label: 'Läufer', probability: 0.1 },
    ],
    frames: boxes.map(([index, box]) => ({ index, timeSeconds: index / 25, weight: 0.25, box })),
    segments: [
      { label: 'Jumping Jack & "co"', startSeconds: 0.2, endSeconds: 1.2, score: 0.75 },
      { label: 'Läufer', startSeconds: 0, endSeconds: 0.4, score: 0.25 },
    ],
    warnings: [],
  };
  return { ...answer, version: 2, ...classFreeActors(answer) };
}

const results = [
  result('data/left/a, b.mp4', [
    [0, boxA],
    [10, boxB],
    [20, null],
    [30, boxA],
    [30, boxA],
  ]),
  result('data/right/a, b.mp4', [[39, boxB]]),
];

/** Writes in a format into a new folder and reads the files again. */
async function roundTrip(format: string, own = results): Promise<AnnotatedClip[]> {
  const out = join(await folderOf({}), 'out.x');
  const { files } = await exportResults(own, writerOf(format), out);
  const read = await Promise.all(
    files
      .filter((file) => !/\.(pbtxt|ini)$|\.labels\.txt$/.test(file))
      .map((file) => readerOf(format).read(file)),
  );
  expect(read.flatMap(({ notes }) => notes)).toEqual([]);
  return read.flatMap(({ clips }) => clips);
}

/** Boxes with their label, in order of time, in pixels. */
function boxesOf({ tracks, boxUnit }: AnnotatedClip) {
  const scale = boxUnit === 'parts' ? [160, 120] : [1, 1];
  return tracks
    .flatMap(({ label, boxes }) =>
      boxes.map(({ frame, timeSeconds, box }) => ({
        label,
        frame: frame ?? Math.round(timeSeconds! * 25),
        box: box.map((edge, e) => edge * scale[e % 2]!),
      })),
    )
    .sort((a, b) => a.frame - b.frame || a.label.localeCompare(b.label));
}

function expectBoxes(
  read: AnnotatedClip,
  wanted: readonly { label: string; frame: number; box: readonly number[] }[],
) {
  const own = boxesOf(read);
  expect(own.map(({ label, frame }) => [label, frame])).toEqual(
    wanted.map(({ label, frame }) => [label, frame]),
  );
  own.forEach(({ box }, i) => box.forEach((edge, e) => expect(edge).toBeCloseTo(wanted[i]!.box[e]!, 9)));
}

const written = clipsOfResults(results);

describe('clipsOfResults', () => {
  it('names clips by as much of the path as tells them apart', () => {
    expect(written.map(({ clip }) => clip)).toEqual(['left/a, b.mp4', 'right/a, b.mp4']);
    expect(clipsOfResults([results[0]!], { withoutEnding: true })[0]!.clip).toBe('a, b');
  });

  it('ends a track where a frame has no box, and takes a repeated frame once', () => {
    const tracks = written[0]!.tracks.map(({ id, label, boxes }) => [
      id,
      label,
      boxes.map(({ frame }) => frame),
    ]);
    // The first class lasts from frame 5 to 30, the second to frame 10: that frame is of both.
    expect(tracks).toEqual([
      ['1', 'Jumping Jack & "co"', [10]],
      ['2', 'Jumping Jack & "co"', [30]],
      ['3', 'Läufer', [0, 10]],
    ]);
  });

  it('gives the boxes of an actor its class, and boxes that know no class the best one where no actor is', () => {
    const one = result('a.mp4', [
      [0, boxA],
      [10, boxA],
      [20, boxA],
    ]);
    const actor = (label: string, boxes: (Box | null)[]) => ({ label, score: 0.5, boxes, segments: [] });
    const actors = [actor('Läufer', [boxB, boxB, null]), actor('x', [boxA, null, null])];
    const [clip] = clipsOfResults([{ ...one, actors, segments: [] }]);
    expect(clip!.labels).toEqual(['Jumping Jack & "co"', 'Läufer', 'x']);
    expect(
      clip!.tracks.map(({ label, boxes }) => [label, boxes.map(({ frame, box }) => [frame, box])]),
    ).toEqual([
      ['Läufer', [0, 10].map((frame) => [frame, boxB])],
      ['x', [[0, boxA]]],
      ['Jumping Jack & "co"', [[20, boxA]]],
    ]);
  });
});

describe.each(['via', 'coco', 'ava'])('%s', (format) => {
  it('gives back every box of every clip', async () => {
    const read = await roundTrip(format);
    const name = (clip: string) => (format === 'ava' ? clip.replace('.mp4', '') : clip);
    expect(read.map(({ clip }) => clip)).toEqual(written.map(({ clip }) => name(clip)));
    // AVA's list of actions knows no escape for a double quote.
    const label = (text: string) => (format === 'ava' ? text.replaceAll('"', "'") : text);
    read.forEach((clip, i) =>
      expectBoxes(
        clip,
        boxesOf(written[i]!).map((box) => ({ ...box, label: label(box.label) })),
      ),
    );
  });
});

describe.each(['cvat', 'label-studio'])('%s', (format) => {
  it('gives back the boxes, and those on the straight line between them', async () => {
    const read = await roundTrip(format);
    expect(read.map(({ clip, frames }) => [clip, frames])).toEqual(written.map(({ clip }) => [clip, 40]));
    read.forEach((clip, i) => {
      const dense = written[i]!.tracks.flatMap(({ label, boxes }) =>
        interpolated(boxes.map(({ frame, box }) => ({ frame: frame!, box, isShown: true }))).map((box) => ({
          ...{ label, frame: box.frame!, box: box.box },
        })),
      );
      expect(dense.length).toBe(i === 0 ? 13 : 1);
      expectBoxes(
        clip,
        dense.sort((a, b) => a.frame - b.frame || a.label.localeCompare(b.label)),
      );
    });
  });
});

describe.each(['via', 'label-studio', 'activitynet'])('%s', (format) => {
  it('gives back every segment', async () => {
    const read = await roundTrip(format);
    read.forEach((clip, i) => {
      const own = written[i]!.segments;
      expect(clip.segments.map(({ label }) => label)).toEqual(own.map(({ label }) => label));
      clip.segments.forEach(({ startSeconds, endSeconds }, s) => {
        expect(startSeconds).toBeCloseTo(own[s]!.startSeconds, 9);
        expect(endSeconds).toBeCloseTo(own[s]!.endSeconds, 9);
      });
    });
  });
});

it('activitynet: the same file holds scored detections, which `evaluate --detections` reads', async () => {
  const out = join(await folderOf({}), 'found.json');
  await exportResults(results, writerOf('activitynet'), out);
  const detections = await readDetections(out, []);
  expect(detections).toHaveLength(4);
  expect(detections[0]).toEqual({
    ...{ video: 'left/a, b', label: 'Jumping Jack & "co"' },
    ...{ startSeconds: 0.2, endSeconds: 1.2, score: 0.75 },
  });
});

it('label-studio: a segment between frames moves by at most half a frame', async () => {
  const [one] = results;
  const segment = { label: 'x', startSeconds: 0.333, endSeconds: 0.777, score: 1 };
  const [clip] = await roundTrip('label-studio', [{ ...one!, segments: [segment] }]);
  expect(Math.abs(clip!.segments[0]!.startSeconds - 0.333)).toBeLessThanOrEqual(0.02);
  expect(Math.abs(clip!.segments[0]!.endSeconds - 0.777)).toBeLessThanOrEqual(0.02);
});

it('a format without a place for something says how much it leaves out', async () => {
  const out = join(await folderOf({}), 'out');
  expect((await exportResults(results, writerOf('coco'), out)).notes).toEqual([
    'coco has no place for stretches of time: 4 left out',
  ]);
  expect(await exportResults(results, writerOf('activitynet'), out)).toMatchObject({
    boxes: 0,
    segments: 4,
    notes: ['activitynet has no place for boxes: 5 left out'],
  });
});

it('cvat: several clips become a folder of files, one clip the file itself', async () => {
  const out = join(await folderOf({}), 'out');
  const { files } = await exportResults(results, writerOf('cvat'), out);
  expect(files).toEqual([join(out, 'left_a, b.mp4.xml'), join(out, 'right_a, b.mp4.xml')]);
  const one = await exportResults([results[1]!], writerOf('cvat'), `${out}.xml`);
  expect(one.files).toEqual([`${out}.xml`]);
  // The only box stands on the last frame: no frame is left on which it could be out of sight.
  expect(await readFile(`${out}.xml`, 'utf8')).not.toMatch(/outside="1"/);
});

it('a file that holds no Results is refused by its name', async () => {
  const path = await fileOf('[{"version": 3}]', 'r.json');
  await expect(readResults([path])).rejects.toThrow(/r\.json/);
  await expect(readResults([await fileOf('[]', 'e.json')])).rejects.toThrow(
    /at least one Result, got an empty list/,
  );
});

it('Results of version 1 are read as version 2', async () => {
  const first = { ...result('a.mp4', [[0, boxA]]), version: 1, actors: undefined };
  const [read] = await readResults([await fileOf(JSON.stringify(first), 'r.json')]);
  expect(read).toMatchObject({ version: 2, actors: [{ label: 'Jumping Jack & "co"', boxes: [boxA] }] });
});

describe('a picture whose stored pixels are twice as wide as high', () => {
  const wide = { ...results[0]!, video: { ...results[0]!.video, pixelAspect: 2 } };
  it.each(['cvat', 'coco', 'mot'])(
    'is written in stored pixels for tools that see those: %s',
    async (format) => {
      const [read] = await roundTrip(format, [wide]);
      expect(boxesOf(read!)[0]!.box).toEqual([5.125, 20.5, 15.375, 60]);
      const { width, height, durationSeconds, frameRate } = wide.video;
      const video = { width, height, durationSeconds, frameRate, pixelAspect: 2 };
      const back = truthOf({ ...read!, labels: [read!.tracks[0]!.label] }, video);
      expect(back.frames.map(({ box }) => box)).toContainEqual(boxB); // and read back as it is shown
    },
  );

  it('is written as it is shown for VIA, which shows it in a browser', async () => {
    const [read] = await roundTrip('via', [wide]);
    expect(boxesOf(read!)[0]!.box).toEqual(boxA);
  });
});
