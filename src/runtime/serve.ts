// Answers a client's messages with an engine, strictly in the order in which they came: a run never
// meets another run, a write or a release halfway.
import { WhereWhenError, type ErrorFacts } from '../errors.js';
import type { Tensors } from '../tensor.js';
import type { Engine } from './engine.js';
import { messageOf } from './memory.js';
import { buffersOf, type Reply, type Request } from './protocol.js';

/** One end of a message channel: Node's `parentPort` or a page's worker scope, made alike. */
export interface Port {
  post(message: unknown, transfer: ArrayBuffer[]): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** Serves until the thread ends. `onClosed` is called after a `close` was answered. */
export function serve(port: Port, engine: Engine, onClosed: () => void): void {
  let last: Promise<void> = Promise.resolve();
  port.onMessage((message) => {
    const request = message as Request;
    last = last
      .then(() => answer(port, engine, request))
      .then(() => {
        if (request.name === 'close') onClosed();
      });
  });
}

async function answer(port: Port, engine: Engine, { id, name, argument }: Request): Promise<void> {
  try {
    const value: unknown = await engine[name](argument as never);
    const moved = name === 'run' || name === 'read' ? buffersOf(value as Tensors) : [];
    port.post({ id, value } satisfies Reply, moved);
  } catch (error) {
    port.post({ id, error: factsOf(name, error) } satisfies Reply, []);
  }
}

function factsOf(path: string, error: unknown): ErrorFacts {
  if (error instanceof WhereWhenError) return error.toJSON();
  const code = path === 'load' ? 'format' : 'internal';
  return { code, path, expected: 'the engine must succeed', received: messageOf(error) };
}
