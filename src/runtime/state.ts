// The named state beside the device: parameters and optimiser state. A value has a second buffer only
// while a program needs one, that is when its next value may not be written over the current one; the two
// are then written in turn, so that no step copies anything.
import { internalError } from '../errors.js';
import { sizeOf, type DType, type Tensor, type TensorArray, type Tensors } from '../tensor.js';
import { checkTensor, missingState } from './check.js';
import type { ValueSpec } from './program.js';

interface StateSlot {
  readonly dtype: DType;
  readonly shape: readonly number[];
  current: TensorArray;
  spare?: TensorArray;
}

/** Named tensors in one or two buffers each. */
export class StateBuffers {
  readonly #slots = new Map<string, StateSlot>();
  #torn: string | undefined;

  /**
   * Keeps the arrays themselves: whoever gives them gives them up. Where several lie in one buffer, all but the
   * first are copied, since values are written in place and one must never write over another.
   */
  write(tensors: Tensors): void {
    const taken = new Set<ArrayBufferLike>();
    for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
      this.#slots.set(name, { dtype, shape, current: taken.has(data.buffer) ? data.slice() : data });
      taken.add(data.buffer);
    }
    this.#torn = undefined;
  }

  /** Copies of the named values, by default of all. */
  read(names: readonly string[] = [...this.#slots.keys()]): Tensors {
    this.#demand('read', names);
    return Object.fromEntries(names.map((name) => [name, copyOf(this.#slots.get(name)!)]));
  }

  forget(names: readonly string[] = [...this.#slots.keys()]): void {
    for (const name of names) this.#slots.delete(name);
  }

  /** Throws unless every spec is there with its dtype and shape. */
  check(path: string, specs: readonly ValueSpec[]): void {
    this.#demand(
      path,
      specs.map((spec) => spec.name),
    );
    for (const spec of specs) checkTensor(`${path}.${spec.name}`, spec, this.current(spec.name));
    if (this.#torn === undefined) return;
    throw internalError(
      path,
      'state must be whole',
      `a step that broke off while writing it (${this.#torn})`,
      'write the state again, from a checkpoint',
    );
  }

  /** The current value, not copied. */
  current(name: string): Tensor {
    const { dtype, shape, current } = this.#slots.get(name)!;
    return { dtype, shape, data: current };
  }

  /** Where the next value is to be written: over the current one, or into the second buffer. */
  next(name: string, inPlace: boolean): Tensor {
    const slot = this.#slots.get(name)!;
    if (inPlace) return this.current(name);
    slot.spare ??= new (slot.current.constructor as new (length: number) => TensorArray)(sizeOf(slot.shape));
    return { dtype: slot.dtype, shape: slot.shape, data: slot.spare };
  }

  /** The second buffer has been written: it is the current value from here on. */
  flip(name: string): void {
    const slot = this.#slots.get(name)!;
    [slot.current, slot.spare] = [slot.spare!, slot.current];
  }

  /** A run broke off while it wrote over current values: nothing may be computed from them any more. */
  tear(reason: string): void {
    this.#torn = reason;
  }

  #demand(path: string, names: readonly string[]): void {
    const missing = names.filter((name) => !this.#slots.has(name));
    if (missing.length > 0) throw missingState(path, missing);
  }
}

function copyOf({ dtype, shape, current }: StateSlot): Tensor {
  return { dtype, shape, data: current.slice() };
}
