// What is made ready before a lesson is asked for changes nothing of it: takes that were looked at, programs that were compiled.
import { expect, test } from 'vitest';
import { fenceBytes } from '../../src/runtime/fence.js';
import type { Runtime } from '../../src/runtime/index.js';
import { runtimeInThread } from '../../src/runtime/inThread.js';
import { createNodeEngine } from '../../src/runtime/nodeEngine.js';
import { frozenOf } from '../../src/teach/backbone.js';
import { teach, type TeachTake } from '../../src/teach/index.js';
import { compileAhead } from '../../src/teach/recipe.js';
import { TakeMemory } from '../../src/teach/takeMemory.js';
import { ProgramCache } from '../../src/train/run/programCache.js';
import { made, madeBackbone, madeTakes } from './madeTakes.js';

const recipe = { frames: made.frames, epochs: 3, batch: 4 };

/** A runtime that counts what it compiles. */
interface Counting extends Runtime {
  compiled: number;
}

async function counting(): Promise<Counting> {
  const settings = { device: 'cpu', threads: 1, spin: false, fence: fenceBytes() } as const;
  const runtime = runtimeInThread(await createNodeEngine(settings), 1);
  const own: Counting = {
    ...runtime,
    compiled: 0,
    compile(graph) {
      own.compiled++;
      return runtime.compile(graph);
    },
  };
  return own;
}

test('a lesson that was made ready compiles nothing, and learns the same to the last bit, once and again', async () => {
  const takes = madeTakes(3);
  await using plain = await counting();
  const { id } = await teach(takes, madeBackbone, { runtime: plain, recipe });
  expect(plain.compiled).toBe(3); // step, answers, mean pool: both parts run the same ones
  await using runtime = await counting();
  const frozen = frozenOf(madeBackbone);
  const [memory, programs] = [new TakeMemory(frozen), new ProgramCache(runtime)];
  for (const { features } of takes) memory.look(features);
  await compileAhead(2, { frozen, runtime, programs, recipe });
  const before = runtime.compiled;
  for (let lesson = 0; lesson < 2; lesson++) {
    const taught = await teach(takes, madeBackbone, { runtime, recipe, memory, programs });
    expect(taught.id).toBe(id);
  }
  expect(runtime.compiled).toBe(before);
});

test('a memory forgets the numbers of takes that are gone, and keeps the sums of those that are asked', () => {
  const memory = new TakeMemory(frozenOf(madeBackbone));
  const [first, second] = madeTakes(1) as [TeachTake, TeachTake];
  const [sums, others] = [memory.sums(first.features), memory.sums(second.features)];
  expect(sums.places).toBe(made.frames * made.edge * made.edge);
  expect(memory.sums(first.features)).toBe(sums);
  memory.keepOnly(new Set(), new Set([second.features]));
  expect(memory.sums(second.features)).toBe(others);
  expect(memory.sums(first.features)).not.toBe(sums);
  expect(memory.sums(first.features)).toEqual(sums);
});

test('what is left out is told after the model is', async () => {
  const takes = madeTakes(3).map((take, i) => ({ ...take, isHeldOut: i === 0 }));
  await using runtime = await counting();
  const told: string[] = [];
  const taught = await teach(takes, madeBackbone, { runtime, recipe }, (progress) => {
    told.push(progress.kind === 'model' ? progress.model.id : progress.kind);
  });
  expect(told.at(-1)).toBe(taught.id);
  expect(taught.figures.leftOut).toMatchObject({ clips: 1 });
});
