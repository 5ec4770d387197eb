// The runtime over tiny graphs: state that lives beside the device, the door, the end of things.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WhereWhenError } from '../../src/errors.js';
import {
  add,
  constant,
  exp,
  gradients,
  adam,
  greater,
  input,
  matMul,
  mul,
  parameter,
  reshape,
  square,
  sub,
  sum,
  toOnnx,
} from '../../src/graph/index.js';
import { clientOf } from '../../src/runtime/client.js';
import { openRuntime, type Runtime } from '../../src/runtime/index.js';
import { float32, int64, type Tensors } from '../../src/tensor.js';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await openRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

const doubled = () => ({ outputs: { y: mul(input('x', [2]), 2) }, updates: [] });

/** One Adam step on `w` of `|x w|^2`, with its state. */
function trainingStep() {
  const w = parameter('w', [3, 2]);
  const x = input('x', [4, 3]);
  const loss = sum(square(matMul(x, w)));
  const [slope] = gradients(loss, [w]);
  const optimiser = adam({ learningRate: input('rate', []) });
  const step = optimiser.update(w, slope!);
  const state = [...optimiser.shared, ...step.state];
  return { graph: { outputs: { loss }, updates: [{ parameter: w, next: step.next }, ...state] }, state };
}

const stepFeeds = (): Tensors => ({
  x: float32(
    Array.from({ length: 12 }, (_, i) => Math.sin(i)),
    [4, 3],
  ),
  rate: float32([0.1], []),
});

async function trained(steps: number): Promise<{ losses: number[]; state: Tensors }> {
  await using own = await openRuntime({ threads: 2 });
  const { graph, state } = trainingStep();
  await own.write({ w: float32([1, -2, 3, -4, 5, -6], [3, 2]) });
  for (const { parameter: kept } of state) {
    const size = kept.shape.reduce((a, b) => a * b, 1);
    await own.write({ [kept.name!]: float32(new Float32Array(size), kept.shape) });
  }
  const program = await own.compile(graph);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push(Number((await program.run(stepFeeds())).loss!.data[0]));
  return { losses, state: await own.read() };
}

describe('a program', () => {
  it('says what it takes, gives, reads and updates', async () => {
    const { graph } = trainingStep();
    const program = await runtime.compile(graph);
    expect(program.feeds.map(({ name }) => name).sort()).toEqual(['rate', 'x']);
    expect(program.outputs).toEqual([{ name: 'loss', dtype: 'float32', shape: [] }]);
    expect([...program.updated].sort()).toEqual(['optimiser#step', 'w', 'w#adam1', 'w#adam2']);
    expect(program.state.find(({ name }) => name === 'w')?.shape).toEqual([3, 2]);
    await program.release();
  });

  it('gives numbers of every kind: 2 x, x > 1, a label more', async () => {
    const x = input('x', [2]);
    const label = input('label', [1], 'int64');
    const outputs = { twice: mul(x, 2), above: greater(x, 1), next: add(label, constant([1], [1], 'int64')) };
    await using program = await runtime.compile({ outputs, updates: [] });
    const got = await program.run({ x: float32([1, 3]), label: int64([41]) });
    expect([...got.twice!.data]).toEqual([2, 6]);
    expect([...got.above!.data]).toEqual([0, 1]);
    expect([...got.next!.data]).toEqual([42n]);
  });

  it('brings home only the outputs that were asked for', async () => {
    const x = input('x', [2]);
    await using program = await runtime.compile({ outputs: { a: mul(x, 2), b: exp(x) }, updates: [] });
    expect(Object.keys(await program.run({ x: float32([0, 1]) }, { outputs: ['b'] }))).toEqual(['b']);
    await expect(program.run({ x: float32([0, 1]) }, { outputs: ['c'] })).rejects.toThrow(
      'run.outputs: outputs must be among [a, b], got c',
    );
  });

  it('moves feeds only when asked to', async () => {
    await using program = await runtime.compile(doubled());
    const [kept, moved] = [float32([1, 2]), float32([1, 2])];
    await program.run({ x: kept });
    await program.run({ x: moved }, { transfer: true });
    expect([kept.data.length, moved.data.length]).toEqual([2, 0]);
    await expect(program.run({ x: moved })).rejects.toThrow('was this array moved to a runtime before?');
  });

  it('runs calls in the order in which they were made', async () => {
    const n = parameter('order', []);
    await using program = await runtime.compile({
      outputs: { before: mul(n, 1.5) },
      updates: [{ parameter: n, next: add(n, input('by', [])) }],
    });
    await runtime.write({ order: float32([2], []) });
    const runs = [1, 2, 3].map((by) => program.run({ by: float32([by], []) }));
    const seen = (await Promise.all(runs)).map(({ before }) => before!.data[0]);
    expect(seen).toEqual([3, 4.5, 7.5]);
    expect((await runtime.read(['order'])).order!.data[0]).toBe(8);
  });

  it('opens a model file from elsewhere and finds what it takes and gives', async () => {
    await using program = await runtime.openModel(toOnnx(doubled()));
    expect(program.feeds).toEqual([{ name: 'x', dtype: 'float32', shape: [2] }]);
    expect([...(await program.run({ x: float32([4, 5]) })).y!.data]).toEqual([8, 10]);
    await expect(runtime.openModel(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: 'format' });
    await expect(runtime.openModel('no-such-file.onnx')).rejects.toMatchObject({ code: 'format' });
  });
});

