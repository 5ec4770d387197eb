// Marks of a person as labels: where the actor is, where it is not, and when the action happens.
import { expect, test } from 'vitest';
import { runtimeInThread } from '../../src/runtime/inThread.js';
import { createNodeEngine } from '../../src/runtime/nodeEngine.js';
import { fenceBytes } from '../../src/runtime/fence.js';
import type { Runtime } from '../../src/runtime/index.js';
import type { Box } from '../../src/result.js';
import { allFeatures } from '../../src/store/features/read.js';
import { openTaught, teach, type Taught, type TeachMark, type TeachTake } from '../../src/teach/index.js';
import { takeClips } from '../../src/teach/takeStore.js';
import { frozenOf } from '../../src/teach/backbone.js';
import { made, madeBackbone, madeTakes, places } from './madeTakes.js';

const recipe = { frames: made.frames, epochs: 1, batch: 4 };

async function inRuntime<T>(work: (runtime: Runtime) => Promise<T>): Promise<T> {
  const settings = { device: 'cpu', threads: 1, spin: false, fence: fenceBytes() } as const;
  await using runtime = runtimeInThread(await createNodeEngine(settings), 1);
  return await work(runtime);
}

const taughtOn = (takes: readonly TeachTake[]): Promise<Taught> =>
  inRuntime((runtime) => teach(takes, madeBackbone, { runtime, recipe }));

/** Features of a take as a model takes them, `[n,C,h,w]`. */
function featuresOf(take: TeachTake) {
  const { store } = takeClips([take], frozenOf(madeBackbone));
  return store.read(take.id).then((file) => allFeatures(file, take.id));
}

/** The boxes that a model draws of a take. */
function boxesOf(taught: Taught, take: TeachTake): Promise<(Box | null)[]> {
  return inRuntime(async (runtime) => {
    const frozen = frozenOf(madeBackbone);
    const extractor = { scales: frozen.scales } as never; // features are there already
    const model = await openTaught(taught, { runtime, extractor });
    const clip = {
      ...{
        frames: new Uint8Array(),
        times: Float64Array.from(take.times),
        indices: take.times.map((_, i) => i),
      },
      info: {
        ...{ path: take.id, ...take.picture, frames: made.frames, durationSeconds: 0.6, frameRate: 10 },
        ...{ isVariableRate: false, rotation: 0, codec: 'none', container: 'none' },
      },
      ...{ damagedFrames: 0, missingFrames: 0, warnings: [] },
    };
    const { result } = await model.answer(await featuresOf(take), clip, take.id);
    return result.frames.map(({ box }) => box);
  });
}

/** Whether the middle of each box lies in a place. */
const isOn = (boxes: readonly (Box | null)[], [x0, y0, x1, y1]: readonly number[]): boolean =>
  boxes.every((box) => {
    if (!box) return false;
    const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    return x >= x0! && x < x1! && y >= y0! && y < y1!;
  });

const markedWith = (marks: TeachMark[]): TeachTake[] =>
  madeTakes(3).map((take) => (take.id === 'a0.webm' ? { ...take, marks } : take));

test('what moves most is taken for the actor, until one click says where it is', async () => {
  const takes = madeTakes(3);
  const other = takes.at(-1)!; // never marked
  expect(isOn(await boxesOf(await taughtOn(takes), other), places.curtain)).toBe(true);
  const click: TeachMark = { kind: 'here', timeSeconds: 0.21, point: [16, 40] };
  expect(isOn(await boxesOf(await taughtOn(markedWith([click])), other), places.actor)).toBe(true);
});

test('a box that says where it is not moves the answer to what else is there', async () => {
  const not: TeachMark = { kind: 'notHere', timeSeconds: 0.1, box: [40, 8, 56, 24] };
  const boxes = await boxesOf(await taughtOn(markedWith([not])), madeTakes(3).at(-1)!);
  expect(isOn(boxes, places.actor)).toBe(true);
});

test('a moment is one more clip of its class, of the frames around it alone', async () => {
  const takes = markedWith([{ kind: 'moment', timeSeconds: 0.31 }]);
  const { clips, moments, store } = takeClips(takes, frozenOf(madeBackbone));
  expect(clips.map(({ name }) => name)).toEqual([
    'a/a0.webm',
    'a/a1.webm',
    'a/a2.webm',
    'b/b0.webm',
    'b/b1.webm',
    'b/b2.webm',
  ]);
  expect(moments).toMatchObject([{ name: 'a/a0.webm/moment-0', label: 'a', group: 'a0', classIndex: 0 }]);
  const read = (key: string) => store.read(key).then((file) => allFeatures(file, key));
  const [whole, own] = [await read('a0.webm'), await read(moments[0]!.key)];
  const each = own.data.length / made.frames;
  const frame = (of: typeof own, i: number) => of.data.slice(i * each, (i + 1) * each);
  // a quarter of six frames, rounded, is two: those before and at 0.3 s, three times each
  [2, 2, 2, 3, 3, 3].forEach((place, i) => expect(frame(own, i)).toEqual(frame(whole, place)));
});

test('a moment changes what is learnt', async () => {
  const plain = await taughtOn(madeTakes(3));
  const marked = await taughtOn(markedWith([{ kind: 'moment', timeSeconds: 0.31 }]));
  expect(marked.id).not.toBe(plain.id);
});
