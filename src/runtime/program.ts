// What the rest of the project sees of a device: a runtime holds named state (parameters, optimiser
// state) beside the device, and programs compiled from graphs read it, write it and give numbers back.
// No word here of the engine underneath: the thread, web and GPU halves all stand behind these types.
import type { Graph } from '../graph/index.js';
import type { DType, Tensors } from '../tensor.js';

/** Where programs run. */
export type Device = 'cpu' | 'webgpu' | 'cuda';

/** A device, or the best that this machine has: CUDA, then WebGPU on real hardware, then the CPU. */
export type DeviceChoice = Device | 'auto';

/** How a runtime is opened. */
export interface RuntimeOptions {
  /** Default `cpu`. Any other is tried before it is used. */
  device?: DeviceChoice;
  /** Threads that compute; by default as many as the machine has cores. */
  threads?: number;
  /**
   * Whether idle computing threads wait by spinning, which is quicker when nothing else runs, or by
   * sleeping, which leaves the cores to decoding. Default true.
   */
  spin?: boolean;
}

/** What a program takes or gives under one name. A free dimension of a model file is its name (`'batch'`). */
export interface ValueSpec {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | string)[];
}

/** How one run is made. */
export interface RunOptions {
  /** The outputs to bring home; by default all. State updates are always made. */
  outputs?: readonly string[];
  /** Moves the feeds' buffers instead of copying them: the caller's arrays are empty afterwards. */
  transfer?: boolean;
}

/** A compiled graph. Runs of one runtime happen one at a time, in the order in which they were asked for. */
export interface Program extends AsyncDisposable {
  /** What must be fed. */
  readonly feeds: readonly ValueSpec[];
  /** What comes out. */
  readonly outputs: readonly ValueSpec[];
  /** The state that must have been written to the runtime, and is read by every run. */
  readonly state: readonly ValueSpec[];
  /** The part of `state` that every run replaces. */
  readonly updated: readonly string[];
  /**
   * Feeds the inputs, updates the state and resolves with the outputs. The same feeds and state give the
   * same bits on one machine.
   * @throws {WhereWhenError} `input` for a missing, unknown or ill-shaped feed; `missing` for unwritten state.
   */
  run(feeds: Tensors, options?: RunOptions): Promise<Tensors>;
  /** Frees the program's memory; the runtime's state stays. */
  release(): Promise<void>;
}

/** A device with named state that all its programs share. */
export interface Runtime extends AsyncDisposable {
  readonly device: Device;
  readonly threads: number;
  /** Prepares a graph; its parameters are the runtime's state of the same name. */
  compile(graph: Graph): Promise<Program>;
  /** Prepares an ONNX file, given as bytes (moved) or as a path; what it takes and gives is found in the file. */
  openModel(model: Uint8Array | string): Promise<Program>;
  /** Sets named state; what is not named keeps its value. With `transfer` the arrays are moved. */
  write(state: Tensors, options?: { transfer?: boolean }): Promise<void>;
  /** A copy of the named state, by default of all of it. */
  read(names?: readonly string[]): Promise<Tensors>;
  /** Forgets the named state, by default all of it, and frees its memory. */
  forget(names?: readonly string[]): Promise<void>;
  /** Ends the runtime and frees everything; pending calls are rejected. */
  close(): Promise<void>;
}
