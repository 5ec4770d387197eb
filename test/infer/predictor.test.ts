import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackbone } from '../../src/backbone/index.js';
import { Predictor, type SampledClip } from '../../src/infer/index.js';
import { inferenceGraph, initialise, parseModelConfig, type CellGeometry } from '../../src/model/index.js';
import { Random } from '../../src/random.js';
import { Result } from '../../src/result.js';
import { openRuntime } from '../../src/runtime/index.js';
import { float32, type Tensor } from '../../src/tensor.js';

const backbone = { kind: 'small', widths: [6, 8], strides: [4, 2] };
const n = 5;

async function open(
  form: 'joint' | 'recurrent-tanh',
  resize: 'stretch' | 'crop',
  geometry?: CellGeometry,
): Promise<Predictor> {
  const size = { width: 32, height: 32 };
  const joint = { form, hidden: 8, scoreWidth: 4, contextFrames: 3 };
  const tanh = { form, hidden: 4, scoreWidth: 4, maskChannels: [4, 4], startChannels: 4 };
  const config = parseModelConfig({
    version: 1,
    classes: ['run', 'sit', 'turn'],
    frames: n,
    transform: { size, resize },
    backbone: { ...backbone, ...(geometry && { geometry: [geometry] }) },
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

describe('a model that says where its cells look', () => {
  const axis = { offset: 5.5, stride: 8, extent: 9 }; // from the edge of 32 pixels: 6, 14, 22, 30, tiles 4, 12, 20, 28
  const geometry: CellGeometry = { x: axis, y: axis, source: 'graph' };

  it('answers with boxes and points there, and with the places as shares of the picture', async () => {
    const [old, told] = [await open('joint', 'stretch'), await open('joint', 'stretch', geometry)];
    const [before, after] = [await old.predict(clip(), 'a'), await told.predict(clip(), 'a')];
    await Promise.all([old.close(), told.close()]);
    expect(before.result.masks!.cells).toBeUndefined();
    expect(after.result.masks!.cells).toEqual({
      x: { offset: 6 / 32, step: 8 / 32 },
      y: { offset: 6 / 32, step: 8 / 32 },
    });
    expect(after.result.masks!.bytes).toBe(before.result.masks!.bytes);
    // 2 of 32 pixels further to the right on 160 pixels, where no edge of the picture is in the way
    const shifts = before.points.map(([x], i) => after.points[i]![0] - x);
    const inside = shifts.filter((_, i) => before.points[i]![0] > 30 && before.points[i]![0] < 130);
    expect(inside.length).toBeGreaterThan(0);
    for (const shift of inside) expect(shift).toBeCloseTo(10, -1);
  });

  it('whose frames are cut out of the picture says them of the whole picture', async () => {
    const told = await open('joint', 'crop', geometry); // sees x in 40 .. 120 of 160, all of y
    const { result } = await told.predict(clip(), 'a');
    await told.close();
    expect(result.masks!.cells!.x.offset).toBeCloseTo((40 + (6 / 32) * 80) / 160, 12);
    expect(result.masks!.cells!.x.step).toBeCloseTo(((8 / 32) * 80) / 160, 12);
    expect(result.masks!.cells!.y).toEqual({ offset: 6 / 32, step: 8 / 32 });
  });
});

describe('a model on a frozen backbone', () => {
  it('sends frames that it has seen in the clip before through the backbone no more, and answers the same', async () => {
    const size = { width: 32, height: 32 };
    const config = parseModelConfig({
      ...{ version: 1, classes: ['run', 'sit'], frames: n, transform: { size } },
      ...{ backbone: { kind: 'onnx', isFrozen: true }, grid: { channels: 2, height: 1, width: 1 } },
      attention: { form: 'joint', hidden: 4, scoreWidth: 2, contextFrames: 1 },
    });
    const { parameters } = inferenceGraph({ config, clips: 1 });
    const tensors = initialise(parameters, Random.from(3, 'predictor'));
    const runs: number[] = [];
    const extractor = {
      async extract({ data, shape }: Tensor): Promise<Tensor> {
        runs.push(shape[0]!);
        const each = data.length / shape[0]!;
        const firsts = Array.from({ length: shape[0]! }, (_, i) => [data[i * each], data[i * each + 1]]);
        return float32(
          firsts.flat().map((byte) => Number(byte) / 255),
          [shape[0]!, 2, 1, 1],
        );
      },
      close: async () => {},
    };
    const open = async () =>
      Predictor.open({ config, tensors, id: 'abc', runtime: await openRuntime({ threads: 1 }), extractor });
    const predictor = await open();
    const first = clip();
    const each = first.frames.length / n;
    const frames = new Uint8Array(first.frames.length); // the last three frames, and two that are new and equal
    frames.set(first.frames.subarray(2 * each));
    const second = { ...first, frames };
    await predictor.predict(first, 'first');
    const again = await predictor.predict(second, 'second');
    expect(runs).toEqual([5, 1]);
    const fresh = await open();
    expect(again.probabilities).toEqual((await fresh.predict(second, 'second')).probabilities);
    await predictor.close();
    await fresh.close();
  });
});
