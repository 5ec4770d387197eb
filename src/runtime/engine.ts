// The half of a runtime that stands beside the device: it owns sessions and state and answers calls one
// at a time. ONNX Runtime comes in from outside (`onnxruntime-node` in a thread, `onnxruntime-web` in a
// page), and both speak the same interface, so this file serves both.
import type { InferenceSession, Tensor as OrtTensor, TypedTensor } from 'onnxruntime-common';
import { WhereWhenError } from '../errors.js';
import { sizeOf, type DType, type Tensor, type TensorArray, type Tensors } from '../tensor.js';
import { arrayOf } from './check.js';
import { State } from './state.js';
import type { ValueSpec } from './program.js';
import type { EngineCalls, Plan } from './protocol.js';

/** What an engine needs of ONNX Runtime. */
export interface OnnxRuntime {
  createSession(model: Uint8Array | string): Promise<InferenceSession>;
  /** As `createSession`, for a model that is only run by `runInto`, beside this much state. */
  createFixedSession(model: Uint8Array, stateBytes: number): Promise<InferenceSession>;
  /** Runs and writes into the arrays of `results`: every output that is wanted must be there. */
  runInto(session: InferenceSession, feeds: OrtTensors, results: OrtTensors): Promise<void>;
  createTensor(dtype: DType, data: TensorArray, shape: readonly number[]): OrtTensor;
}

type OrtTensors = Record<string, OrtTensor>;

/** The names of an engine's calls, each a method that may answer later. */
export type Engine = {
  [Name in keyof EngineCalls]: (
    argument: Parameters<EngineCalls[Name]>[0],
  ) => Promise<ReturnType<EngineCalls[Name]>>;
};

interface Loaded extends Plan {
  readonly session: InferenceSession;
}

/** An engine over one ONNX Runtime. Calls must be made one after the other. */
export function createEngine(ort: OnnxRuntime): Engine {
  const programs = new Map<number, Loaded>();
  const state = new State();
  let lastProgram = 0;

  return {
    async load(plan) {
      const { model, outputs } = plan;
      const isFixed = outputs !== undefined && typeof model !== 'string';
      const session = await (isFixed
        ? ort.createFixedSession(model, bytesOf(plan.state))
        : ort.createSession(model));
      programs.set(++lastProgram, { session, ...plan, model: '' });
      if (isFixed) return { program: lastProgram, inputs: [], outputs: [] }; // the client has them from the graph
      const inputs = session.inputMetadata.map(specOf);
      return { program: lastProgram, inputs, outputs: session.outputMetadata.map(specOf) };
    },
    async run({ program, feeds, outputs }) {
      const loaded = programs.get(program);
      if (!loaded)
        throw new WhereWhenError({ code: 'internal', path: 'run', expected: 'program must not be released' });
      state.check('run', loaded.state);
      const run = loaded.outputs === undefined ? runModel : runStep;
      return await run(ort, loaded, state, feeds, outputs);
    },
    async release({ program }) {
      const loaded = programs.get(program);
      programs.delete(program);
      await loaded?.session.release();
      return undefined;
    },
    write: async ({ state: tensors }) => void state.write(tensors),
    read: async ({ names }) => state.read(names),
    forget: async ({ names }) => void state.forget(names),
    async close() {
      for (const { session } of programs.values()) await session.release();
      programs.clear();
      state.forget();
      return undefined;
    },
  };
}

/** A program of ours: all shapes are known, so results and next state are written where we want them. */
async function runStep(
  ort: OnnxRuntime,
  { session, state: specs, updates, outputs: known }: Loaded,
  state: State,
  feeds: Tensors,
  outputs: readonly string[],
): Promise<Tensors> {
  const given = wrapAll(ort, feeds);
  for (const { name } of specs) given[name] = wrap(ort, state.current(name));
  const results = Object.fromEntries(
    outputs.map((name) => [name, empty(known!.find((spec) => spec.name === name)!)]),
  );
  const wanted = wrapAll(ort, results);
  for (const { name, output, inPlace } of updates) wanted[output] = wrap(ort, state.next(name, inPlace));
  try {
    await ort.runInto(session, given, wanted);
  } catch (error) {
    if (updates.some((update) => update.inPlace)) state.tear(messageOf(error));
    throw error;
  }
  for (const { name, inPlace } of updates) if (!inPlace) state.flip(name);
  return results;
}

/** A model file from elsewhere: the engine finds the shapes of its results. */
async function runModel(
  ort: OnnxRuntime,
  { session }: Loaded,
  _state: State,
  feeds: Tensors,
  outputs: readonly string[],
): Promise<Tensors> {
  const results = await session.run(wrapAll(ort, feeds), outputs);
  return Object.fromEntries(outputs.map((name) => [name, plain(results[name]!)]));
}

function wrap(ort: OnnxRuntime, { dtype, data, shape }: Tensor): OrtTensor {
  return ort.createTensor(dtype, data, shape);
}

function wrapAll(ort: OnnxRuntime, tensors: Tensors): OrtTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, wrap(ort, tensor)]));
}

function empty({ dtype, shape }: ValueSpec): Tensor {
  const lengths = shape as readonly number[];
  return { dtype, shape: lengths, data: new arrayOf[dtype](sizeOf(lengths)) };
}

/** A result as our own tensor, in a buffer of its own that can be moved to the caller. */
function plain(result: OrtTensor): Tensor {
  const { type, dims, data } = result as TypedTensor<'float32'>;
  return { dtype: type as DType, shape: [...dims], data };
}

function bytesOf(specs: readonly ValueSpec[]): number {
  const bytes = ({ dtype, shape }: ValueSpec) => sizeOf(shape as number[]) * arrayOf[dtype].BYTES_PER_ELEMENT;
  return specs.reduce((total, spec) => total + bytes(spec), 0);
}

function specOf(meta: InferenceSession.ValueMetadata): ValueSpec {
  if (meta.isTensor) return { name: meta.name, dtype: meta.type as DType, shape: [...meta.shape] };
  throw new WhereWhenError({
    code: 'format',
    path: meta.name,
    expected: 'inputs and outputs must be tensors',
  });
}

/** What an unknown thrown thing says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
