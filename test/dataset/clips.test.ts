import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listDataset } from '../../src/dataset/clips.js';
import { contentHash } from '../../src/dataset/contentHash.js';
import { WhereWhenError } from '../../src/errors.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-clips-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(name: string, content = name): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), content);
}

async function errorOf(work: Promise<unknown>): Promise<WhereWhenError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WhereWhenError);
  return error as WhereWhenError;
}

describe('listing a data set', () => {
  test('classes and clips come in one order, whatever the order of the folder', async () => {
    for (const name of ['walk/b.mp4', 'run/z.AVI', 'walk/a.mp4', 'Jump/c.mkv']) await put(name);
    const { classes, clips } = await listDataset(folder);
    expect(classes).toEqual(['Jump', 'run', 'walk']);
    expect(clips.map(({ name, classIndex }) => [name, classIndex])).toEqual([
      ['Jump/c.mkv', 0],
      ['run/z.AVI', 1],
      ['walk/a.mp4', 2],
      ['walk/b.mp4', 2],
    ]);
  });

  test('a folder of pictures is a clip, and files that are none are named', async () => {
    await put('run/frames1/0001.png');
    await put('run/frames1/0002.png');
    await put('run/notes.txt');
    await put('run/empty/readme.md');
    const { clips, leftOut } = await listDataset(folder);
    expect(clips.map(({ name }) => name)).toEqual(['run/frames1']);
    expect(leftOut.map(({ path }) => path)).toEqual([
      join(folder, 'run/empty'),
      join(folder, 'run/notes.txt'),
    ]);
  });

  test('what systems leave behind is neither a class nor a clip, and every picture and raw stream that opens is one', async () => {
    for (const name of ['run/a.mp4', 'walk/b.h264', 'walk/c/0001.webp', 'walk/d/1.bmp']) await put(name);
    await put('__MACOSX/run/._a.mp4');
    await put('@eaDir/run/a.jpg');
    await put('run/@eaDir/a.jpg');
    await put('run/.DS_Store');
    await put('walk/e/._0001.jpg');
    const { classes, clips, leftOut } = await listDataset(folder);
    expect(classes).toEqual(['run', 'walk']);
    expect(clips.map(({ name }) => name)).toEqual(['run/a.mp4', 'walk/b.h264', 'walk/c', 'walk/d']);
    expect(leftOut.map(({ path }) => path)).toEqual(
      ['@eaDir', '__MACOSX', 'walk/e'].map((name) => join(folder, name)),
    );
  });

  test('files beside the class folders, such as truth.json, are no classes', async () => {
    await put('truth.json', '{}');
    await put('run/a.mp4');
    expect((await listDataset(folder)).classes).toEqual(['run']);
  });

  test('a clip beside the class folders has no class and is named', async () => {
    await put('stray.mp4');
    await put('run/a.mp4');
    const { clips, leftOut } = await listDataset(folder);
    expect(clips.map(({ name }) => name)).toEqual(['run/a.mp4']);
    expect(leftOut).toEqual([
      { path: join(folder, 'stray.mp4'), reason: 'a clip outside the class folders' },
    ]);
  });

  test('a link to nothing stays in the list, so that whoever reads it says so', async () => {
    await put('run/a.mp4');
    await symlink(join(folder, 'gone.mp4'), join(folder, 'run/b.mp4'));
    const { clips } = await listDataset(folder);
    expect(clips.map(({ name }) => name)).toEqual(['run/a.mp4', 'run/b.mp4']);
    const error = await errorOf(contentHash(clips[1]!.path));
    expect(error.message).toMatch(/b\.mp4: a clip, got nothing there$/);
  });

  test('a class folder may be a link', async () => {
    await put('elsewhere/x/a.mp4');
    await mkdir(join(folder, 'data'));
    await symlink(join(folder, 'elsewhere/x'), join(folder, 'data/run'));
    expect((await listDataset(join(folder, 'data'))).clips.map(({ name }) => name)).toEqual(['run/a.mp4']);
  });
});

