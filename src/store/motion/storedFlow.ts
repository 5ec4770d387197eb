// The flow of clips, kept in a folder by the content of their files: it depends on no backbone and on no box.
import { flowFromTensors, flowTensors } from '../../motion/index.js';
import { keptAs } from '../kept.js';
import { ClipStore } from '../store.js';
import { FlowPool, type FlowOptions } from './flowPool.js';
import type { FlowOfClip } from './readFlow.js';

/** Raise it when flow is computed in another way: stored flow is then found anew. */
const flowVersion = 1;

/** Gives the flow of clips, from its folder where it lies there whole; threads start when flow is first computed. */
export class FlowStore implements AsyncDisposable {
  readonly #pool = new FlowPool();
  readonly #store: ClipStore | undefined;

  /** Without a folder all flow is computed. */
  constructor(folder?: string) {
    this.#store = folder === undefined ? undefined : new ClipStore(folder, { kind: 'flow', flowVersion });
  }

  /** The flow of the whole clip at `path`. Throws what `FlowPool.flowOf` throws. */
  async flowOf(path: string, options: FlowOptions = {}): Promise<FlowOfClip['flow']> {
    const make = () => this.#pool.flowOf(path, options);
    if (!this.#store || options.range) return (await make()).flow;
    const key = await this.#store.keyOf(path);
    return flowFromTensors(await keptAs(this.#store, key, async () => flowTensors((await make()).flow)));
  }

  /** The flow from the first to the last of some frames of the video at `path`, rising; not kept. */
  async flowAround(
    path: string,
    indices: readonly number[],
    options: Omit<FlowOptions, 'range'> = {},
  ): Promise<FlowOfClip['flow']> {
    const range = { start: indices[0]!, end: indices.at(-1)! + 1 };
    return this.flowOf(path, { ...options, range });
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
