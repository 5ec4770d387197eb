// State on a device, with an engine that is played: what is fed, what stays there, what is freed.
import { beforeEach, describe, expect, it } from 'vitest';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import { DeviceMemory, type DeviceOnnxRuntime } from '../../src/runtime/deviceMemory.js';
import { float32, type Tensor } from '../../src/tensor.js';

/** A tensor on the device; reading its data there would abort the process. */
class OnDevice {
  readonly location = 'gpu-buffer';
  readonly type = 'float32';
  readonly dims = [2];
  isFreed = false;
  constructor(readonly values: number[]) {}
  get data(): never {
    throw new Error('this would abort the process');
  }
  dispose(): void {
    this.isFreed = true;
  }
}

const made: OnDevice[] = [];
const fed: unknown[] = [];

/** `next:w = 2 w`, `loss = sum w`; anything else carries `x` to `y`. */
const ort: DeviceOnnxRuntime = {
  createSession: () => Promise.reject(new Error('not for programs of ours')),
  createTensor: (dtype, data, shape) =>
    ({ location: 'cpu', type: dtype, dims: shape, data }) as unknown as OrtTensor,
  createDeviceSession: async (_model, kept) => {
    const there = (values: number[]): OnDevice => {
      const tensor = new OnDevice(values);
      made.push(tensor);
      return tensor;
    };
    const here = (values: number[]) => ({
      location: 'cpu',
      type: 'float32',
      dims: [values.length],
      data: Float32Array.from(values),
    });
    const run = async (feeds: Record<string, OnDevice & { data: Float32Array }>) => {
      const [given] = Object.values(feeds);
      fed.push(given);
      const values = given instanceof OnDevice ? given.values : [...given!.data];
      if (!('w' in feeds)) return { y: kept.includes('y') ? there(values) : here(values) };
      return { loss: here([values[0]! + values[1]!]), 'next:w': there(values.map((x) => 2 * x)) };
    };
    return { run, release: async () => {} } as unknown as InferenceSession;
  },
};

const spec = { name: 'w', dtype: 'float32', shape: [2] } as const;
const plan = {
  model: new Uint8Array(),
  state: [spec],
  outputs: [{ name: 'loss', dtype: 'float32', shape: [1] }],
  updates: [{ name: 'w', output: 'next:w', inPlace: false }],
} as const;

describe('state on a device', () => {
  beforeEach(() => void (made.length = fed.length = 0));

  it('is fed to the next step as the last step left it, and never comes home between', async () => {
    const memory = new DeviceMemory(ort);
    await memory.write({ w: float32([1, 2]) });
    const session = await memory.prepare(plan);
    const losses: Tensor[] = [];
    for (let i = 0; i < 3; i++) losses.push((await memory.step(session, plan, {}, ['loss'])).loss!);
    expect(losses.map(({ data }) => data[0])).toEqual([3, 6, 12]); // 1 + 2, then doubled twice
    const [up, ...steps] = made;
    expect(fed.slice(1)).toEqual([up, steps[0], steps[1]]); // after the one that carried it up
    expect([up, ...steps].map(({ isFreed } = new OnDevice([])) => isFreed)).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect([...(await memory.read()).w!.data]).toEqual([8, 16]);
    memory.forget();
    expect(made.every(({ isFreed }) => isFreed)).toBe(true);
  });

  it('is demanded with its dtype and shape', async () => {
    const memory = new DeviceMemory(ort);
    expect(() => memory.check('run', [spec])).toThrow('run: state must have been written, got no w');
    await memory.write({ w: float32([1, 2, 3]) });
    expect(() => memory.check('run', [spec])).toThrow('run.w: must be float32 [2], got float32 [3]');
    await expect(memory.read(['v'])).rejects.toMatchObject({ code: 'missing' });
  });
});
