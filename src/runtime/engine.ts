// The half of a runtime that stands beside the device: it owns sessions and state and answers calls one
// at a time. ONNX Runtime comes in from outside (`onnxruntime-node` in a thread, `onnxruntime-web` in a
// page), and both speak the same interface, so this file serves both.
import type { InferenceSession } from 'onnxruntime-common';
import { formatError, internalError } from '../errors.js';
import type { DType, Tensors } from '../tensor.js';
import { plain, wrapAll, type Memory, type OnnxRuntime, type StepPlan } from './memory.js';
import type { ValueSpec } from './program.js';
import type { EngineCalls, ProgramPlan } from './protocol.js';

/** The names of an engine's calls, each a method that may answer later. */
export type Engine = {
  [Name in keyof EngineCalls]: (
    argument: Parameters<EngineCalls[Name]>[0],
  ) => Promise<ReturnType<EngineCalls[Name]>>;
};

interface LoadedProgram extends Omit<ProgramPlan, 'model'> {
  readonly session: InferenceSession;
}

/** An engine over one ONNX Runtime, its state in `memory`. Calls must be made one after the other. */
export function createEngine(ort: OnnxRuntime, memory: Memory): Engine {
  const programs = new Map<number, LoadedProgram>();
  let lastProgram = 0;

  return {
    async load({ model, ...plan }) {
      const ours = isStep({ model, ...plan });
      const session = await (ours ? memory.prepare(ours) : ort.createSession(model));
      programs.set(++lastProgram, { session, ...plan });
      if (ours) return { program: lastProgram, inputs: [], outputs: [] }; // the client has them from the graph
      const inputs = session.inputMetadata.map(specOf);
      return { program: lastProgram, inputs, outputs: session.outputMetadata.map(specOf) };
    },
    async run({ program, feeds, outputs }) {
      const loaded = programs.get(program);
      if (!loaded) throw internalError('run', 'program must not be released');
      const { session, outputs: known, ...plan } = loaded;
      if (known === undefined) return await runModel(ort, session, feeds, outputs);
      memory.check('run', plan.state);
      return await memory.step(session, { ...plan, outputs: known }, feeds, outputs);
    },
    async release({ program }) {
      const loaded = programs.get(program);
      programs.delete(program);
      await loaded?.session.release();
      return undefined;
    },
    write: async ({ state }) => void (await memory.write(state)),
    read: ({ names }) => memory.read(names),
    forget: async ({ names }) => void memory.forget(names),
    async close() {
      for (const { session } of programs.values()) await session.release();
      programs.clear();
      await memory.close();
      return undefined;
    },
  };
}

/** A program of ours has its shapes with it. */
function isStep({ model, outputs, ...plan }: ProgramPlan): StepPlan | undefined {
  return outputs === undefined || typeof model === 'string' ? undefined : { model, outputs, ...plan };
}

/** A model file from elsewhere: the engine finds the shapes of its results. */
async function runModel(
  ort: OnnxRuntime,
  session: InferenceSession,
  feeds: Tensors,
  outputs: readonly string[],
): Promise<Tensors> {
  const results = await session.run(wrapAll(ort, feeds), outputs);
  return Object.fromEntries(outputs.map((name) => [name, plain(results[name]!)]));
}

function specOf(meta: InferenceSession.ValueMetadata): ValueSpec {
  if (meta.isTensor) return { name: meta.name, dtype: meta.type as DType, shape: [...meta.shape] };
  throw formatError(meta.name, 'inputs and outputs must be tensors');
}
