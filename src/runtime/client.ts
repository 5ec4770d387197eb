// The half of a runtime beside the caller: checks at the door, sends calls to the engine and hands back
// its answers. It knows a channel and nothing of what is behind it, so Node and a page share it.
import { internalError, WhereWhenError } from '../errors.js';
import type { Graph } from '../graph/index.js';
import type { Tensors } from '../tensor.js';
import { checkFeeds, checkLength, checkNames } from './check.js';
import { planOf } from './plan.js';
import type { Device, Program, Runtime, RunOptions, ValueSpec } from './program.js';
import { buffersOf, type EngineCalls, type ProgramPlan, type Reply, type Request } from './protocol.js';

/** A channel to an engine in another thread. */
export interface Channel {
  post(message: unknown, transfer: ArrayBuffer[]): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called at most once, when the other end has died or could not start. */
  onFailure(listener: (reason: string) => void): void;
  /** Ends the other end at once. */
  stop(): Promise<void>;
}

type Send = <Name extends keyof EngineCalls>(
  name: Name,
  argument: Parameters<EngineCalls[Name]>[0],
  transfer?: ArrayBuffer[],
) => Promise<ReturnType<EngineCalls[Name]>>;

/** A runtime over a channel whose other end runs `serve`. */
export function clientOf(channel: Channel, device: Device, threads: number): Runtime {
  const calls = new Calls(channel);
  const send: Send = (name, argument, transfer = []) => calls.send(name, argument, transfer);
  let closing: Promise<void> | undefined;
  const close = async () => {
    await calls.send('close', {}, []).catch(() => undefined); // a dead engine is closed already
    calls.fail('the runtime was closed');
    await channel.stop();
  };
  const runtime: Runtime = {
    device,
    threads,
    async compile(graph: Graph) {
      const { model, feeds, outputs, state, updates } = planOf(graph, { isPlain: device !== 'cpu' });
      const plan: ProgramPlan = { model, state, updates, outputs };
      const { program } = await send('load', plan, buffersOfBytes(model));
      return programOf(send, program, { feeds, outputs, state, updated: updates.map(({ name }) => name) });
    },
    async openModel(model) {
      const plan: ProgramPlan = { model, state: [], updates: [] };
      const moved = typeof model === 'string' ? [] : buffersOfBytes(model);
      const { program, inputs, outputs } = await send('load', plan, moved);
      return programOf(send, program, { feeds: inputs, outputs, state: [], updated: [] });
    },
    async write(state, { transfer = false } = {}) {
      for (const [name, tensor] of Object.entries(state)) checkLength(`write.${name}`, tensor);
      await send('write', { state }, transfer ? buffersOf(state) : []);
    },
    read: (names) => send('read', { names }),
    forget: (names) => send('forget', { names }),
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => runtime.close(),
  };
  return runtime;
}

interface ProgramFacts {
  feeds: readonly ValueSpec[];
  outputs: readonly ValueSpec[];
  state: readonly ValueSpec[];
  updated: readonly string[];
}

function programOf(send: Send, id: number, facts: ProgramFacts): Program {
  const known = facts.outputs.map((output) => output.name);
  let released: Promise<void> | undefined;
  const program: Program = {
    ...facts,
    async run(feeds: Tensors, { outputs = known, transfer = false }: RunOptions = {}) {
      if (released) throw closed('run', 'the program was released');
      checkFeeds('run', facts.feeds, feeds);
      checkNames('run.outputs', 'outputs', known, outputs);
      return await send('run', { program: id, feeds, outputs }, transfer ? buffersOf(feeds) : []);
    },
    release: () => (released ??= send('release', { program: id })),
    [Symbol.asyncDispose]: () => program.release(),
  };
  return program;
}

/** The calls that wait for an answer. */
class Calls {
  readonly #channel: Channel;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #last = 0;
  #dead: string | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
    channel.onMessage((message) => this.#settle(message as Reply));
    channel.onFailure((reason) => this.fail(reason));
  }

  send<Name extends keyof EngineCalls>(
    name: Name,
    argument: Parameters<EngineCalls[Name]>[0],
    transfer: ArrayBuffer[],
  ): Promise<ReturnType<EngineCalls[Name]>> {
    if (this.#dead !== undefined) return Promise.reject(closed(name, this.#dead));
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      try {
        this.#channel.post({ id, name, argument } satisfies Request, transfer);
      } catch (error) {
        this.#waiting.delete(id);
        reject(error as Error);
      }
    });
  }

  fail(reason: string): void {
    this.#dead ??= reason;
    for (const { reject } of this.#waiting.values()) reject(closed('runtime', reason));
    this.#waiting.clear();
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(new WhereWhenError(reply.error));
    else waiting?.resolve(reply.value);
  }
}

function closed(path: string, reason: string): WhereWhenError {
  return internalError(path, 'the runtime must be open', reason);
}

function buffersOfBytes(bytes: Uint8Array): ArrayBuffer[] {
  const isWhole = bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
  return isWhole ? [bytes.buffer as ArrayBuffer] : [];
}
