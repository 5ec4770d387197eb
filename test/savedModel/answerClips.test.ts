// Answers from stored features: the store of a training serves `evaluate` and `predict`, and what is missing is added.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerClips, openModel, type AnswerOutcome } from '../../src/savedModel/index.js';
import { listDataset, type Dataset } from '../../src/dataset/index.js';
import { scoreModel } from '../../src/evaluate/index.js';
import type { Answer, Predictor } from '../../src/infer/index.js';
import { train } from '../../src/train/index.js';
import { tinyOnnx } from '../backbone/tinyOnnx.js';
import { writeTinyModel } from './tinyModel.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

const preprocessing = { channels: 'BGR', scale: 1, mean: [104, 117, 123], size: { width: 24, height: 16 } };

let folder: string;
let dataset: Dataset;
let predictor: Predictor;
const inside = (...names: string[]): string => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-answers-'));
  await writeTinyWorld(inside('data'), 4);
  await writeFile(inside('net.onnx'), tinyOnnx({ width: 24, height: 16 }));
  const backbone = { kind: 'onnx', file: inside('net.onnx'), preprocessing, outputs: ['fine'] };
  const recipe = { frames: 5, batch: 4, epochs: 1, backbone, actors: { mosaics: 0 } };
  await train({ data: inside('data'), out: inside('model'), cache: inside('store'), recipe });
  dataset = await listDataset(inside('data'));
  predictor = await openModel(inside('model'));
});
afterAll(async () => {
  await predictor.close();
  await rm(folder, { recursive: true, force: true });
});

const paths = (): string[] => dataset.clips.map(({ path }) => path);

async function answersOf(options: { cache?: string }, clips = paths()): Promise<AnswerOutcome[]> {
  const all: AnswerOutcome[] = [];
  for await (const outcome of answerClips(predictor, clips, options)) all.push(outcome);
  return all;
}

function answerIn(outcome: AnswerOutcome | undefined): Answer {
  if (outcome && 'answer' in outcome) return outcome.answer;
  throw outcome?.error ?? new Error('no outcome');
}

describe('answerClips', () => {
  it('finds what a training stored, and answers as from the frames but for eight bits', async () => {
    const before = await readdir(inside('store'));
    const direct = await answersOf({});
    const stored = await answersOf({ cache: inside('store') });
    expect(await readdir(inside('store'))).toEqual(before); // nothing was computed again, nothing added
    expect(stored).toHaveLength(8);
    for (const [i, outcome] of stored.entries()) {
      const [one, other] = [answerIn(outcome), answerIn(direct[i])];
      one.probabilities.forEach((p, k) => expect(Math.abs(p - other.probabilities[k]!)).toBeLessThan(1e-2));
      const { clip, video, warnings } = other.result;
      expect(one.result).toMatchObject({ clip, video, warnings });
      expect(one.result.frames.map(({ index, timeSeconds }) => [index, timeSeconds])).toEqual(
        other.result.frames.map(({ index, timeSeconds }) => [index, timeSeconds]),
      );
    }
  });

  it('fills an empty store, and the second time answers from it to the last bit', async () => {
    const cache = inside('fresh');
    const first = await answersOf({ cache });
    const files = (await readdir(cache)).filter((name) => name.endsWith('.safetensors'));
    expect(files).toHaveLength(8);
    const second = await answersOf({ cache });
    expect(second.map((one) => answerIn(one).result)).toEqual(first.map((one) => answerIn(one).result));
    expect(await readFile(join(cache, files[0]!))).toEqual(await readFile(inside('store', files[0]!)));
  });

  it('takes what lies beside a model, computes the rest, and puts nothing there', async () => {
    const beside = inside('half');
    await answersOf({ cache: beside }, paths().slice(0, 2));
    const before = await readdir(beside);
    let looks = 0;
    const counting = Object.create(predictor) as Predictor;
    counting.predict = (...asked) => {
      looks++;
      return predictor.predict(...asked);
    };
    counting.answer = (...asked) => predictor.answer(...asked);
    Object.defineProperty(counting, 'shape', { get: () => predictor.shape });
    const outcomes: AnswerOutcome[] = [];
    for await (const outcome of answerClips(counting, paths(), { beside })) outcomes.push(outcome);
    expect([outcomes.length, looks]).toEqual([8, 6]); // two of eight went through no network
    const stored = await answersOf({ cache: inside('store') }, paths().slice(0, 2));
    expect(outcomes.slice(0, 2).map((one) => answerIn(one).result)).toEqual(
      stored.map((one) => answerIn(one).result),
    );
    expect(await readdir(beside)).toEqual(before);
  });

  it('hands out a broken clip as its error and goes on', async () => {
    await writeFile(inside('broken.mp4'), 'no video');
    const [bad, good] = await answersOf({ cache: inside('store') }, [inside('broken.mp4'), paths()[0]!]);
    expect(bad).toMatchObject({ path: inside('broken.mp4'), error: { path: inside('broken.mp4') } });
    expect(answerIn(good).result.clip).toBe(paths()[0]);
  });

  it('scores a data set from the store alone', async () => {
    const { report, broken } = await scoreModel(predictor, dataset, { cache: inside('store') });
    expect([report.clips, broken]).toEqual([8, 0]);
  });

  it('refuses a store beside a model whose backbone is a part of it', async () => {
    await writeTinyModel(inside('small'), ['left', 'right']);
    const small = await openModel(inside('small'));
    expect(() => answerClips(small, paths(), { cache: inside('store') })).toThrow(
      /--cache: a model on a frozen backbone.*leave --cache out/,
    );
    await small.close();
  });
});
