import { expect, it } from 'vitest';
import type { ClipFacts } from '../../src/infer/index.js';
import { runHead } from '../../src/infer/runHead.js';
import { parseModelConfig, type ModelConfig } from '../../src/model/index.js';
import { float32, type Tensors } from '../../src/tensor.js';

const configOf = (attention: object): ModelConfig =>
  parseModelConfig({
    ...{ version: 1, classes: ['run', 'sit'], frames: 1, attention, backbone: { kind: 'small' } },
    transform: { size: { width: 20, height: 10 } },
    grid: { channels: 1, height: 1, width: 2 },
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
