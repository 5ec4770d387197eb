// What a worker holds open for the works that it is asked for, each with the folder that its files go to.
import { missingError } from '../../errors.js';
import { ownValue } from '../../ownValue.js';
import { workPlace } from './delivery.js';
import { names, type QueueLink } from './link.js';
import type { Handler, OpenHandler } from './handler.js';

/** Works whose handlers stay open. */
const OPEN = 2;

/** Handlers by work; the one that was asked for longest ago is closed for a third. */
export class OpenHandlers implements AsyncDisposable {
  readonly #link: QueueLink;
  readonly #handlers: Readonly<Record<string, OpenHandler>>;
  readonly #open = new Map<string, Promise<Handler>>();

  constructor(link: QueueLink, handlers: Readonly<Record<string, OpenHandler>>) {
    this.#link = link;
    this.#handlers = handlers;
  }

  async of(work: string): Promise<Handler> {
    const handler = this.#open.get(work) ?? this.#begin(work);
    this.#open.delete(work);
    this.#open.set(work, handler); // now the last
    handler.catch(() => this.#open.delete(work));
    for (const [oldest, other] of this.#open) {
      if (this.#open.size <= OPEN) break;
      this.#open.delete(oldest);
      void other.then((one) => one[Symbol.asyncDispose]()).catch(() => undefined);
    }
    return handler;
  }

  async #begin(work: string): Promise<Handler> {
    const text = await this.#link.redis.hget(names.works, work);
    if (text === null) throw missingError(this.#link.shown, 'the settings of a work', 'none');
    const { kind, settings, folder } = JSON.parse(text) as {
      kind: string;
      settings: unknown;
      folder?: string;
    };
    const open = ownValue(this.#handlers, kind);
    if (!open) throw missingError(this.#link.shown, `a worker that can ${kind}`, 'one of another version');
    const { remove, ...place } = await workPlace(this.#link, { id: work, folder });
    try {
      return untilIdle(await open(settings, place), remove);
    } catch (error) {
      await remove();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const handler of this.#open.values())
      await handler.then((one) => one[Symbol.asyncDispose]()).catch(() => undefined);
  }
}

/** The handler, which is closed once no clip is in its hands. */
function untilIdle(handler: Handler, remove: () => Promise<void>): Handler {
  const inHand = new Set<Promise<unknown>>();
  return {
    handle: (clip, signal) => {
      const made = handler.handle(clip, signal);
      inHand.add(made);
      const over = (): void => void inHand.delete(made);
      made.then(over, over);
      return made;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.allSettled(inHand);
      try {
        await handler[Symbol.asyncDispose]();
      } finally {
        await remove();
      }
    },
  };
}
