// The web worker that learns. It looks at takes as they come and compiles what a lesson will run, so that a lesson begins with its
// first step; it learns in its own thread and says how it ended. The page ends the worker, which gives all its memory back.
import '../noEval.js';
import { WhereWhenError, type ErrorFacts } from '../errors.js';
import { runtimeInThread } from '../runtime/inThread.js';
import type { Runtime } from '../runtime/program.js';
import { createWebEngine } from '../runtime/web/wasmEngine.js';
import type { Tensors } from '../tensor.js';
import { ProgramCache } from '../train/run/programCache.js';
import { frozenOf, type TeachBackbone } from './backbone.js';
import type { SentTake, TeachReply, TeachRequest, TeachSetting } from './messages.js';
import { compileAhead } from './recipe.js';
import { TakeMemory } from './takeMemory.js';
import { teach } from './teach.js';

/** What a worker's global scope has, of which the types of a page know nothing. */
const scope = globalThis as unknown as Pick<Worker, 'postMessage' | 'addEventListener'>;
const say = (reply: TeachReply): void => scope.postMessage(reply);

type Asked<Kind extends TeachRequest['kind']> = Extract<TeachRequest, { kind: Kind }>;

/** All that is known of one backbone's takes. */
class Teacher {
  readonly #backbone: TeachBackbone;
  readonly #runtime: Runtime;
  readonly #programs: ProgramCache;
  readonly #memory: TakeMemory;
  readonly #features = new Map<number, Tensors>();

  constructor({ backbone, files, threads }: TeachSetting) {
    this.#backbone = backbone;
    this.#runtime = breathing(runtimeInThread(createWebEngine({ files, threads }), threads));
    this.#programs = new ProgramCache(this.#runtime);
    this.#memory = new TakeMemory(frozenOf(backbone));
  }

  take({ key, features }: Asked<'features'>): void {
    this.#features.set(key, features);
    this.#memory.look(features);
  }

  async expect({ actions, recipe }: Asked<'expect'>): Promise<void> {
    const [runtime, programs, frozen] = [this.#runtime, this.#programs, frozenOf(this.#backbone)];
    await compileAhead(actions, { frozen, runtime, programs, recipe });
  }

  async teach({ job, takes, ...options }: Asked<'teach'>, signal: AbortSignal): Promise<void> {
    this.#keepOnly(takes);
    signal.throwIfAborted();
    const own = takes.map((take) => ({ ...take, features: this.#features.get(take.features)! }));
    const [runtime, programs, memory] = [this.#runtime, this.#programs, this.#memory];
    const all = { ...options, runtime, programs, memory, signal };
    const taught = await teach(own, this.#backbone, all, (progress) => say({ job, ...progress }));
    say({ job, kind: 'taught', taught });
  }

  #keepOnly(takes: readonly SentTake[]): void {
    const kept = new Set(takes.map(({ features }) => features));
    for (const key of this.#features.keys()) if (!kept.has(key)) this.#features.delete(key);
  }
}

let teacher: Teacher;
let last: Promise<void> = Promise.resolve();
const stops = new Map<number, AbortController>();

scope.addEventListener('message', ({ data }: MessageEvent<TeachRequest>) => {
  if (data.kind === 'stop') return stops.get(data.job)?.abort(new Error('stopped'));
  const stop = new AbortController();
  if (data.kind === 'teach') stops.set(data.job, stop);
  last = last.then(() => answer(data, stop.signal));
});

async function answer(request: Exclude<TeachRequest, Asked<'stop'>>, signal: AbortSignal): Promise<void> {
  try {
    if (request.kind === 'open') teacher = new Teacher(request);
    else if (request.kind === 'features') teacher.take(request);
    else if (request.kind === 'expect') await teacher.expect(request);
    else await teacher.teach(request, signal);
  } catch (error) {
    // What was done ahead is done again by the lesson, which then says what is wrong.
    if (request.kind === 'teach') say({ job: request.job, kind: 'failed', error: factsOf(error) });
  } finally {
    if (request.kind === 'teach') stops.delete(request.job);
  }
}

function factsOf(error: unknown): ErrorFacts {
  if (error instanceof WhereWhenError) return error.toJSON();
  const received = error instanceof Error ? error.message : String(error);
  return { code: 'internal', path: 'teach', expected: 'a training that ends', received };
}

/** A runtime that lets messages in before each run: a training of an engine in this very thread would else be deaf to a stop. */
function breathing(runtime: Runtime): Runtime {
  return {
    ...runtime,
    async compile(graph) {
      const program = await runtime.compile(graph);
      const run: typeof program.run = async (feeds, options) => {
        await new Promise((resolve) => setTimeout(resolve));
        return await program.run(feeds, options);
      };
      return { ...program, run };
    },
  };
}
