// What the two halves of a runtime say to each other: the client beside the caller and the engine beside
// the device, in a worker thread or a web worker. Plain data; large arrays are moved, not copied.
import type { ErrorFacts } from '../errors.js';
import type { Tensors } from '../tensor.js';
import type { ValueSpec } from './program.js';

/** Where the next value of a state comes from, and whether it may be written over the current one. */
export interface StateUpdate {
  readonly name: string;
  readonly output: string;
  readonly inPlace: boolean;
}

/** A program as the engine takes it: the model and what its names mean. */
export interface ProgramPlan {
  readonly model: Uint8Array | string;
  readonly state: readonly ValueSpec[];
  readonly updates: readonly StateUpdate[];
  /** Given where all shapes are known, so that results can be written where they are wanted. */
  readonly outputs?: readonly ValueSpec[];
}

/** The calls that an engine answers, each with its answer. */
export interface EngineCalls {
  load(plan: ProgramPlan): { program: number; inputs: ValueSpec[]; outputs: ValueSpec[] };
  run(call: { program: number; feeds: Tensors; outputs: readonly string[] }): Tensors;
  release(call: { program: number }): undefined;
  write(call: { state: Tensors }): undefined;
  read(call: { names?: readonly string[] }): Tensors;
  forget(call: { names?: readonly string[] }): undefined;
  close(call: Record<string, never>): undefined;
}

/** One call on its way. */
export interface Request<Name extends keyof EngineCalls = keyof EngineCalls> {
  readonly id: number;
  readonly name: Name;
  readonly argument: Parameters<EngineCalls[Name]>[0];
}

/** Its answer: a value or an error as data. */
export type Reply =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: ErrorFacts };

/** The buffers behind named tensors, each once: what `postMessage` may move. */
export function buffersOf(tensors: Tensors): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { data } of Object.values(tensors)) {
    if (data.buffer instanceof ArrayBuffer) buffers.add(data.buffer);
  }
  return [...buffers];
}
