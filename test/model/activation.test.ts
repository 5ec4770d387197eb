import { describe, expect, it } from 'vitest';
import { inferenceGraph, parseModelConfig } from '../../src/model/index.js';
import { openRuntime } from '../../src/runtime/index.js';
import { float32 } from '../../src/tensor.js';

describe('gradient times activation', () => {
  it('is what each place adds to the largest logit of a linear head, where that is positive', async () => {
    const config = parseModelConfig({
      version: 1,
      classes: ['a', 'b'],
      frames: 2,
      transform: { size: { width: 8, height: 8 } },
      backbone: { kind: 'onnx', isFrozen: true, scaleChannels: [1, 1] },
      attention: { form: 'mean' },
      grid: { channels: 2, height: 1, width: 2 },
    });
    const runtime = await openRuntime({ threads: 1 });
    try {
      const { graph } = inferenceGraph({ config, clips: 1, activation: true });
      const program = await runtime.compile(graph);
      await runtime.write({
        'classifier.weight': float32([1, -1, 0.5, 0], [2, 2]),
        'classifier.bias': float32([0, -10]),
      });
      // Channels (3,0) and (1,2) on frame 1, (0,1) and (4,0) on frame 2; shape [1,n=2,C=2,h=1,w=2].
      const features = float32([3, 1, 0, 2, 0, 4, 1, 0], [1, 2, 2, 1, 2]);
      const { activation, scaleNorms } = await program.run({ features });
      // Class a is best; its logit is the mean over 4 places of X_0 - X_1: places add 3/4, -1/4, -1/4 and 4/4.
      expect([...(activation!.data as Float32Array)]).toEqual([0.75, 0, 0, 1]);
      // One channel a scale: the length is the channel itself.
      expect([...(scaleNorms!.data as Float32Array)]).toEqual([3, 1, 0, 4, 0, 2, 1, 0]);
    } finally {
      await runtime.close();
    }
  });
});
