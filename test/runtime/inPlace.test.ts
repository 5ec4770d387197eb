// Which next values may be written over the current ones, and that doing so changes no bit.
import { describe, expect, it } from 'vitest';
import {
  adam,
  add,
  gradients,
  input,
  matMul,
  mul,
  parameter,
  reshape,
  sgd,
  square,
  sub,
  sum,
  transpose,
  type Graph,
} from '../../src/graph/index.js';
import { reachable } from '../../src/graph/gradients.js';
import { createEngine } from '../../src/runtime/engine.js';
import { HostMemory, type HostOnnxRuntime } from '../../src/runtime/hostMemory.js';
import { orderUpdates } from '../../src/runtime/inPlace.js';
import { fenceBytes } from '../../src/runtime/fence.js';
import { runInto, withFence } from '../../src/runtime/nodeSession.js';
import { planOf } from '../../src/runtime/plan.js';
import { float32, sizeOf, type Tensors } from '../../src/tensor.js';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const w = parameter('w', [2, 2]);
const scalar = input('scalar', []);

function inPlace(graph: Partial<Graph>): string[] {
  return [...orderUpdates({ outputs: {}, updates: [], ...graph }).inPlace];
}

describe('writing in place', () => {
  it('is allowed where the next value is computed from the current one element by element', () => {
    expect(inPlace({ updates: [{ parameter: w, next: add(mul(w, 0.9), input('g', [2, 2])) }] })).toEqual([
      'w',
    ]);
  });

  it('is refused where one number of the next value reads several of the current one', () => {
    expect(inPlace({ updates: [{ parameter: w, next: matMul(w, w) }] })).toEqual([]);
    expect(inPlace({ updates: [{ parameter: w, next: add(w, sum(w)) }] })).toEqual(['w']); // the sum is there first
    expect(inPlace({ updates: [{ parameter: w, next: add(w, transpose(w, [1, 0])) }] })).toEqual(['w']); // so is the turned copy
  });

  it('is refused where an output is the current value or a view of it', () => {
    const updates = [{ parameter: w, next: mul(w, 2) }];
    expect(inPlace({ outputs: { w }, updates })).toEqual([]);
    expect(inPlace({ outputs: { flat: reshape(w, [4]) }, updates })).toEqual([]);
  });

  it('is refused where another reader cannot be ordered before it', () => {
    const updates = [{ parameter: w, next: mul(w, 2) }];
    expect(inPlace({ outputs: { y: matMul(w, w) }, updates })).toEqual([]);
  });

  it('lets the learning rate wait for the other readers', () => {
    const next = sub(w, mul(input('g', [2, 2]), scalar));
    const { graph, inPlace: names } = orderUpdates({
      outputs: { y: matMul(w, w) },
      updates: [{ parameter: w, next }],
    });
    expect([...names]).toEqual(['w']);
    expect(reachable([graph.updates[0]!.next])).toContain(graph.outputs.y);
  });

  it('keeps two buffers where a late twin would leave the original reading', () => {
    const next = sub(w, mul(input('g', [2, 2]), scalar));
    const average = parameter('average', [2, 2]);
    const updates = [
      { parameter: w, next },
      { parameter: average, next: add(mul(average, 0.9), mul(next, 0.1)) },
    ];
    expect(inPlace({ outputs: { y: matMul(w, w) }, updates })).toEqual(['average']);
  });
});

describe.each(['adam', 'sgd'] as const)('two layers trained by %s', (name) => {
  const [a, b] = [parameter('a', [8, 16]), parameter('b', [16, 4])];
  const loss = sum(square(matMul(square(matMul(input('x', [5, 8]), a)), b)));
  const learningRate = input('rate', []);
  const optimiser =
    name === 'adam' ? adam({ learningRate, weightDecay: 0.1 }) : sgd({ learningRate, momentum: 0.9 });
  const steps = gradients(loss, [a, b]).map((slope, i) => optimiser.update([a, b][i]!, slope));
  const updates = steps.flatMap((step, i) => [{ parameter: [a, b][i]!, next: step.next }, ...step.state]);
  const graph: Graph = { outputs: { loss }, updates: [...updates, ...optimiser.shared] };

  it('are written in place altogether', () => {
    expect(planOf(graph).updates.every((update) => update.inPlace)).toBe(true);
  });

  it('end in the same bits in one buffer as in two', async () => {
    const plan = planOf(graph);
    const twice = { ...plan, updates: plan.updates.map((update) => ({ ...update, inPlace: false })) };
    const one = await after10(plan);
    expect(one).toEqual(await after10(twice));
    expect(one.a!.data.every(Number.isFinite)).toBe(true);
  });
});

async function after10(plan: ReturnType<typeof planOf>): Promise<Tensors> {
  const ort: HostOnnxRuntime = {
    createSession: (model) => InferenceSession.create(model as Uint8Array),
    createFixedSession: (model) => InferenceSession.create(withFence(model, fenceBytes())),
    runInto,
    createTensor: (dtype, data, shape) => new Tensor(dtype as 'float32', data as Float32Array, shape),
  };
  const engine = createEngine(ort, new HostMemory(ort));
  const wave = (shape: readonly number[], by: number) =>
    float32(
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(by * (i + 1))),
      shape,
    );
  const start = plan.state.map(({ name, shape }) => {
    const lengths = shape as number[];
    return [
      name,
      name.includes('#') ? float32(new Float32Array(sizeOf(lengths)), lengths) : wave(lengths, 1),
    ];
  });
  await engine.write({ state: Object.fromEntries(start) as Tensors });
  const { program } = await engine.load(plan);
  for (let i = 0; i < 10; i++) {
    const feeds = { x: wave([5, 8], i + 2), rate: float32([1e-5], []) };
    await engine.run({ program, feeds, outputs: ['loss'] });
  }
  const state = await engine.read({});
  await engine.close({});
  return state;
}
