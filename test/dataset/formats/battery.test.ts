// One battery over every format that is written and read: what is written is read back equal, to a thousandth of a second;
// a broken place is named; what a file has beside what is read does no harm.
import { dirname, join } from 'node:path';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  guessFormat,
  readerOf,
  type AnnotatedClip,
  WRITERS,
  writeClips,
  writerOf,
  type WrittenClip,
} from '../../../src/dataset/formats/index.js';
import { WhereWhenError } from '../../../src/errors.js';
import { folderOf } from './folder.js';

const clip = (name: string, change: Partial<WrittenClip> = {}): WrittenClip => ({
  ...{ clip: name, labels: ['run "fast" & <far>', 'Größe, 走'], boxUnit: 'pixels' },
  ...{ frames: 100, frameRate: 25, durationSeconds: 4, width: 160, height: 120 },
  segments: [
    { label: 'run "fast" & <far>', startSeconds: 0.001, endSeconds: 1.999, subject: 'mouse 1' },
    { label: 'run "fast" & <far>', startSeconds: 1.5, endSeconds: 2.25, subject: 'mouse 1' }, // overlaps the first
    { label: 'Größe, 走', startSeconds: 2.25, endSeconds: 3.5, subject: 'Maus; 2' },
    { label: 'Größe, 走', startSeconds: 3.789, endSeconds: 3.789 }, // a moment, of nobody
  ],
  tracks: [
    {
      id: '1',
      label: 'run "fast" & <far>',
      boxes: [
        { frame: 0, timeSeconds: 0, box: [10.25, 20.5, 30.75, 60] },
        { frame: 12, timeSeconds: 0.48, box: [14, 22, 34.5, 62] },
      ],
    },
    { id: '2', label: 'Größe, 走', boxes: [{ frame: 12, timeSeconds: 0.48, box: [80, 0, 160, 120] }] },
  ],
  ...change,
});

async function written(format: string, clips: readonly WrittenClip[]) {
  const writer = writerOf(format);
  const folder = await folderOf({});
  const one = join(folder, `${clips[0]!.clip.replace(/.*\//, '')}${writer.ending}`);
  const { files, notes } = await writeClips(
    clips,
    writer,
    writer.isFolder || clips.length > 1 ? join(folder, 'out') : one,
  );
  return { path: writer.isFolder ? join(folder, 'out') : files[0]!, files, notes, writer };
}

/** Formats whose rules keep less: actions of AVA know no double quote; frames of Label Studio are whole. */
const LOSES: Record<
  string,
  { label?: (text: string) => string; seconds?: number; subject?: false; stem?: true }
> = {
  ava: { label: (text) => text.replaceAll('"', "'") },
  'label-studio': { seconds: 0.021, subject: false },
  via: { subject: false },
  activitynet: { subject: false },
};
const DENSE = ['cvat', 'label-studio']; // which draw the boxes between

const flat = ({ tracks, boxUnit }: AnnotatedClip) =>
  tracks
    .flatMap(({ label, boxes }) =>
      boxes.map(({ frame, timeSeconds, box }) => ({
        label,
        frame: frame ?? Math.round(timeSeconds! * 25),
        box: box.map((edge, e) => (boxUnit === 'parts' ? edge * [160, 120][e % 2]! : edge)),
      })),
    )
    .sort((a, b) => a.frame - b.frame || a.label.localeCompare(b.label));
const inTime = (one: AnnotatedClip) =>
  [...one.segments].sort((a, b) => a.startSeconds - b.startSeconds || a.endSeconds - b.endSeconds);

describe.each(WRITERS.map(({ format }) => format))('%s', (format) => {
  const { label: known = (text: string) => text, seconds = 0.001, subject = true } = LOSES[format] ?? {};

  it('gives back what was written, under the same name, and is known by its looks', async () => {
    const own = clip('ü run_1.mp4');
    const { path, writer } = await written(format, [own]);
    expect(await guessFormat(path)).toBe(format === 'bouts' ? 'csv' : format);
    const { clips } = await readerOf(format).read(path);
    expect(clips.map((one) => one.clip)).toEqual(['ü run_1.mp4']);
    if (writer.holds.includes('segments')) {
      const [read, wanted] = [inTime(clips[0]!), inTime(own)];
      expect(read.map((one) => one.label)).toEqual(wanted.map((one) => known(one.label)));
      if (subject) expect(read.map((one) => one.subject)).toEqual(wanted.map((one) => one.subject));
      read.forEach(({ startSeconds, endSeconds }, i) => {
        // Half a thousandth is what rounding to thousandths may move.
        expect(Math.abs(startSeconds - wanted[i]!.startSeconds)).toBeLessThanOrEqual(seconds);
        // A moment is at least one frame long where stretches are whole frames.
        const slack = format === 'label-studio' && i === 3 ? 0.04 : 0;
        expect(Math.abs(endSeconds - wanted[i]!.endSeconds)).toBeLessThanOrEqual(seconds + slack);
      });
    }
    if (writer.holds.includes('boxes')) {
      const wanted = flat(own);
      const at = new Set(wanted.map(({ frame }) => frame));
      const read = flat(clips[0]!).filter(({ frame }) => !DENSE.includes(format) || at.has(frame));
      expect(read.map(({ label, frame }) => [label, frame])).toEqual(
        wanted.map(({ label, frame }) => [known(label), frame]),
      );
      read.forEach(({ box }, i) => box.forEach((edge, e) => expect(edge).toBeCloseTo(wanted[i]!.box[e]!, 5)));
    }
  });

  it('refuses what cannot be before it is written, and cuts boxes at the picture', async () => {
    const backwards = [{ label: 'x', startSeconds: 2, endSeconds: 1 }];
    await expect(written(format, [clip('a.mp4', { segments: backwards })])).rejects.toThrow(
      /a.mp4 > segment 1: an end that is not before the start, got 2 to 1/,
    );
    const beyond = clip('a.mp4');
    beyond.tracks[0]!.boxes[0]!.box = [-10, 0, 20, 500];
    expect((await written(format, [beyond])).notes.join()).toMatch(
      /1 boxes that reach beyond the picture are cut/,
    );
  });
});

