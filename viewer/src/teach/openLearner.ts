// A backbone that is open in a worker, and what it is good for: looking at clips, learning from them in a worker beside it, and
// answering with what was learnt.
import { openWebBackbone, type WebModel } from '../../../src/infer/webModel.js';
import type { Result } from '../../../src/result.js';
import type { Runtime } from '../../../src/runtime/program.js';
import { openWebRuntime, threadsHere, type WebEngineSettings } from '../../../src/runtime/web/index.js';
import {
  asFile,
  openTaught,
  parseBackbone,
  stackedFeatures,
  takeFeatures,
  takeShape,
  Teacher,
  type Taught,
  type TeachBackbone,
  type TeachTake,
} from '../../../src/teach/index.js';
import { readClipFile } from '../../../src/web/clipFile.js';
import { runtimeFiles } from '../inPage/runtimeFiles.js';
import EngineWorker from '../../../src/runtime/web/webWorker.js?worker';
import type { BackboneFiles } from './backboneFiles.js';
import type { Learner, LearnOptions, Looked } from './learner.js';
import TeachWorker from '../../../src/teach/worker.js?worker';

/** Opens a backbone. Throws `format` for a description that does not fit, and what is wrong with its network. */
export async function openLearner({ name, description, network }: BackboneFiles): Promise<Learner> {
  const backbone = asFile(parseBackbone(description, name));
  const engine: WebEngineSettings = { files: await runtimeFiles(), threads: threadsHere() };
  const runtime = openWebRuntime({ worker: new EngineWorker(), ...engine });
  try {
    const copy = network.slice(); // a worker is given the bytes for good, and a saved lesson wants them too
    const extractor = await openWebBackbone(backbone.backbone, copy, runtime);
    return new PageLearner(name, { backbone, network, engine, runtime, extractor });
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

interface Parts {
  backbone: TeachBackbone;
  network: Uint8Array;
  engine: WebEngineSettings;
  runtime: Runtime;
  extractor: Awaited<ReturnType<typeof openWebBackbone>>;
}

/** Milliseconds without a take or a lesson after which the teacher goes. */
const REST = 60_000;

class PageLearner implements Learner {
  readonly identity: string;
  readonly backbone: TeachBackbone;
  readonly network: Uint8Array;
  readonly #parts: Parts;
  #model: WebModel | undefined;
  #teacher: Teacher | undefined;
  #lessons = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #expected = 0;

  constructor(
    readonly name: string,
    parts: Parts,
  ) {
    this.#parts = parts;
    [this.backbone, this.network] = [parts.backbone, parts.network];
    this.identity = parts.backbone.backbone.identity;
  }

  async look(clip: File): Promise<Looked> {
    const { backbone, extractor } = this.#parts;
    const { size, resize } = backbone.backbone.preprocessing;
    const read = await readClipFile(clip, { ...takeShape, size, resize });
    const shape = [takeShape.frames, size.height, size.width, 3];
    const features = await takeFeatures(extractor, { dtype: 'uint8', shape, data: read.frames });
    const { width, height } = read.info;
    const facts = { ...read, frames: new Uint8Array() }; // the pictures themselves are not needed again
    return { features, times: [...read.times], picture: { width, height }, clip: facts };
  }

  prepare(looked: readonly Looked[], actions: number): void {
    const teacher = this.#openTeacher();
    for (const { features } of looked) teacher.show(features);
    if (actions < 2 || actions === this.#expected) return;
    this.#expected = actions;
    teacher.expect(actions);
  }

  async teach(takes: readonly TeachTake[], options: LearnOptions): Promise<Taught> {
    const teacher = this.#openTeacher();
    this.#lessons++;
    try {
      return await teacher.teach(takes, options);
    } catch (error) {
      if (!options.signal.aborted) this.#endTeacher(); // it may be at the end of its memory: the next one begins anew
      throw error;
    } finally {
      this.#lessons--;
    }
  }

  /** The teacher, who goes when it was not asked for a while: what it keeps is several hundred megabytes. */
  #openTeacher(): Teacher {
    const { engine, backbone } = this.#parts;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#onRest(), REST);
    return (this.#teacher ??= new Teacher({ worker: new TeachWorker(), ...engine, backbone }));
  }

  #onRest(): void {
    if (this.#lessons > 0)
      this.#openTeacher(); // it is busy: once more from now on
    else this.#endTeacher();
  }

  #endTeacher(): void {
    clearTimeout(this.#rest);
    this.#teacher?.close();
    [this.#teacher, this.#expected] = [undefined, 0];
  }

  async open(taught: Pick<Taught, 'id' | 'config' | 'tensors'>): Promise<WebModel> {
    const model = await openTaught(taught, this.#parts);
    const before = this.#model;
    this.#model = model;
    await before?.close();
    return model;
  }

  async answer(model: WebModel, { features, clip }: Looked, name: string): Promise<Result> {
    const stacked = stackedFeatures(features, this.#parts.backbone);
    return (await model.answer(stacked, clip, name)).result;
  }

  async close(): Promise<void> {
    this.#endTeacher();
    await this.#model?.close();
    await this.#parts.extractor.close();
    await this.#parts.runtime.close();
  }
}
