import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClipStore, type StoredClip } from '../../../src/store/index.js';
import { toFloat16 } from '../../../src/store/features/float16.js';
import {
  groupByLikeness,
  groupByNames,
  groupingOf,
  tellGrouping,
} from '../../../src/train/groups/groupClips.js';

let folder: string;
let store: ClipStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-groups-'));
  store = new ClipStore(folder, { kind: 'features' });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Clips of two classes in turn, each its own group. */
function clips(names: readonly string[]): StoredClip[] {
  return names.map((file, i) => {
    const [label, classIndex] = i % 2 === 0 ? ['run', 0] : ['walk', 1];
    const name = `${label}/${file}.mp4`;
    return {
      ...{ name, path: name, group: name, key: file },
      label: label as string,
      classIndex: classIndex as number,
    };
  });
}

const canSplit = (): boolean => true;
const numbered = clips(Array.from({ length: 12 }, (_, i) => `${i}`));
const unnamed = groupByNames(numbered, { canSplit });

/** Stores one frame of two channels on two cells a clip, `directions[i]` in the mean over them. */
async function see(directions: readonly (readonly [number, number])[]): Promise<void> {
  for (const [i, [x, y]] of directions.entries()) {
    const data = toFloat16(Float32Array.from([x - 1, x + 1, y - 1, y + 1]));
    await store.write(`${i}`, { features: { dtype: 'float16', shape: [1, 2, 1, 2], data } });
  }
}

describe('the groups of clips', () => {
  it('are those of --group, of a list, or of gNN, whatever else names tell', () => {
    const named = clips(['anna_run', 'anna_walk', 'ben_run', 'ben_walk']);
    expect(groupByNames(named, { rule: /x/, canSplit }).grouping).toMatchObject({
      by: 'told',
      how: '--group',
    });
    const listed = named.map((clip) => ({
      ...clip,
      annotated: { clip: clip.name, labels: [clip.label], group: 'a' },
    }));
    expect(groupByNames(listed as StoredClip[], { canSplit }).grouping.how).toBe('the list');
    const marked = named.map((clip) => ({ ...clip, group: 'g01' }));
    expect(groupByNames(marked, { canSplit }).grouping).toMatchObject({ by: 'told', groups: 1, clips: 4 });
  });

  it('are those of names where clips can then be held out, else each clip is alone', () => {
    const named = clips(['anna_run', 'anna_walk', 'ben_run', 'ben_walk', 'cleo_run', 'cleo_walk']);
    const { clips: grouped, grouping } = groupByNames(named, { canSplit });
    expect(grouped.map(({ group }) => group)).toEqual(['anna', 'anna', 'ben', 'ben', 'cleo', 'cleo']);
    expect(tellGrouping(grouping)).toBe(
      'groups: 6 clips in 3, by the text before the class in their names ("anna", "ben", "cleo"); those of one group stay on one side; --group REGEX groups them otherwise',
    );
    expect(groupByNames(named, { canSplit: () => false }).grouping).toMatchObject({ by: 'clips', groups: 6 });
  });

  it('are those of likeness where names tell nothing: three views, four clips each', async () => {
    const views = [
      [10, 0],
      [-5, 9],
      [-5, -9],
    ] as const;
    await see(numbered.map((_, i) => views[Math.floor(i / 4)]!));
    const { clips: grouped, grouping } = await groupByLikeness(unnamed, { store, canSplit });
    expect(grouped.map(({ group }) => group)).toEqual(
      numbered.map((_, i) => `alike ${Math.floor(i / 4) + 1}`),
    );
    expect(grouping).toEqual({
      by: 'likeness',
      how: 'likeness of what they show',
      groups: 3,
      clips: 12,
      examples: [],
    });
    const refused = await groupByLikeness(unnamed, { store, canSplit: () => false });
    expect(refused.grouping).toMatchObject({
      by: 'clips',
      how: 'their names tell no groups, and too many look alike',
    });
    expect(refused.clips.map(({ group }) => group)).toEqual(numbered.map(({ name }) => name));
  });

  it('stay single, and it is said, where all clips look alike or there are few of them', async () => {
    const same = new ClipStore(join(folder, 'same'), { kind: 'features' });
    const data = toFloat16(Float32Array.from([1, 2]));
    for (const { key } of numbered)
      await same.write(key, { features: { dtype: 'float16', shape: [1, 2, 1, 1], data } });
    const { grouping } = await groupByLikeness(unnamed, { store: same, canSplit });
    expect(tellGrouping(grouping)).toBe(
      'groups: none (their names tell no groups, and all look alike): each clip is held out by itself. Where several are of one recording or person, --group REGEX keeps them on one side',
    );
    const few = groupByNames(numbered.slice(0, 9), { canSplit });
    expect((await groupByLikeness(few, { store, canSplit })).grouping).toEqual(few.grouping);
  });

  it('are not asked of likeness where something else tells them', async () => {
    const told = { clips: numbered, grouping: groupingOf(numbered, { by: 'told', how: '--group' }) };
    expect(await groupByLikeness(told, { store, canSplit })).toEqual(told);
  });
});