describe('groups', () => {
  test("UCF101's gNN is known, and other clips stand alone", async () => {
    for (const name of ['Dive/v_Dive_g03_c01.avi', 'Dive/v_Dive_g03_c02.avi', 'Dive/other.avi'])
      await put(name);
    const { clips } = await listDataset(folder);
    expect(clips.map(({ group }) => group)).toEqual(['Dive/other.avi', 'g03', 'g03']);
  });

  test('the first bracket of --group gives the group', async () => {
    for (const name of ['walk/ido_walk.avi', 'run/ido_run.avi']) await put(name);
    const { clips } = await listDataset(folder, { group: /^([a-z]+)_/ });
    expect(clips.map(({ group }) => group)).toEqual(['ido', 'ido']);
  });

  test('a name that --group does not match is wrong use and is named', async () => {
    await put('walk/ido_walk.avi');
    await put('walk/17.avi');
    const error = await errorOf(listDataset(folder, { group: /^([a-z]+)_/ }));
    expect(error.code).toBe('usage');
    expect(error.message).toContain('walk/17.avi');
  });
});

describe('data that cannot be trained on', () => {
  test('a folder that is not there', async () => {
    const error = await errorOf(listDataset(join(folder, 'nothing')));
    expect(error.message).toMatch(/nothing: a folder of class folders, got nothing there/);
  });

  test('a file in place of the folder', async () => {
    await put('clip.mp4');
    expect((await errorOf(listDataset(join(folder, 'clip.mp4')))).received).toBe('a file');
  });

  test('a folder without clips', async () => {
    await mkdir(join(folder, 'run'));
    expect((await errorOf(listDataset(folder))).message).toContain('clips in class folders, got none');
  });

  test('clips that lie in DATA itself are not in class folders', async () => {
    await put('clip.mp4');
    expect((await errorOf(listDataset(folder))).message).toContain('one folder a class');
  });

  test('an empty class folder is named', async () => {
    await put('run/a.mp4');
    await mkdir(join(folder, 'walk'));
    const error = await errorOf(listDataset(folder));
    expect(error.path).toBe(join(folder, 'walk'));
    expect(error.received).toBe('an empty class');
  });

  test('one class only', async () => {
    await put('run/a.mp4');
    const error = await errorOf(listDataset(folder, { minimumClasses: 2 }));
    expect(error.message).toContain('at least 2 classes, got only "run"');
  });

  test('the same clip in two classes: both places are named', async () => {
    await put('run/a.mp4', 'same bytes');
    await put('walk/b.mp4', 'same bytes');
    const error = await errorOf(listDataset(folder));
    expect(error.message).toContain(join(folder, 'run/a.mp4'));
    expect(error.path).toBe(join(folder, 'walk/b.mp4'));
  });

  test('clips of equal size but other bytes are two clips', async () => {
    await put('run/a.mp4', 'same size 1');
    await put('walk/b.mp4', 'same size 2');
    expect((await listDataset(folder)).clips).toHaveLength(2);
  });

  test('the same clip twice in one class is left out and named, and an error when strict', async () => {
    await put('run/a.mp4', 'same bytes');
    await put('run/b.mp4', 'same bytes');
    const { clips, leftOut } = await listDataset(folder);
    expect(clips.map(({ name }) => name)).toEqual(['run/a.mp4']);
    expect(leftOut).toEqual([{ path: join(folder, 'run/b.mp4'), reason: 'the same clip as run/a.mp4' }]);
    expect((await errorOf(listDataset(folder, { strict: true }))).expected).toBe('every clip once');
  });

  test('frame folders with equal pictures in two classes are the same clip', async () => {
    for (const name of ['run/a', 'walk/b']) {
      await put(`${name}/1.png`, 'one');
      await put(`${name}/2.png`, 'two');
    }
    expect((await errorOf(listDataset(folder))).expected).toBe('every clip in one class');
  });
});
