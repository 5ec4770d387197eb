// One door of the program as the fuzzer knocks at it: a folder of its own, an input drawn and changed, one verdict.
import { WhereWhenError } from '../../src/errors.js';
import type { Random } from '../../src/random.js';

/** `read`: a result that holds what it promises. `refused`: one error of ours that says where. */
export type Verdict = 'read' | 'refused';

/** What is knocked at. */
export interface Door {
  /** Draws an input, hands it in and judges what comes back. Throws what is a find. */
  attempt(random: Random): Promise<Verdict>;
  close?(): Promise<void>;
}

/** Makes a door over an empty folder. */
export type OpenDoor = (folder: string) => Promise<Door>;

/** The verdict on a call: an error of ours with a place is a refusal, and any other error is thrown on. */
export async function judged(call: () => unknown): Promise<Verdict> {
  try {
    await call();
    return 'read';
  } catch (error) {
    requireOwn(error);
    return 'refused';
  }
}

/** Throws an error on that is not one of ours, names no place or calls itself internal. */
export function requireOwn(error: unknown): asserts error is WhereWhenError {
  if (!(error instanceof WhereWhenError) || error.code === 'internal') throw error;
  if (error.path.trim() === '') throw new Error(`an error without a place: ${error.message}`);
}

/** Throws where a number in `value`, however deep, is not finite. */
export function requireFinite(value: unknown, path = 'answer'): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${value} at ${path}`);
  if (ArrayBuffer.isView(value)) {
    const numbers = value as unknown as ArrayLike<number | bigint>;
    for (let i = 0; i < numbers.length; i++)
      if (typeof numbers[i] === 'number' && !Number.isFinite(numbers[i]))
        throw new Error(`${numbers[i]} at ${path}.${i}`);
  } else if (value !== null && typeof value === 'object') {
    for (const [key, one] of Object.entries(value)) requireFinite(one, `${path}.${key}`);
  }
}
