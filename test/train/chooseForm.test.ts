// Which form a run takes, by folds of whole groups, on vectors whose answers are known.
import { expect, test } from 'vitest';
import type { ActorView } from '../../src/train/actors/learnt.js';
import {
  canCompare,
  compareLooking,
  leavesFormOpen,
  tellLooking,
} from '../../src/train/recipe/chooseForm.js';
import { parseRecipe } from '../../src/train/index.js';
import type { StoredClip } from '../../src/store/index.js';

const groups = 4;
const recipe = parseRecipe({ backbone: { kind: 'onnx', file: 'net.onnx' }, attention: { form: 'actor' } });
/** Three clips of each of two classes in each of four groups. */
const clips = Array.from({ length: groups * 6 }, (_, i) => {
  const [group, classIndex] = [Math.floor(i / 6), i % 2];
  return { key: `${i}`, name: `${i}`, path: `${i}`, group: `g${group}`, classIndex, label: `${classIndex}` };
}) as unknown as StoredClip[];

/** Tells both classes apart everywhere. */
const telling = ({ classIndex }: StoredClip): Float64Array => Float64Array.of(classIndex === 1 ? 1 : -1);
/** Tells them apart within a group, by a number that is 0 in all other groups: nothing that another group learns from. */
function memorising({ group, classIndex }: StoredClip): Float64Array {
  return Float64Array.from({ length: groups }, (_, g) => (group !== `g${g}` ? 0 : classIndex === 1 ? 1 : -1));
}

function compared(actor: (clip: StoredClip) => Float64Array, picture: (clip: StoredClip) => Float64Array) {
  const views = new Map(
    clips.map((clip): [string, ActorView] => [
      clip.key,
      { feeds: {}, pool: actor(clip), mean: picture(clip) },
    ]),
  );
  return compareLooking(clips, views, { recipe, classes: 2 });
}

test('folds leave whole groups out: what is only remembered of a group names half of two classes', () => {
  expect(compared(memorising, telling)).toEqual({ actor: 0.5, picture: 1, folds: 4, groups: 4 });
  expect(compared(telling, memorising)).toEqual({ actor: 1, picture: 0.5, folds: 4, groups: 4 });
});

test('the line says both shares, the folds and the groups', () => {
  expect(tellLooking({ actor: 0.512, picture: 0.34, folds: 5, groups: 21 })).toBe(
    'looking at the actor: 51.2 % against 34.0 % for the whole picture (5 folds of 21 groups)',
  );
});

test('nothing is compared in one group, or with several classes a clip, and no form that was asked for is put aside', () => {
  expect(canCompare(clips)).toBe(true);
  expect(canCompare(clips.slice(0, 6))).toBe(false);
  expect(canCompare([...clips, { ...clips[0]!, classIndices: [0, 1] }])).toBe(false);
  expect(leavesFormOpen({ frames: 8, seed: 3 })).toBe(true);
  expect(leavesFormOpen({ attention: { form: 'joint' } })).toBe(false);
});
