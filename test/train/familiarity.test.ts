import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { distanceFrom } from '../../src/infer/familiarity.js';
import { Random } from '../../src/random.js';
import { familiarFile, readFamiliar, writeFamiliar } from '../../src/savedModel/index.js';
import { fitFamiliarFrames, fitFamiliarity, type FamiliarRow } from '../../src/train/familiarity.js';

/** Clips of 40 channels: 3 along the first, a tenth along all, around 5; two a group. */
function clips(count: number): FamiliarRow[] {
  const random = Random.from(1, 'clips');
  return Array.from({ length: count }, (_, i) => ({
    row: Array.from({ length: 40 }, (_, c) => 5 + (c === 0 ? 3 : 0.1) * random.normal()),
    group: `${i >> 1}`,
  }));
}

it('finds the direction in which clips vary, and a limit that few of unseen groups pass', () => {
  const known = fitFamiliarity(clips(60), 0)!;
  expect(known.mean).toHaveLength(40);
  expect(Math.abs(known.directions[0]!)).toBeGreaterThan(0.99);
  expect(known.variances[0]!).toBeGreaterThan(5); // 9, from 60 clips
  expect(known.variances[0]!).toBeLessThan(14);
  const others = clips(200).slice(60); // the same draws go on: clips that were not fitted
  const beyond = others.filter(({ row }) => distanceFrom(row, known) > known.limit).length;
  expect(beyond / others.length).toBeLessThan(0.15);
  const along = Array.from({ length: 40 }, (_, c) => (c === 0 ? 8 : 5));
  const across = Array.from({ length: 40 }, (_, c) => (c === 7 ? 8 : 5));
  expect(distanceFrom(along, known)).toBeLessThan(known.limit);
  expect(distanceFrom(across, known)).toBeGreaterThan(2 * known.limit);
});

it('keeps the law of the log distances of frames of unseen groups', () => {
  const moving = (rows: FamiliarRow[]) => rows.map((one, i) => ({ ...one, change: i % 2 ? 0.1 : 0.2 }));
  const known = fitFamiliarFrames(moving(clips(60)), 0)!;
  const others = clips(200).slice(60);
  const logs = others.map(({ row }) => Math.log(distanceFrom(row, known)));
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const { middle, spread } = known.distances;
  expect(Math.abs(mean - middle)).toBeLessThan(spread); // close to where unseen ones lie
  expect(spread).toBeGreaterThan(0.02);
  expect(spread).toBeLessThan(0.5);
  expect(known.changes!.spread).toBeCloseTo(Math.log(2) / 2);
  expect(fitFamiliarFrames(moving(clips(9)), 0)).toBeUndefined();
});

it('is the same again, and tells nothing of few clips, of one group, or of clips that are all the same', () => {
  expect(fitFamiliarity(clips(20), 3)).toEqual(fitFamiliarity(clips(20), 3));
  expect(fitFamiliarity(clips(9), 0)).toBeUndefined();
  expect(fitFamiliarity([], 0)).toBeUndefined();
  expect(
    fitFamiliarity(
      clips(20).map((one) => ({ ...one, group: 'a' })),
      0,
    ),
  ).toBeUndefined();
  expect(
    fitFamiliarity(
      clips(20).map(({ group }) => ({ group, row: [1, 2, 3] })),
      0,
    ),
  ).toBeUndefined();
});

it('lies beside the model, is read as it was written, and a broken file is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wherewhen-familiar-'));
  try {
    expect(await readFamiliar(folder)).toBeUndefined();
    const known = { mean: [1, 2], directions: [0, 1], variances: [3], rest: 0.5, limit: 4 };
    await writeFamiliar(folder, known);
    const read = (await readFamiliar(folder))!;
    expect({
      ...read,
      mean: [...(read.mean as Float32Array)],
      directions: [...(read.directions as Float32Array)],
      variances: [...(read.variances as Float32Array)],
    }).toEqual(known);
    const frames = {
      mean: [3],
      directions: [1],
      variances: [2],
      rest: 1,
      distances: { middle: -1, spread: 0.25 },
    };
    await writeFamiliar(folder, { ...known, frames });
    expect((await readFamiliar(folder))!.frames).toMatchObject({ rest: 1, distances: frames.distances });
    await writeFamiliar(folder, { ...known, frames: { ...frames, distances: { middle: 1, spread: 0 } } });
    await expect(readFamiliar(folder)).rejects.toThrow(/familiar\.safetensors/);
    await writeFamiliar(folder, { ...known, rest: 0 });
    await expect(readFamiliar(folder)).rejects.toThrow(/familiar\.safetensors.*mean, directions, variances/);
    await writeFile(join(folder, familiarFile), 'no tensors');
    await expect(readFamiliar(folder)).rejects.toThrow(/familiar\.safetensors/);
    await writeFamiliar(folder, undefined);
    expect(await readFamiliar(folder)).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
