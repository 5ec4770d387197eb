// The page that test/runtime/web.test.ts opens: a runtime in a worker, called from the outside.
import { input, mul, parameter, sub, type Graph } from '../../src/graph/index.js';
import { openWebRuntime, type Runtime } from '../../src/runtime/web/index.js';

const files = { mjs: `${location.origin}/ort.mjs`, wasm: `${location.origin}/ort.wasm` };
const open = (script: string, threads?: number): Runtime =>
  openWebRuntime({ worker: new Worker(script, { type: 'module' }), files, threads });

/** One step of descent on `(w x)^2 / 2` by `w`: `w - rate * w x^2`; the output is `w x` before it. */
export function stepGraph(): Graph {
  const [x, w] = [input('x', [3]), parameter('w', [3])];
  const y = mul(w, x);
  return { outputs: { y }, updates: [{ parameter: w, next: sub(w, mul(0.1, mul(y, x))) }] };
}

async function steps(threads: number): Promise<{ y: number[][]; w: number[]; threads: number }> {
  await using runtime = open('/worker.js', threads);
  const program = await runtime.compile(stepGraph());
  await runtime.write({ w: { dtype: 'float32', shape: [3], data: Float32Array.of(1, 2, 3) } });
  const y: number[][] = [];
  for (let i = 0; i < 2; i++) {
    const fed = { x: { dtype: 'float32' as const, shape: [3], data: Float32Array.of(1, 1, 2) } };
    y.push(Array.from((await program.run(fed)).y!.data as Float32Array));
  }
  const { w } = await runtime.read();
  return { y, w: Array.from(w!.data as Float32Array), threads: runtime.threads };
}

async function model(bytes: number[], frames: number[], shape: number[]): Promise<number[]> {
  await using runtime = open('/worker.js');
  const program = await runtime.openModel(Uint8Array.from(bytes));
  const name = program.feeds[0]!.name;
  const outputs = await program.run({ [name]: { dtype: 'uint8', shape, data: Uint8Array.from(frames) } });
  return Array.from(outputs.probabilities!.data as Float32Array);
}

const failure = async (script: string): Promise<string> => {
  const runtime = open(script);
  const found = await runtime.openModel(Uint8Array.of(1, 2, 3)).then(
    () => 'no failure',
    (error: Error) => error.message,
  );
  await runtime.close();
  return found;
};

Object.assign(globalThis, { engine: { steps, model, failure } });
