// What is killed: commands that leave a folder or a file, and that the same command, or `--resume`, goes on with. The result must
// be that of an unbroken run in every file in which two unbroken runs are equal.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../../src/random.js';
import { tinyOnnx } from '../backbone/tinyOnnx.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';
import { writeTinyModel } from '../savedModel/tinyModel.js';
import { begun, killedAfter, runWhole, start } from './child.js';
import { compared, digestsOf } from './digests.js';
import { killedLabels } from './killedLabels.js';
import { killedWorkers } from './killedWorkers.js';

/** One thing to kill, ready in a folder of its own. */
export interface Target {
  /** Kills and goes on until the end; resolves with how often it was killed at work. Throws what is a find. */
  trial(out: string, random: Random): Promise<number>;
  /** What an equal result means here. */
  judged: string;
  close?(): Promise<void>;
}

interface Commands {
  first: (out: string) => string[];
  again?: (out: string) => string[];
}

/** A command that is run unbroken twice, then killed once to three times in each trial. */
async function commandTarget(base: string, { first, again = first }: Commands): Promise<Target> {
  const outs = [join(base, 'unbroken'), join(base, 'unbroken again')];
  await runWhole(first(outs[0]!));
  const milliseconds = await timeAtWork(first(outs[1]!), outs[1]!);
  const whole = digestsOf(outs[0]!);
  const { equal, unequal } = compared(whole, digestsOf(outs[1]!));
  if (equal.length === 0) throw new Error('two unbroken runs have no file in common');
  return {
    judged: `${equal.length} files equal byte for byte${unequal.length > 0 ? `, not compared: ${unequal.join(', ')}` : ''}`,
    trial: async (out, random) => {
      let kills = 0;
      for (let n = random.integer(1, 4); n > 0; n--) {
        const args = (kills === 0 ? first : again)(out);
        if (!(await killedAfter(random.uniform() * milliseconds, args, out))) break;
        kills++;
      }
      await runWhole(again(out));
      const left = digestsOf(out);
      const different = equal.filter((name) => left.get(name) !== whole.get(name));
      const more = [...left.keys()].filter((name) => !whole.has(name));
      if (different.length > 0) throw new Error(`after ${kills} kills these differ: ${different.join(', ')}`);
      if (more.length > 0) throw new Error(`after ${kills} kills these are left: ${more.join(', ')}`);
      return kills;
    },
  };
}

/** Milliseconds between the first thing that a command makes and its end. */
async function timeAtWork(args: readonly string[], out: string): Promise<number> {
  const running = start(args);
  await begun(out, running);
  const began = performance.now();
  const { code, said } = await running.ended;
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${said}`);
  return performance.now() - began;
}

const small = ['--frames', '4', '--threads', '1'];

async function world(base: string, clips: number): Promise<string> {
  await writeTinyWorld(join(base, 'data'), clips);
  return join(base, 'data');
}

async function network(base: string): Promise<string> {
  const size = { width: 64, height: 64 };
  await writeFile(join(base, 'net.onnx'), tinyOnnx(size));
  const description = { channels: 'RGB', scale: 1, mean: [0, 0, 0], size };
  await writeFile(join(base, 'net.json'), JSON.stringify(description));
  return `onnx:${join(base, 'net.onnx')}`;
}

/** Makes each target in an empty folder. */
export const TARGETS: Readonly<Record<string, (base: string) => Promise<Target>>> = {
  extract: async (base) => {
    const line = ['extract', await world(base, 12), '--backbone', await network(base), ...small];
    return commandTarget(base, { first: (out) => [...line, '--out', out] });
  },
  train: async (base) => {
    const data = await world(base, 4);
    const more = ['--size', '32x24', '--epochs', '12', '--patience', '0', ...small];
    const first = (out: string): string[] => ['train', data, '--out', out, ...more];
    return commandTarget(base, { first, again: (out) => [...first(out), '--resume'] });
  },
  finetune: async (base) => {
    const data = await world(base, 4);
    const line = [
      'finetune',
      data,
      '--backbone',
      'resnet18',
      '--weights',
      'random',
      '--size',
      '32',
      '--threads',
      '1',
    ];
    const more = [
      '--batch',
      '3',
      '--epochs',
      '2',
      '--frames',
      '2',
      '--no-augment',
      '--cache',
      join(base, 'cache'),
    ];
    return commandTarget(base, { first: (out) => [...line, ...more, '--out', out] });
  },
  ablate: async (base) => {
    const line = [
      'ablate',
      await world(base, 4),
      '--backbone',
      await network(base),
      '--rows',
      'mask',
      '--seeds',
      '1',
    ];
    const more = ['--epochs', '2', '--hidden', '4', '--test', '0.5', ...small];
    return commandTarget(base, { first: (out) => [...line, ...more, '--out', out] });
  },
  audit: async (base) => {
    const data = await world(base, 4);
    await writeTinyModel(join(base, 'model'), ['left', 'right']);
    const line = ['audit', join(base, 'model'), data, '--threads', '1'];
    return commandTarget(base, {
      first: (out) => [...line, '--out', join(out, 'audit.json')],
    });
  },
  labels: async (base) => killedLabels(base),
  queue: async (base) => {
    await mkdir(base, { recursive: true });
    const data = await world(base, 4);
    await writeTinyModel(join(base, 'model'), ['left', 'right']);
    return killedWorkers(base, { model: join(base, 'model'), data });
  },
};