describe('the door', () => {
  it.each<[string, Tensors, string]>([
    [
      'a missing and an unknown name',
      { z: float32([1, 2]) },
      'run: feeds must be exactly [x], got missing x and unknown z',
    ],
    ['a shape', { x: float32([1, 2, 3]) }, 'run.x: must be float32 [2], got float32 [3]'],
    ['a dtype', { x: int64([1, 2]) }, 'run.x: must be float32 [2], got int64 [2]'],
    ['a length', { x: float32([1, 2, 3], [2]) }, 'run.x: [2] must hold 2 numbers, got 3'],
    [
      'an array',
      { x: { dtype: 'float32', shape: [2], data: new Float64Array(2) } },
      'run.x: a float32 tensor must hold a Float32Array, got Float64Array',
    ],
  ])('names what is wrong with %s', async (_what, feeds, message) => {
    await using program = await runtime.compile(doubled());
    await expect(program.run(feeds)).rejects.toThrow(message);
  });

  it('lists the state that was never written, and the state of a wrong shape', async () => {
    const x = input('x', [2]);
    const outputs = { y: add(add(x, parameter('never', [2])), parameter('neither', [2])) };
    await using program = await runtime.compile({ outputs, updates: [] });
    await expect(program.run({ x: float32([1, 2]) })).rejects.toThrow('no never, neither');
    await runtime.write({ never: float32([1]), neither: float32([1, 2]) });
    await expect(program.run({ x: float32([1, 2]) })).rejects.toThrow(
      'run.never: must be float32 [2], got float32 [1]',
    );
    await runtime.forget(['never', 'neither']);
    await expect(runtime.read(['never'])).rejects.toMatchObject({ code: 'missing' });
  });

  it('refuses a thread count below 1', async () => {
    await expect(openRuntime({ threads: 0 })).rejects.toThrow(
      'threads: must be a whole number of at least 1, got 0',
    );
  });
});

