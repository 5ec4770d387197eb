import { describe, expect, it } from 'vitest';
import type { ClipFacts } from '../../src/infer/index.js';
import { runHead } from '../../src/infer/runHead.js';
import { parseModelConfig, type ModelConfig } from '../../src/model/index.js';
import { TRAJECTORY_NUMBERS } from '../../src/motion/trajectory.js';
import { float32, type Tensors } from '../../src/tensor.js';

const configOf = (attention: object): ModelConfig =>
  parseModelConfig({
    ...{ version: 1, classes: ['run', 'sit'], frames: 1, attention, backbone: { kind: 'small' } },
    transform: { size: { width: 20, height: 10 } },
    grid: { channels: 1, height: 1, width: 2 },
    localize: { where: { maps: { foreground: 1 } } },
  });
const info = { path: 'a.mp4', width: 20, height: 10, frames: 1, frameRate: 25, durationSeconds: 0.04 };
const clip = { info, indices: [0], times: [0], warnings: [] } as unknown as ClipFacts;
const features = float32([1, 2], [1, 1, 1, 1, 2]);

/** A head that gives these outputs and says what it was fed. */
async function ran(attention: object, outputs: Tensors) {
  const fed: Tensors[] = [];
  const run = async (inputs: Tensors): Promise<Tensors> => {
    fed.push(inputs);
    return outputs;
  };
  const answer = await runHead(run, features, { config: configOf(attention), clip });
  return { answer, fed: fed.map((inputs) => Object.keys(inputs)) };
}

it('a head that looks at the whole picture runs once, on features alone', async () => {
  const { answer, fed } = await ran({ form: 'joint' }, {});
  expect(fed).toEqual([['features']]);
  expect(answer.feeds).toEqual({});
});

it('a head that looks at the actor runs once where nothing moved in training, as one clip with even shares', async () => {
  const { answer, fed } = await ran({ form: 'actor', motion: 0 }, {});
  expect(fed).toEqual([['features', 'actor']]);
  const { shape, data } = answer.feeds.actor!;
  expect([shape, [...data]]).toEqual([
    [1, 1, 1, 2],
    [0.5, 0.5],
  ]);
});

describe('a head that looks at the actor where the maps show one', () => {
  // The left cell of two, 0..10 of 20 pixels across.
  const maps = { foreground: float32([1, 0], [1, 1, 1, 2]), change: float32([1, 0], [1, 1, 1, 2]) };

  it('runs again on the shares of the box, which lies on the left', async () => {
    const { answer, fed } = await ran({ form: 'actor', motion: 0 }, maps);
    expect(fed).toEqual([
      ['features', 'actor'],
      ['features', 'actor'],
    ]);
    const [left, right] = answer.feeds.actor!.data as Float32Array;
    expect(left).toBeGreaterThan(right!);
  });

  it('runs once where one of the two maps is missing', async () => {
    const { fed } = await ran({ form: 'actor', motion: 0 }, { foreground: maps.foreground });
    expect(fed).toHaveLength(1);
  });

  it('takes the path of the boxes as motion where no flow is asked for', async () => {
    const { answer } = await ran({ form: 'actor', motion: TRAJECTORY_NUMBERS }, maps);
    const { shape, data } = answer.feeds.motion!;
    expect([shape, data.at(-1)]).toEqual([[1, TRAJECTORY_NUMBERS + 1], 1]); // the 1 says that it is known
    expect(answer.facts.warnings).toEqual([]);
  });

  it('says that motion was not looked at where flow is asked for and nobody can tell it', async () => {
    const { answer } = await ran({ form: 'actor', motion: TRAJECTORY_NUMBERS + 243 }, maps);
    expect(answer.feeds.motion!.data.at(-1)).toBe(0);
    expect(answer.facts.warnings).toEqual(['motion: not looked at, so the answer is by places alone']);
  });
});
