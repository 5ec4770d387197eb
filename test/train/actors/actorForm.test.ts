// The form that looks at the actor, in whole runs on a network of a few bytes: chosen by folds or asked for, answered from a
// file, a folder, an exported model and an audit.
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../../src/audit/index.js';
import {
  answerClips,
  exportOnnx,
  exportWeb,
  openModel,
  predictVideo,
  readModelFolder,
} from '../../../src/savedModel/index.js';
import { readClip } from '../../../src/video/index.js';
import { train, type RecipeInput, type TrainEvent, type TrainOptions } from '../../../src/train/index.js';
import { writeTinyWorld } from '../../dataset/tinyWorld.js';
import { writeTinyBackbone } from '../tinyFrozen.js';
import { writeOddClips } from './oddClips.js';

let folder: string;
let data: string;
let recipe: RecipeInput;
const place = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-actor-form-'));
  data = place('data');
  await writeTinyWorld(data, 4);
  const backbone = await writeTinyBackbone(place('net.onnx'));
  recipe = { frames: 6, batch: 4, epochs: 0, backbone, actors: { mosaics: 0 } };
  await trained('model', { attention: { form: 'actor' } });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function trained(name: string, change: RecipeInput = {}, more: Partial<TrainOptions> = {}) {
  const events: TrainEvent[] = [];
  const options = {
    data,
    out: place(name),
    cache: place('store'),
    threads: 1,
    recipe: { ...recipe, ...change },
    ...more,
  };
  const summary = await train({ ...options, onEvent: (one) => events.push(one) });
  const notes = events.flatMap((event) => (event.kind === 'note' ? [event.text] : []));
  return { summary, notes, events };
}

test('learns places and motion by one regression, and keeps flow beside the features', async () => {
  const { config, tensors } = await readModelFolder(place('model'));
  expect(config.attention).toEqual({ form: 'actor', motion: 284 });
  expect(tensors['classifier.weight']!.shape).toEqual([2, 4]);
  expect(tensors['motion.weight']!.shape).toEqual([2, 284]);
  expect(tensors['meanPool.weight']!.shape).toEqual([2, 4]);
  const before = (await readdir(place('store'))).length;
  await trained('again', { attention: { form: 'actor' } });
  expect((await readdir(place('store'))).length).toBe(before);
  expect((await readModelFolder(place('again'))).id).toBe((await readModelFolder(place('model'))).id);
});

test('looks at the path alone where it is asked to, and then reads no other frame', async () => {
  await trained('path', { attention: { form: 'actor', motion: 41 } });
  expect((await readModelFolder(place('path'))).tensors['motion.weight']!.shape).toEqual([2, 41]);
  const model = await openModel(place('path'));
  const clip = join(data, 'left/clip1.mp4');
  const { result } = await model.predict(await readClip(clip, model.shape), clip);
  await model.close();
  expect(result.warnings).toEqual([]);
});

test('goes on from the regression by a gate within the actor, the start a candidate on held-out groups', async () => {
  const group = /(\d)\./;
  const attention = { form: 'actor', scoreWidth: 4 } as const;
  const learning = { attention, epochs: 2, validation: 0.25, refit: false };
  const { events, summary } = await trained('gated', learning, { group });
  const rows = events.flatMap((event) => (event.kind === 'epoch' ? [event.row.epoch] : []));
  expect(rows).toEqual([0, 1, 2]);
  expect(summary.best!.epoch).toBeLessThanOrEqual(2);
  const { tensors } = await readModelFolder(place('gated'));
  expect(tensors['actor.tanh.beside.weight']!.shape).toEqual([4, 284]);
});

test('feeds a ConvLSTM with the actor alone, from a folder and from a file', async () => {
  const attention = { form: 'convlstm', projection: 2, hidden: 2, isOnActor: true } as const;
  await trained('sequence', { attention, epochs: 1, actors: undefined });
  const model = await openModel(place('sequence'));
  const clip = join(data, 'left/clip1.mp4');
  try {
    const { result } = await model.predict(await readClip(clip, model.shape), clip);
    expect(result.frames).toHaveLength(6);
    expect(result.warnings).toEqual([]);
  } finally {
    await model.close();
  }
  const backbone = { kind: 'small' } as const;
  await expect(trained('learns', { attention, epochs: 1, backbone })).rejects.toThrow(
    'a form that looks at the whole picture where the backbone is trained too',
  );
});

test('takes the middle of each part where frames are drawn at random, with its time', async () => {
  const attention = { form: 'actor' } as const;
  await trained('drawn', { attention, sampling: 'segment-random' });
  const { config, tensors } = await readModelFolder(place('drawn'));
  expect(config.sampling).toBe('centred');
  expect(tensors['motion.weight']!.shape).toEqual([2, 284]);
});

test('says what looking at the actor brings, and is the default only where that wins', async () => {
  const { notes, summary } = await trained('open', { epochs: undefined });
  const told = notes.find((text) => text.startsWith('looking at the actor: '))!;
  const [actor, picture] = /: ([\d.]+) % against ([\d.]+) %/.exec(told)!.slice(1).map(Number) as [
    number,
    number,
  ];
  const { config } = await readModelFolder(summary.folder);
  expect(config.attention.form).toBe(actor > picture ? 'actor' : 'joint');
});

test('is scored on a group that was left out', async () => {
  const group = /(\d)\./;
  const { summary } = await trained('held', { attention: { form: 'actor' } }, { group, leaveOut: ['1'] });
  expect(summary.leftOut!.clips).toBe(2);
  expect(summary.leftOut!.answers.map(({ clip }) => clip)).toEqual(['left/clip1.mp4', 'right/clip1.mp4']);
});

