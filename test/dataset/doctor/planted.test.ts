// A folder of real clips with planted faults: the doctor must name each of them and nothing else.
import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DoctorReport } from '../../../src/dataset/doctor/form.js';
import { examine, writeCleanList, type Diagnosis } from '../../../src/dataset/doctor/examine.js';
import { readerOf } from '../../../src/dataset/formats/index.js';
import { encodeVideo, openVideo } from '../../../src/video/index.js';
import { hasMedia, mediaFolder } from '../../video/media.js';

const classes = 'bend jack jump pjump run side skip walk wave1 wave2'.split(' ');
let folder: string;
let diagnosis: Diagnosis;
let before: string;

const inside = (...parts: string[]) => join(folder, ...parts);
const real = (label: string, person: string) =>
  join(mediaFolder, 'weizmann', label, `${person}_${label}.avi`);

/** Writes a clip again in another encoding, size and rate of bits. */
async function reencode(from: string, to: string, indices?: number[]): Promise<void> {
  const source = await openVideo(from);
  const size = { width: 120, height: 96 };
  const frames = async function* () {
    for await (const { data } of source.frames({ size, indices })) yield data;
  };
  await encodeVideo(to, { ...size, frameRate: source.info.frameRate, frames: frames() });
  await source.close();
}

async function black(to: string): Promise<void> {
  const [width, height] = [180, 144];
  const frames = Array.from({ length: 50 }, () => new Uint8Array(width * height * 3));
  await encodeVideo(to, { width, height, frameRate: 25, frames });
}

/** The bytes of every file: whatever the doctor does, they stay. */
async function bytesOfAll(): Promise<string> {
  const hash = createHash('sha256');
  for (const entry of (await readdir(folder, { recursive: true, withFileTypes: true })).sort((a, b) =>
    join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
  ))
    if (entry.isFile()) hash.update(entry.name).update(await readFile(join(entry.parentPath, entry.name)));
  return hash.digest('hex');
}

describe.skipIf(!hasMedia)('doctor on real clips with planted faults', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wherewhen-doctor-'));
    for (const label of classes)
      await cp(join(mediaFolder, 'weizmann', label), inside(label), { recursive: true });
    await copyFile(real('bend', 'daria'), inside('bend/another_name.avi'));
    await reencode(real('jack', 'ido'), inside('jack/again.mp4'));
    await copyFile(real('run', 'ira'), inside('walk/misplaced.avi'));
    await black(inside('wave1/black.mp4'));
    await reencode(real('skip', 'eli'), inside('wave2/one.mp4'), [10]);
    // The end is lost: a cut of a clip that is not here whole.
    const whole = await readFile(join(mediaFolder, 'clips/v_BenchPress_g01_c01.avi'));
    await writeFile(inside('run/cut.avi'), whole.subarray(0, Math.floor(whole.length / 2)));
    await writeFile(inside('bend/notes.mp4'), 'these are only words\n'.repeat(20));
    before = await bytesOfAll();
    diagnosis = await examine(folder);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('names each of them and nothing else', () => {
    const { report } = diagnosis;
    expect(DoctorReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    const named = report.findings.map(({ kind, clips }) => `${kind}: ${[...clips].sort().join(', ')}`);
    expect(named.sort()).toEqual([
      'black: wave1/black.mp4',
      'corrupt: bend/notes.mp4',
      'duplicate: bend/another_name.avi, bend/daria_bend.avi',
      'near-duplicate: jack/again.mp4, jack/ido_jack.avi',
      'short: wave2/one.mp4',
      'truncated: run/cut.avi',
      'two-classes: run/ira_run.avi, walk/misplaced.avi',
    ]);
    for (const { advice } of report.findings) expect(advice).not.toBe('');
  });

  it('writes a clean list that our reader takes, and touches no clip', async () => {
    const list = inside('clean.csv');
    const clean = await writeCleanList(list, diagnosis);
    const { clips } = await readerOf('csv').read(list);
    // 9 persons in 10 classes and 7 planted clips. Left out are one of the two copies, the smaller encoding, both
    // places of the clip in two classes, and the four that cannot be used: 97 - 8.
    expect([clean, clips.length, diagnosis.report.clean]).toEqual([89, 89, 89]);
    expect(clips.map(({ clip }) => clip)).toContain('jack/ido_jack.avi');
    expect(clips.map(({ clip }) => clip)).not.toContain('run/ira_run.avi');
    await rm(list);
    expect(await bytesOfAll()).toBe(before);
  });
});

