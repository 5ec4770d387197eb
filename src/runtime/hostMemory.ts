// State in ordinary arrays: what a step on the CPU reads and writes in place. CUDA uses it too, since
// onnxruntime-node can leave outputs on a WebGPU device only; state then travels with every step.
import type { InferenceSession } from 'onnxruntime-common';
import { sizeOf, type Tensor, type Tensors } from '../tensor.js';
import { arrayOf } from './check.js';
import {
  messageOf,
  wrapAll,
  type Memory,
  type OnnxRuntime,
  type OrtTensors,
  type StepPlan,
} from './memory.js';
import type { ValueSpec } from './program.js';
import { StateBuffers } from './state.js';

/** What this memory needs beside. */
export interface HostOnnxRuntime extends OnnxRuntime {
  /** As `createSession`, for a model that is only run by `runInto`, beside this much state. */
  createFixedSession(model: Uint8Array, stateBytes: number): Promise<InferenceSession>;
  /** Runs and writes into the arrays of `results`: every output that is wanted must be there. */
  runInto(session: InferenceSession, feeds: OrtTensors, results: OrtTensors): Promise<void>;
}

/** All shapes are known, so results and next state are written where they are wanted. */
export class HostMemory implements Memory {
  readonly #ort: HostOnnxRuntime;
  readonly #state = new StateBuffers();

  constructor(ort: HostOnnxRuntime) {
    this.#ort = ort;
  }

  prepare({ model, state }: StepPlan): Promise<InferenceSession> {
    return this.#ort.createFixedSession(model, bytesOf(state));
  }

  async step(
    session: InferenceSession,
    { state: specs, updates, outputs: known }: Omit<StepPlan, 'model'>,
    feeds: Tensors,
    outputs: readonly string[],
  ): Promise<Tensors> {
    const [ort, state] = [this.#ort, this.#state];
    const current = Object.fromEntries(specs.map(({ name }) => [name, state.current(name)]));
    const results = Object.fromEntries(
      outputs.map((name) => [name, empty(known.find((spec) => spec.name === name)!)]),
    );
    const next = Object.fromEntries(
      updates.map(({ name, output, inPlace }) => [output, state.next(name, inPlace)]),
    );
    try {
      await ort.runInto(
        session,
        wrapAll(ort, { ...feeds, ...current }),
        wrapAll(ort, { ...results, ...next }),
      );
    } catch (error) {
      if (updates.some((update) => update.inPlace)) state.tear(messageOf(error));
      throw error;
    }
    for (const { name, inPlace } of updates) if (!inPlace) state.flip(name);
    return results;
  }

  check(path: string, specs: readonly ValueSpec[]): void {
    this.#state.check(path, specs);
  }

  async write(tensors: Tensors): Promise<void> {
    this.#state.write(tensors);
  }

  async read(names?: readonly string[]): Promise<Tensors> {
    return this.#state.read(names);
  }

  forget(names?: readonly string[]): void {
    this.#state.forget(names);
  }

  async close(): Promise<void> {
    this.#state.forget();
  }
}

function empty({ dtype, shape }: ValueSpec): Tensor {
  const lengths = shape as readonly number[];
  return { dtype, shape: lengths, data: new arrayOf[dtype](sizeOf(lengths)) };
}

function bytesOf(specs: readonly ValueSpec[]): number {
  const bytes = ({ dtype, shape }: ValueSpec) => sizeOf(shape as number[]) * arrayOf[dtype].BYTES_PER_ELEMENT;
  return specs.reduce((total, spec) => total + bytes(spec), 0);
}
