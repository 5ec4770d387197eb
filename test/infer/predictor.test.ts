import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackbone } from '../../src/backbone/index.js';
import { Predictor, type SampledClip } from '../../src/infer/index.js';
import { inferenceGraph, initialise, parseModelConfig } from '../../src/model/index.js';
import { Random } from '../../src/random.js';
import { Result } from '../../src/result.js';
import { openRuntime } from '../../src/runtime/index.js';

const backbone = { kind: 'small', widths: [6, 8], strides: [4, 2] };
const n = 5;

async function open(form: 'joint' | 'recurrent-tanh', resize: 'stretch' | 'crop'): Promise<Predictor> {
  const size = { width: 32, height: 32 };
  const joint = { form, hidden: 8, scoreWidth: 4, contextFrames: 3 };
  const tanh = { form, hidden: 4, scoreWidth: 4, maskChannels: [4, 4], startChannels: 4 };
  const config = parseModelConfig({
    version: 1,
    classes: ['run', 'sit', 'turn'],
    frames: n,
    transform: { size, resize },
    backbone,
    attention: form === 'joint' ? joint : tanh,
    grid: createBackbone(backbone).grid(size),
  });
  const encoder = createBackbone(backbone);
  const { parameters } = inferenceGraph({ config, clips: 1, encoder });
  const tensors = initialise(parameters, Random.from(3, 'predictor'));
  const runtime = await openRuntime({ threads: 1 });
  return Predictor.open({ config, tensors, id: 'abc', runtime, encoder });
}

/** Noise, as if sampled from a picture of 160 x 80 at two frames a second. */
function clip(): SampledClip {
  const random = Random.from(5, 'frames');
  return {
    frames: Uint8Array.from({ length: n * 32 * 32 * 3 }, () => random.integer(0, 256)),
    times: Float64Array.from({ length: n }, (_, i) => i / 2),
    indices: Array.from({ length: n }, (_, i) => i),
    info: {
      ...{ path: 'noise.mp4', width: 160, height: 80, frames: n, durationSeconds: n / 2, frameRate: 2 },
      ...{ isVariableRate: false, rotation: 0, codec: 'none', container: 'none' },
    },
    damagedFrames: 1,
    missingFrames: 2,
    warnings: ['one frame is damaged'],
  };
}

describe.each(['joint', 'recurrent-tanh'] as const)('an answer of the %s form', (form) => {
  let predictor: Predictor;
  beforeAll(async () => {
    predictor = await open(form, 'stretch');
  });
  afterAll(() => predictor.close());

  it('is a Result with every class, weights that sum to 1, and what the decoder found', async () => {
    const { result, probabilities } = await predictor.predict(clip(), 'noise.mp4');
    expect(Result.parse(result)).toEqual(result);
    expect(result.classes.map(({ label }) => label).sort()).toEqual(['run', 'sit', 'turn']);
    expect(result.classes[0]!.probability).toBe(Math.max(...probabilities));
    expect(result.frames.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 5);
    expect(result.video).toMatchObject({ damagedFrames: 1, missingFrames: 2 });
    expect(result.warnings).toEqual(['one frame is damaged']);
    expect(atob(result.masks!.bytes)).toHaveLength(n * result.masks!.height * result.masks!.width);
    expect(result.curves === undefined).toBe(form !== 'joint');
  });

  it('is the same, bit by bit, when asked again', async () => {
    const [first, second] = [await predictor.predict(clip(), 'a'), await predictor.predict(clip(), 'a')];
    expect(second.result).toEqual(first.result);
  });
});

describe('a model that sees a window of the picture', () => {
  it('answers in pixels of the whole picture', async () => {
    const [stretching, cropping] = [await open('joint', 'stretch'), await open('joint', 'crop')];
    const whole = await stretching.predict(clip(), 'noise.mp4');
    const { result, points } = await cropping.predict(clip(), 'noise.mp4'); // sees x in 40 .. 120
    await Promise.all([stretching.close(), cropping.close()]);
    result.frames.forEach(({ box }, i) => {
      // the same maps, drawn on half the width and moved by the window's corner
      expect(points[i]![0]).toBeCloseTo(40 + whole.points[i]![0] / 2, -1);
      if (!box) return;
      expect(box[0]).toBeGreaterThanOrEqual(40);
      expect(box[2]).toBeLessThanOrEqual(120);
    });
  });
});