test('answers alike from a file and from the store, and says where no motion could be looked at', async () => {
  const model = await openModel(place('model'));
  const clip = join(data, 'left/clip1.mp4');
  try {
    const first = async (cache?: string) => {
      for await (const outcome of answerClips(model, [clip], { cache })) {
        if ('answer' in outcome) return outcome.answer;
        throw outcome.error;
      }
      throw new Error('no answer');
    };
    const [fresh, stored, again] = [await first(), await first(place('store')), await first(place('store'))];
    expect(fresh.result.warnings).toEqual([]);
    stored.probabilities.forEach((p, k) => expect(p).toBeCloseTo(fresh.probabilities[k]!, 2));
    expect([...again.probabilities]).toEqual([...stored.probabilities]);
    expect(fresh.result.frames.every(({ weight }) => Math.abs(weight - 1 / 6) < 1e-5)).toBe(true);
    const still = await model.predict(await readClip(clip, model.shape), clip);
    expect(still.result.warnings).toEqual(['motion: not looked at, so the answer is by places alone']);
    expect([...still.probabilities]).not.toEqual([...fresh.probabilities]);
    const long = await predictVideo(model, clip, { windowSeconds: 0.5 });
    expect(long.frames.length).toBeGreaterThan(0);
  } finally {
    await model.close();
  }
});

test('is exported with the actor and the motion as inputs, and answers in a page by places', async () => {
  const { inputs, largestDifference } = await exportOnnx(place('model'), place('model.onnx'));
  expect(inputs.map(({ name, shape }) => [name, shape])).toEqual([
    ['frames', [1, 6, 16, 24, 3]],
    ['actor', [1, 6, 8, 12]],
    ['motion', [1, 285]],
  ]);
  expect(largestDifference).toBeLessThan(1e-4);
  const { largestDifference: inPage } = await exportWeb(place('model'), place('web'));
  expect(inPage).toBeLessThan(1e-4);
});

test('is audited with the motion and the place of the actor taken away', async () => {
  const { findings } = await audit({ model: place('model'), data, seed: 0 });
  const { words, figures } = findings.find(({ check }) => check === 'actor-not-causal')!;
  expect(words).toMatch(/with the whole picture in the actor's place by .* with no motion by /);
  expect(figures).toHaveLength(2);
});

test('is refused where nothing finds an actor: on the small network, and where the backbone learns', async () => {
  const attention = { form: 'actor' } as const;
  const small = trained('small', { attention, backbone: { kind: 'small' } });
  await expect(small).rejects.toMatchObject({ code: 'usage', path: 'train: options: attention' });
});

test('takes a clip of one frame and one in which nothing moves: no motion, and numbers all the same', async () => {
  const still = place('still');
  await writeTinyWorld(still, 3, { frames: 1 });
  const { notes } = await trained('oneFrame', { attention: { form: 'actor' } }, { data: still });
  const { tensors } = await readModelFolder(place('oneFrame'));
  for (const { data: numbers } of Object.values(tensors))
    expect(Array.from(numbers, Number).every(Number.isFinite)).toBe(true);
  expect(notes.join()).toContain('nothing moves in these clips');
});

describe('clips that tell little or nothing of motion', () => {
  let odd: Map<string, string>;
  beforeAll(async () => {
    await mkdir(place('odd'));
    odd = await writeOddClips(place('odd'));
  });

  test('are answered in numbers, with what was not looked at', async () => {
    const model = await openModel(place('model'));
    const warnings = new Map<string, string>();
    try {
      const names = [...odd.keys()];
      for await (const outcome of answerClips(model, [...odd.values()])) {
        const name = names[warnings.size]!;
        if (!('answer' in outcome)) throw outcome.error;
        const { probabilities, result } = outcome.answer;
        expect(
          probabilities.reduce((sum, p) => sum + p, 0),
          name,
        ).toBeCloseTo(1, 5);
        const numbers = result.frames.flatMap(({ weight, box }) => [weight, ...(box ?? [])]);
        expect(numbers.every(Number.isFinite), name).toBe(true);
        warnings.set(name, result.warnings.join('; '));
      }
    } finally {
      await model.close();
    }
    const none = 'motion: no two neighbouring frames of one scene, so the answer is by places alone';
    expect(warnings.get('one frame')).toContain(none);
    expect(warnings.get('two frames')).not.toContain('motion');
    expect(warnings.get('still')).toBe('');
    expect(warnings.get('black')).toBe('');
    expect(warnings.get('cut')).toBe('motion: 1 cut left out');
    expect(warnings.get('cut between two frames')).toContain(`motion: 1 cut left out; ${none}`);
    if (odd.has('changing size')) expect(warnings.get('changing size')).toContain('frames of another size');
  });

  test('are learnt from beside others without a number that is none', async () => {
    const mixed = place('mixed');
    await cp(data, mixed, { recursive: true });
    for (const [i, path] of [...odd.values()].entries())
      await cp(path, join(mixed, i % 2 === 0 ? 'left' : 'right', basename(path)));
    const { notes } = await trained('ofMixed', { attention: { form: 'actor' } }, { data: mixed });
    const { tensors } = await readModelFolder(place('ofMixed'));
    for (const [name, { data: numbers }] of Object.entries(tensors))
      expect(Array.from(numbers, Number).every(Number.isFinite), name).toBe(true);
    expect(notes.join()).not.toContain('NaN');
  });
});
