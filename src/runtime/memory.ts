// Where named state (parameters, optimiser state) lives, and how a step reads and writes it there. The
// engine keeps programs and knows nothing else; `hostMemory` and `deviceMemory` are the two ways.
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import type { DType, TensorArray, Tensors } from '../tensor.js';
import type { ValueSpec } from './program.js';
import type { ProgramPlan } from './protocol.js';

/** Tensors of ONNX Runtime by name. */
export type OrtTensors = Record<string, OrtTensor>;

/** What an engine needs of ONNX Runtime. */
export interface OnnxRuntime {
  createSession(model: Uint8Array | string): Promise<InferenceSession>;
  createTensor(dtype: DType, data: TensorArray, shape: readonly number[]): OrtTensor;
}

/** The plan of a program of ours: bytes, and all shapes known. */
export interface StepPlan extends ProgramPlan {
  readonly model: Uint8Array;
  readonly outputs: readonly ValueSpec[];
}

/** Named state and the programs that read and write it. Calls are made one after the other. */
export interface Memory {
  /** Prepares a program. */
  prepare(plan: StepPlan): Promise<InferenceSession>;
  /** Runs it: the state is fed, its updates are kept, the wanted outputs come home. */
  step(
    session: InferenceSession,
    plan: Omit<StepPlan, 'model'>,
    feeds: Tensors,
    outputs: readonly string[],
  ): Promise<Tensors>;
  /** Throws unless every spec is there with its dtype and shape, and whole. */
  check(path: string, specs: readonly ValueSpec[]): void;
  /** Takes the arrays over: whoever gives them gives them up. */
  write(tensors: Tensors): Promise<void>;
  /** Copies of the named values, by default of all. */
  read(names?: readonly string[]): Promise<Tensors>;
  /** Frees the named values, by default all. */
  forget(names?: readonly string[]): void;
  /** Frees everything. */
  close(): Promise<void>;
}

/** Our tensors as ONNX Runtime's, over the same arrays. */
export function wrapAll(ort: OnnxRuntime, tensors: Tensors): OrtTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, data, shape }]) => [
      name,
      ort.createTensor(dtype, data, shape),
    ]),
  );
}

/** A result as our own tensor, in a buffer of its own that can be moved to the caller. */
export function plain(result: OrtTensor): Tensors[string] {
  const { type, dims, data } = result;
  return { dtype: type as DType, shape: [...dims], data: data as TensorArray };
}

/** What an unknown thrown thing says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
