import { describe, expect, it } from 'vitest';
import { actorNames, closeGraph, closeParameters } from '../../src/model/actors.js';
import { inferenceGraph, parseModelConfig } from '../../src/model/index.js';
import { openRuntime } from '../../src/runtime/index.js';
import { modelParameters } from '../../src/savedModel/modelFolder.js';
import { float32 } from '../../src/tensor.js';

const config = parseModelConfig({
  version: 1,
  classes: ['a', 'b'],
  frames: 3,
  transform: { size: { width: 8, height: 8 } },
  backbone: { kind: 'onnx', isFrozen: true, scaleChannels: [2, 1] },
  attention: { form: 'mean' },
  actors: { start: 0, end: 2, hasClasses: true },
  grid: { channels: 3, height: 1, width: 1 },
});

// One place, three frames; channels 0 and 1 are the scale that is looked at, channel 2 another one.
// Roots: (2,-1), (3,1), (0,2).
const features = float32([4, -1, 9, 9, 1, 9, 0, 4, 9], [1, 3, 3, 1, 1]);
const state = {
  'classifier.weight': float32([1, 0, 0, 0, 1, 0], [2, 3]),
  'classifier.bias': float32([0, 0]),
  [actorNames.direction]: float32([1, 10]),
  [actorNames.weight]: float32([1, 0, 0, 0, /**/ 0, 1, 0, 0, /**/ 0, 0, 1, 1], [3, 4]),
  [actorNames.bias]: float32([0, 5, 0]),
};

describe('the maps of who acts', () => {
  it('are linear in the signed root of one scale and in its change to the neighbours', async () => {
    await using runtime = await openRuntime({ threads: 1 });
    const program = await runtime.compile(inferenceGraph({ config, clips: 1 }).graph);
    await runtime.write(state);
    const { foreground, change, actorScores } = await program.run({ features });
    // w.x with w = (1, 10).
    expect([...(foreground!.data as Float32Array)]).toEqual([2 - 10, 3 + 10, 20]);
    // Steps: |3-2| = 1, |1+1| = 2; |0-3| = 3, |2-1| = 1. The middle frame has the mean of both: (2, 1.5).
    expect([...(change!.data as Float32Array)]).toEqual([3, 3.5, 4]);
    expect(actorScores!.shape).toEqual([1, 3, 3, 1, 1]);
    // Rows: x_0; x_1 + 5; d_0 + d_1.
    expect([...(actorScores!.data as Float32Array)]).toEqual([2, 4, 3, 3, 6, 3.5, 0, 7, 4]);
  });

  it('are there alone for a second look, from the one scale', async () => {
    await using runtime = await openRuntime({ threads: 1 });
    const { graph, parameters } = closeGraph(config);
    expect(parameters.map(({ name }) => name)).toEqual([actorNames.direction]);
    const program = await runtime.compile(graph);
    await runtime.write({ [actorNames.direction]: state[actorNames.direction]! });
    const scale = float32([4, -1, 9, 1, 0, 4], [1, 3, 2, 1, 1]);
    const { foreground } = await program.run({ scale });
    expect([...(foreground!.data as Float32Array)]).toEqual([-8, 13, 20]);
  });

  it('have weights of their own in a second look, which are part of the model and of no other graph', async () => {
    await using runtime = await openRuntime({ threads: 1 });
    const near = { ...config, actors: { ...config.actors!, isClose: true } };
    const { weight, bias } = actorNames.close;
    expect(closeParameters(near).map(({ name, shape }) => [name, shape])).toEqual([
      [weight, [3, 4]],
      [bias, [3]],
    ]);
    expect(closeParameters(config)).toEqual([]);
    expect(modelParameters(near).map(({ name }) => name)).toContain(weight);
    expect(inferenceGraph({ config: near, clips: 1 }).parameters.map(({ name }) => name)).not.toContain(
      weight,
    );
    const program = await runtime.compile(closeGraph(near).graph);
    const own = {
      [weight]: float32([0, 2, 0, 0, /**/ 0, 0, 1, 0, /**/ 0, 0, 0, 1], [3, 4]),
      [bias]: float32([0, 0, 7]),
    };
    await runtime.write({ [actorNames.direction]: state[actorNames.direction]!, ...own });
    const { foreground, closeScores } = await program.run({
      scale: float32([4, -1, 9, 1, 0, 4], [1, 3, 2, 1, 1]),
    });
    expect([...(foreground!.data as Float32Array)]).toEqual([-8, 13, 20]);
    expect(closeScores!.shape).toEqual([1, 3, 3, 1, 1]);
    // Rows: 2 x_1; d_0; d_1 + 7.
    expect([...(closeScores!.data as Float32Array)]).toEqual([-2, 1, 9, 2, 2, 8.5, 4, 3, 8]);
  });

  it('do not change where there is a single frame', async () => {
    await using runtime = await openRuntime({ threads: 1 });
    const one = { ...config, frames: 1 };
    const program = await runtime.compile(inferenceGraph({ config: one, clips: 1 }).graph);
    await runtime.write(state);
    const { change } = await program.run({ features: float32([4, 1, 9], [1, 1, 3, 1, 1]) });
    expect([...(change!.data as Float32Array)]).toEqual([0]);
  });

  it('are no part of a model that has none', () => {
    const without = { ...config, actors: undefined };
    const { graph, parameters } = inferenceGraph({ config: without, clips: 1 });
    expect(Object.keys(graph.outputs)).not.toContain('foreground');
    expect(parameters.map(({ name }) => name)).not.toContain(actorNames.direction);
    expect(() => closeGraph(without)).toThrow(/config\.json: actors/);
  });
});
