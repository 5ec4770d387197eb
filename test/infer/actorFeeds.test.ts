import { describe, expect, it } from 'vitest';
import {
  actorFeeds,
  looksAtActor,
  looksAtFlow,
  looksAtMotion,
  outOfWindow,
} from '../../src/infer/actorFeeds.js';
import { type ModelConfig } from '../../src/model/index.js';
import { actorInputs } from '../../src/model/attention/onActor.js';
import { TRAJECTORY_NUMBERS } from '../../src/motion/trajectory.js';

const attention = (motion: number): Pick<ModelConfig, 'attention' | 'frames'> => ({
  attention: { form: 'actor', motion } as ModelConfig['attention'],
  frames: 1,
});
const joint = { attention: { form: 'joint' } } as Pick<ModelConfig, 'attention' | 'frames'>;

describe('what a head of the form actor is fed', () => {
  // Two cells, 0..10 and 10..20. The box is taken 1.2 times as large, 1.6..6.4: all of it lies in the first.
  const clip = {
    grid: { frames: 1, height: 1, width: 2 },
    picture: { width: 20, height: 10 },
    boxes: [[2, 0, 6, 10] as [number, number, number, number]],
  };
  const fed = (config: Pick<ModelConfig, 'attention' | 'frames'>, motion?: Float32Array) =>
    Object.fromEntries(
      Object.entries(actorFeeds(config, { ...clip, motion })).map(([name, { shape, data }]) => [
        name,
        { shape: [...shape], data: [...(data as Float32Array)] },
      ]),
    );
  const shares = { shape: [1, 1, 2], data: [1, 0] };

  it('is where the actor is, and how it moves behind whether that is known', () => {
    expect(fed(attention(2), Float32Array.of(3, 4))).toEqual({
      [actorInputs.shares]: shares,
      [actorInputs.motion]: { shape: [3], data: [3, 4, 1] },
    });
    expect(fed(attention(2))).toEqual({
      [actorInputs.shares]: shares,
      [actorInputs.motion]: { shape: [3], data: [0, 0, 0] },
    });
  });

  it('is the place alone for a head that looks at no motion', () => {
    expect(fed(attention(0), Float32Array.of(3, 4))).toEqual({ [actorInputs.shares]: shares });
  });
});

it('a head looks at motion where it has numbers of it, and at flow where they are more than those of the path', () => {
  const all = [joint, attention(0), attention(TRAJECTORY_NUMBERS), attention(TRAJECTORY_NUMBERS + 1)];
  expect(all.map((one) => [looksAtActor(one), looksAtMotion(one), looksAtFlow(one)])).toEqual([
    [false, false, false],
    [true, false, false],
    [true, true, false],
    [true, true, true],
  ]);
});

it('boxes of a window lie in the whole picture where the window does, x by x and y by y', () => {
  const window = { x: 10, y: 100, width: 50, height: 50 };
  expect(outOfWindow([[1, 2, 3, 4], null], window)).toEqual([[11, 102, 13, 104], null]);
});
