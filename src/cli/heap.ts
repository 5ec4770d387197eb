// How far V8's heap may grow before it is collected.
import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap grow to three times its size. Tensors lie outside of it, but count towards its growth: the heap of a training, 25 MB,
 * was collected after every 10 MB of them, several times a second (docs/performance.md). Of the whole process, from now on.
 */
export function letHeapGrow(): void {
  setFlagsFromString('--heap-growing-percent=200');
}
