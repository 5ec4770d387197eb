// The world as files: what is written, and what is refused.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actions, stage } from '../../../src/dataset/synthetic/script.js';
import { castClip, renderWorld } from '../../../src/dataset/synthetic/world.js';
import { openDataset } from '../../../src/dataset/index.js';
import { parseTruth } from '../../../src/evaluate/soundTruth.js';
import { openVideo } from '../../../src/video/index.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'wherewhen-world-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function filesOf(out: string): Promise<string[]> {
  const entries = await readdir(out, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(out.length + 1))
    .sort();
}

describe('renderWorld', () => {
  test('writes the same bytes again; a larger world begins with the smaller one, a smaller one replaces it', async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    await renderWorld(one, { clips: 8, seed: 3 });
    const world = await renderWorld(two, { clips: 9, seed: 3 });
    expect(world).toEqual({
      folder: two,
      clips: 9,
      seed: 3,
      classes: actions,
      truth: join(two, 'truth.json'),
    });
    expect(await filesOf(two)).toHaveLength(10);
    const names = actions.map((_, i) => castClip(3, i).name);
    for (const name of names)
      expect((await readFile(join(one, name))).equals(await readFile(join(two, name))), name).toBe(true);
    await writeFile(join(two, 'grow/grow_0001.mp4.12345.part'), 'what a kill left');
    await renderWorld(two, { clips: 8, seed: 3 });
    expect(await filesOf(two)).toEqual([...names, 'truth.json'].sort());
    for (const name of [...names, 'truth.json'])
      expect((await readFile(join(one, name))).equals(await readFile(join(two, name))), name).toBe(true);
  }, 60_000);

  test('its truth names every clip, with times and boxes that agree with the files', async () => {
    const out = join(folder, 'one');
    const truth = parseTruth(JSON.parse(await readFile(join(out, 'truth.json'), 'utf8')));
    expect(Object.keys(truth.clips)).toHaveLength(8);
    for (const [name, clip] of Object.entries(truth.clips)) {
      const { info } = await openVideo(join(out, name));
      expect(info).toMatchObject({ width: stage.width, height: stage.height, frameRate: stage.frameRate });
      expect(clip.durationSeconds).toBeCloseTo(info.durationSeconds);
      expect(clip.label).toBe(name.split('/')[0]);
      const acting = clip.frames.filter(({ box }) => box !== null);
      expect(acting.length).toBe(Math.round((clip.endSeconds - clip.startSeconds) * stage.frameRate));
      expect(acting[0]!.timeSeconds).toBeCloseTo(clip.startSeconds);
    }
  });

  test('clips of several actions lie together, with their classes listed and the times of each in the truth', async () => {
    const out = join(folder, 'several');
    await renderWorld(out, { clips: 8, seed: 3 }); // a world of the other kind makes room
    const world = await renderWorld(out, { clips: 8, seed: 3, actions: 2 });
    expect(world).toMatchObject({ clips: 8, labels: join(out, 'labels.csv') });
    const names = Array.from({ length: 8 }, (_, i) => `clips/clip_000${i + 1}.mp4`);
    expect(await filesOf(out)).toEqual([...names, 'labels.csv', 'truth.json'].sort());
    const truth = parseTruth(JSON.parse(await readFile(join(out, 'truth.json'), 'utf8')));
    const dataset = await openDataset(out, { annotations: { path: join(out, 'labels.csv') } });
    expect(dataset.clips).toHaveLength(8);
    for (const { annotated, label } of dataset.clips) {
      const { instances, frames, ...clip } = truth.clips[annotated!.clip]!;
      expect(annotated!.segments).toEqual([]); // clip-level labels, no times
      expect(instances!.map((one) => one.label).sort()).toEqual([...annotated!.labels].sort());
      expect(clip.label).toBe(label);
      const acting = instances!.map(({ startSeconds, endSeconds }) =>
        Math.round((endSeconds - startSeconds) * stage.frameRate),
      );
      expect(frames).toHaveLength(acting[0]! + acting[1]!);
    }
    await renderWorld(out, { clips: 8, seed: 3 });
    expect(await readdir(out)).toContain('stripes');
    expect(await filesOf(out)).not.toContain('labels.csv');
  }, 60_000);

  test.each([0, 5, 1.5])('refuses %d actions a clip', async (count) => {
    await expect(renderWorld(join(folder, 'never'), { clips: 8, seed: 0, actions: count })).rejects.toThrow(
      `synth: --actions: a whole number from 1 to 4, got ${count}`,
    );
  });

  test('a signal stops it between two clips, without a truth', async () => {
    const out = join(folder, 'stopped');
    const abort = new AbortController();
    const onProgress = (done: number): void => void (done === 2 && abort.abort());
    await expect(renderWorld(out, { clips: 8, seed: 0, signal: abort.signal, onProgress })).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
    expect(await filesOf(out)).toEqual(['bars/bars_0001.mp4', 'stripes/stripes_0001.mp4']);
  });

  test.each([7, 0, 8.5])('refuses %d clips: every class needs one', async (clips) => {
    await expect(renderWorld(join(folder, 'never'), { clips, seed: 0 })).rejects.toMatchObject({
      code: 'usage',
      message: `synth: --clips: a whole number of at least 8, one clip a class, got ${clips}`,
    });
  });

  test.each(['notes.txt', 'bars/holiday.mp4', 'bars/rings_0001.mp4', 'walk/walk_0001.mp4'])(
    'refuses a folder with %s and leaves it as it is',
    async (name) => {
      const out = join(folder, `own ${name.replaceAll('/', ' ')}`);
      await mkdir(join(out, name, '..'), { recursive: true });
      await writeFile(join(out, name), 'mine');
      await writeFile(join(out, 'truth.json'), 'mine too');
      await expect(renderWorld(out, { clips: 8, seed: 0 })).rejects.toMatchObject({ code: 'usage' });
      expect(await filesOf(out)).toEqual([name, 'truth.json'].sort());
      expect(await readFile(join(out, 'truth.json'), 'utf8')).toBe('mine too');
    },
  );

  test('refuses a file in the place of the folder', async () => {
    const out = join(folder, 'file');
    await writeFile(out, '');
    await expect(renderWorld(out, { clips: 8, seed: 0 })).rejects.toMatchObject({
      code: 'output',
      received: 'a file where a folder should be',
    });
  });
});
