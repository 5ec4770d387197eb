// Loaded before a command (`node --import`): asked by a message, it collects what nobody holds any more and says how much is left.
// What a process takes from the system rises and falls in waves as the collector comes and goes; what it holds does not.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Megabytes that a process holds after a full collection. */
export interface HeldMemory {
  /** Of the JavaScript heap. */
  heap: number;
  /** Of buffers and whatever else JavaScript holds outside of its heap. */
  external: number;
  /** All that the system has given to the process. */
  resident: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

process.on('message', () => {
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send!({ heap: heapUsed / 2 ** 20, external: external / 2 ** 20, resident: rss / 2 ** 20 });
});
process.channel?.unref(); // the command ends as it does by itself