describe('state', () => {
  it('is shared: what a step writes, the evaluation reads', async () => {
    const w = parameter('shared', [2]);
    await using step = await runtime.compile({ outputs: {}, updates: [{ parameter: w, next: mul(w, 2) }] });
    await using look = await runtime.compile({ outputs: { y: sub(w, 1) }, updates: [] });
    await runtime.write({ shared: float32([1, 10]) });
    await step.run({});
    await step.run({});
    expect([...(await look.run({})).y!.data]).toEqual([3, 39]);
  });

  it('turns between two buffers where a next value may not be written over the current one', async () => {
    const w = parameter('turned', [2, 2]);
    const next = matMul(w, w); // reads all of w for each number of the next
    await using program = await runtime.compile({
      outputs: { y: reshape(w, [4]) },
      updates: [{ parameter: w, next }],
    });
    await runtime.write({ turned: float32([1, 1, 0, 1], [2, 2]) });
    for (const power of [1, 2, 4]) expect([...(await program.run({})).y!.data]).toEqual([1, power, 0, 1]);
    expect([...(await runtime.read(['turned'])).turned!.data]).toEqual([1, 8, 0, 1]);
  });

  it('is a copy when read and keeps its value when the reader writes into it', async () => {
    await runtime.write({ copied: float32([7]) });
    (await runtime.read(['copied'])).copied!.data[0] = 0;
    expect((await runtime.read(['copied'])).copied!.data[0]).toBe(7);
  });

  it('is one value a name although two were written over one array', async () => {
    const [a, b] = [parameter('sharedA', [2]), parameter('sharedB', [2])];
    const array = new Float32Array([1, 2]);
    const view = new Float32Array(array.buffer, 4, 1);
    await runtime.write({ sharedA: float32(array), sharedB: float32(array), sharedPart: float32(view) });
    const updates = [{ parameter: a, next: add(mul(a, 2), 1) }];
    await using program = await runtime.compile({ outputs: { y: mul(b, 1) }, updates });
    await program.run({});
    const after = await runtime.read(['sharedA', 'sharedB', 'sharedPart']);
    expect([...after.sharedA!.data]).toEqual([3, 5]); // 2 * 1 + 1, 2 * 2 + 1
    expect([...after.sharedB!.data]).toEqual([1, 2]);
    expect([...after.sharedPart!.data]).toEqual([2]);
  });

  it('ends in the same bits for the same feeds', async () => {
    const [one, other] = [await trained(20), await trained(20)];
    expect(one).toEqual(other);
    expect(one.losses.at(-1)).toBeLessThan(one.losses[0]!);
    expect(one.state['optimiser#step']!.data[0]).toBe(20);
  });
});

describe('the end', () => {
  it('answers calls made before it and refuses those after it', async () => {
    const own = await openRuntime({ threads: 1 });
    const program = await own.compile(doubled());
    const last = program.run({ x: float32([1, 2]) });
    const closing = own.close();
    expect([...(await last).y!.data]).toEqual([2, 4]);
    await closing;
    await own.close();
    await expect(program.run({ x: float32([1, 2]) })).rejects.toThrow('the runtime must be open');
  });

  // A thread that is ended inside a native call may take the process with it, so a channel stands in for it here.
  it('is an error of every waiting call when the thread dies in one, and of every call after', async () => {
    const sent: unknown[] = [];
    let die: (reason: string) => void = () => undefined;
    const own = clientOf(
      {
        post: (message) => void sent.push(message),
        onMessage: () => undefined, // it never answers
        onFailure: (listener) => void (die = listener),
        stop: () => Promise.resolve(),
      },
      'cpu',
      1,
    );
    const waiting = [own.read(), own.compile(doubled()), own.write({ w: float32([1]) })];
    const ended = Promise.allSettled(waiting);
    expect(sent.length).toBe(3);
    die('its thread ended with code 1');
    for (const fate of await ended) {
      const { reason } = fate as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(WhereWhenError);
      expect(reason).toMatchObject({ code: 'internal', received: 'its thread ended with code 1' });
    }
    await expect(own.read()).rejects.toThrow('the runtime must be open, got its thread ended with code 1');
    await own.close(); // closing what is dead is no error
  });
  it('refuses a program that was released', async () => {
    const program = await runtime.compile(doubled());
    await program.release();
    await program.release();
    await expect(program.run({ x: float32([1, 2]) })).rejects.toThrow('the program was released');
  });

  it('gives memory back: thirty runtimes, one after the other, each with 32 MB of state', async () => {
    const open = async () => {
      await using own = await openRuntime({ threads: 2 });
      const w = parameter('w', [4 * 1024 * 1024]);
      await own.write({ w: float32(new Float32Array(4 * 1024 * 1024), w.shape) }, { transfer: true });
      const next = add(exp(w), add(mul(w, 0.5), 1));
      const program = await own.compile({ outputs: { sum: sum(w) }, updates: [{ parameter: w, next }] });
      await program.run({});
      await program.run({});
    };
    for (let i = 0; i < 5; i++) await open(); // what is kept once, is kept now
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 25; i++) await open();
    const grownMegabytes = (process.memoryUsage().rss - before) / 2 ** 20;
    expect(grownMegabytes).toBeLessThan(100); // one leaked runtime in four would be 200
  });
});