/** A text of each format, a part of it to break with what must be named then, and a place for something unknown. */
const BROKEN: Record<string, { from: RegExp; to: string; names: RegExp; unknown?: [RegExp, string] }> = {
  cvat: {
    from: /xtl="[^"]*"/,
    to: 'xtl="left"',
    names: /track > 0 > box > 0 > @xtl/,
    unknown: [/<track /g, '<track unknown="1" '],
  },
  'label-studio': {
    from: /"start": \d+/,
    to: '"start": 900',
    names: /a result of timelinelabels is left out/,
    unknown: [/"id":/g, '"unknown": {"a": 1}, "id":'],
  },
  via: {
    from: /"z": \[[^\]]*\]/,
    to: '"z": [3, 1]',
    names: /metadata > 1_1 > z/,
    unknown: [/"flg":/g, '"unknown": 1, "flg":'],
  },
  coco: {
    from: /"bbox": \[\s*[\d.]+/,
    to: '"bbox": ["x"',
    names: /annotations > 0 > bbox/,
    unknown: [/"iscrowd":/g, '"unknown": [1], "iscrowd":'],
  },
  activitynet: {
    from: /"segment": \[\s*[\d.]+/,
    to: '"segment": [9',
    names: /annotations > 0 > segment/,
    unknown: [/"label":/g, '"unknown": 1, "label":'],
  },
  ava: { from: /,0\.48,/, to: ',soon,', names: /:2: a number as the middle second, got soon/ },
  bouts: { from: /3\.500/, to: 'x', names: /:4: a number as end, got x/, unknown: [/^.+$/gm, '$&,1'] },
  boris: {
    from: /"events": \[\s*\[\s*[\d.]+/,
    to: '"events": [["x"',
    names: /observations > 1 a.mp4 > events > 0 > 0/,
    unknown: [/"file":/g, '"unknown": 1, "file":'],
  },
  elan: {
    from: /TIME_SLOT_REF2="ts2"/,
    to: 'TIME_SLOT_REF2="ts99"',
    names: /> a1: time slots that are told, got ts1, ts99/,
    unknown: [/<TIER /g, '<TIER UNKNOWN="1" '],
  },
  webvtt: {
    from: /00:00:01\.500/,
    to: '0:1,5x',
    names: /:\d+: times as 00:00:01.500/,
    unknown: [/\n\n1\n/, '\n\nSTYLE\n::cue { color: red }\n\n1\n'],
  },
  srt: { from: /00:00:01,500/, to: '0:1,5x', names: /:\d+: times as/ },
  mot: { from: /^13,1,14/m, to: '13,1,x', names: /:2: a number as x, got x/ },
  yolo: { from: /^0 /m, to: 'first ', names: /a.mp4_000012.txt:2: a number as a class, got first/ },
  soccernet: {
    from: /"position": "1"/,
    to: '"position": "soon"',
    names: /annotations > 0 > position/,
    unknown: [/"team":/g, '"unknown": 1, "team":'],
  },
  fiftyone: {
    from: /"bounding_box": \[\s*[\d.]+/,
    to: '"bounding_box": ["x"',
    names: /frames > 1 > detections > detections > 0 > bounding_box/,
    unknown: [/"tags":/g, '"unknown": {"_cls": "Regression"}, "tags":'],
  },
};

describe.each(WRITERS.map(({ format }) => format))('%s, broken', (format) => {
  const { from, to, names, unknown } = BROKEN[format]!;

  async function changed(pattern: RegExp, replacement: string): Promise<string> {
    const { path, files } = await written(format, [clip('a.mp4')]);
    let isChanged = false;
    for (const file of (await stat(path)).isDirectory() ? files : [path]) {
      const before = await readFile(file, 'utf8');
      const after = /classes\.txt$/.test(file) ? before : before.replace(pattern, replacement);
      isChanged ||= after !== before;
      await writeFile(file, after);
    }
    expect(isChanged).toBe(true);
    return path;
  }

  it('names the file and the place', async () => {
    const path = await changed(from, to);
    const outcome = await readerOf(format)
      .read(path)
      .then(
        ({ notes }) => notes.join('\n'),
        (error: unknown) => {
          expect(error).toBeInstanceOf(WhereWhenError);
          return (error as WhereWhenError).message;
        },
      );
    expect(outcome).toMatch(names);
    expect(outcome).toContain(dirname(path));
  });

  it.skipIf(unknown === undefined)('reads past what it does not know', async () => {
    const { path } = await written(format, [clip('a.mp4')]);
    const { clips } = await readerOf(format).read(path);
    const other = await readerOf(format).read(await changed(...unknown!));
    expect(other.clips).toEqual(clips);
  });
});

it('several clips of a format of one file each are a folder that is read as one', async () => {
  for (const { format, isPerClip } of WRITERS.filter((one) => one.isPerClip)) {
    const { files } = await written(format, [clip('a.mp4'), clip('b.mp4')]);
    const folder = dirname(files[0]!);
    expect((await readdir(folder)).length).toBe(files.length);
    const { clips } = await readerOf(format).read(folder);
    expect([isPerClip, ...clips.map((one) => one.clip)]).toEqual([true, 'a.mp4', 'b.mp4']);
  }
});
