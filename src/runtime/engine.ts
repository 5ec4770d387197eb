// The half of a runtime that stands beside the device: it owns sessions and state and answers calls one
// at a time. ONNX Runtime comes in from outside (`onnxruntime-node` in a thread, `onnxruntime-web` in a
// page), and both speak the same interface, so this file serves both.
import type { InferenceSession, Tensor as OrtTensor, TypedTensor } from 'onnxruntime-common';
import { WhereWhenError } from '../errors.js';
import type { DType, Tensor, TensorArray, Tensors } from '../tensor.js';
import { State } from './state.js';
import type { ValueSpec } from './program.js';
import type { EngineCalls, Plan, StateUpdate } from './protocol.js';

/** The two constructors of ONNX Runtime that an engine needs, and how sessions are to be made. */
export interface OnnxRuntime {
  createSession(model: Uint8Array | string): Promise<InferenceSession>;
  createTensor(dtype: DType, data: TensorArray, shape: readonly number[]): OrtTensor;
}

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
      const session = await ort.createSession(plan.model);
      programs.set(++lastProgram, { session, ...plan, model: '' });
      const inputs = session.inputMetadata.map(specOf);
      return { program: lastProgram, inputs, outputs: session.outputMetadata.map(specOf) };
    },
    async run({ program, feeds, outputs }) {
      const loaded = programs.get(program);
      if (!loaded)
        throw new WhereWhenError({ code: 'internal', path: 'run', expected: 'program must not be released' });
      state.check('run', loaded.state);
      return await runStep(ort, loaded, state, feeds, outputs);
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

async function runStep(
  ort: OnnxRuntime,
  { session, state: specs, updates }: Loaded,
  state: State,
  feeds: Tensors,
  outputs: readonly string[],
): Promise<Tensors> {
  const wrap = ({ dtype, data, shape }: Tensor) => ort.createTensor(dtype, data, shape);
  const given: Record<string, OrtTensor> = {};
  for (const [name, tensor] of Object.entries(feeds)) given[name] = wrap(tensor);
  for (const { name } of specs) given[name] = wrap(state.current(name));
  const wanted: Record<string, OrtTensor | null> = {};
  for (const name of outputs) wanted[name] = null;
  for (const { name, output, inPlace } of updates) wanted[output] = wrap(state.next(name, inPlace));

  const results = await session.run(given, wanted).catch((error: unknown) => {
    if (updates.some((update) => update.inPlace)) state.tear(messageOf(error));
    throw error;
  });
  flipAll(state, updates);
  return Object.fromEntries(outputs.map((name) => [name, plain(results[name]!)]));
}

function flipAll(state: State, updates: readonly StateUpdate[]): void {
  for (const { name, inPlace } of updates) if (!inPlace) state.flip(name);
}

/** A result as our own tensor, in a buffer of its own that can be moved to the caller. */
function plain(result: OrtTensor): Tensor {
  const { type, dims, data } = result as TypedTensor<'float32'>;
  return { dtype: type as DType, shape: [...dims], data };
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