describe('doctor on made clips', () => {
  let made: string;
  beforeAll(async () => {
    made = await mkdtemp(join(tmpdir(), 'wherewhen-doctor-made-'));
  });
  afterAll(() => rm(made, { recursive: true, force: true }));

  /** A bright square on a way of its own, so that no two clips are alike. */
  async function square(path: string, seed: number, frameRate = 25): Promise<void> {
    await mkdir(join(path, '..'), { recursive: true });
    const [width, height] = [72, 48];
    const frames = Array.from({ length: 30 }, (_, t) => {
      const picture = new Uint8Array(width * height * 3).fill(40 + 5 * seed);
      const [x0, y0] = [
        Math.round(28 + 26 * Math.sin(t / 5 + 2 * seed)),
        Math.round(18 + 16 * Math.cos(t / (3 + seed))),
      ];
      for (let y = y0; y < y0 + 10; y++)
        for (let x = x0; x < x0 + 14; x++) picture.fill(230, 3 * (y * width + x), 3 * (y * width + x) + 3);
      return picture;
    });
    await encodeVideo(path, { width, height, frameRate, frames });
  }

  it('finds what leaks between the sides, and keeps the test side', async () => {
    await square(join(made, 'sides/train/a/v_a_g01_c01.mp4'), 1);
    await square(join(made, 'sides/train/a/v_a_g02_c01.mp4'), 2);
    await square(join(made, 'sides/train/b/v_b_g01_c01.mp4'), 3);
    await square(join(made, 'sides/test/a/v_a_g01_c02.mp4'), 4);
    await square(join(made, 'sides/test/b/v_b_g03_c01.mp4'), 5);
    await copyFile(join(made, 'sides/train/b/v_b_g01_c01.mp4'), join(made, 'sides/test/b/v_b_g09_c01.mp4'));
    const { report, listing } = await examine(join(made, 'sides'));
    expect(report.findings.map(({ kind, clips, leaveOut }) => [kind, [...clips].sort(), leaveOut])).toEqual([
      ['leak', ['test/b/v_b_g09_c01.mp4', 'train/b/v_b_g01_c01.mp4'], ['train/b/v_b_g01_c01.mp4']],
      ['leak', ['test/a/v_a_g01_c02.mp4', 'train/a/v_a_g01_c01.mp4'], ['train/a/v_a_g01_c01.mp4']],
    ]);
    const list = join(made, 'clean.csv');
    await writeCleanList(list, { report, listing });
    const { clips } = await readerOf('csv').read(list);
    expect(clips.map(({ clip, subset }) => `${subset} ${clip}`)).toEqual([
      'test sides/test/a/v_a_g01_c02.mp4',
      'test sides/test/b/v_b_g03_c01.mp4',
      'test sides/test/b/v_b_g09_c01.mp4',
      'train sides/train/a/v_a_g02_c01.mp4',
    ]);
  });

  it('finds classes out of balance, empty ones and an odd rate', async () => {
    for (let i = 0; i < 8; i++) await square(join(made, `set/many/${i}.mp4`), i);
    for (let i = 8; i < 10; i++) await square(join(made, `set/some/${i}.mp4`), i);
    for (let i = 10; i < 12; i++) await square(join(made, `set/few/${i}.mp4`), i);
    await square(join(made, 'set/few/slow.mp4'), 12, 6);
    await mkdir(join(made, 'set/none'));
    const { report } = await examine(join(made, 'set'));
    expect(report.findings.map(({ kind, says }) => `${kind}: ${says}`)).toEqual([
      'empty-class: the class folder none holds no clip',
      'odd-rate: 6.00 frames a second where the set has 25.00',
    ]);
    for (let i = 20; i < 25; i++) await square(join(made, `set/many/${i}.mp4`), i);
    const { report: uneven } = await examine(join(made, 'set'));
    expect(uneven.findings.map(({ kind, says }) => `${kind}: ${says}`)).toContain(
      'imbalance: class many has 13 clips where the middle class has 3',
    );
  });

  it('refuses a folder without clips', async () => {
    await mkdir(join(made, 'nothing'));
    await expect(examine(join(made, 'nothing'))).rejects.toThrow(/clips in class folders, got none/);
    await expect(examine(join(made, 'absent'))).rejects.toThrow(/a folder of class folders/);
  });
});
