// Models that are opened when they are first asked, and what they say of clips: one clip at a time a model, decoded
// ahead, kept in the cache folder under the model's identity, so that nothing is computed twice.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FlowStore } from '../store/motion/storedFlow.js';
import { openModel, questionsOf, type ModelFolder, type OpenModelOptions } from '../savedModel/index.js';
import type { QueueAsker } from '../scale/index.js';
import { writeAtomically } from '../atomicFile.js';
import type { Answer, Predictor } from '../infer/index.js';
import { parseResult, type Result } from '../result.js';
import { DecodePool } from '../video/index.js';
import { rowOf, type AnswerRow } from './answerRow.js';
import type { AnswerTable, RangeRequest } from './api.js';
import { cacheKey, type Library, type ServedClip } from './library.js';
import { SharedWork } from './sharedWork.js';
import { framesWithin } from '../savedModel/answerRange.js';
import { lookPictures } from '../store/lookPictures.js';
import { cacheBeside, modelStore, storedOf, type StoredFeatures } from '../savedModel/storedBeside.js';

/** Files that are read side by side for a list. */
const AT_ONCE = 64;

/** Clips that are asked of workers at a time, where all are to be answered: some places are left for people. */
const ASKED = 48;

/** What is needed to answer. */
export interface AnswerParts {
  folder: ModelFolder;
  library: Library;
  cache: string;
  open?: OpenModelOptions;
  /** Asks workers instead of computing here. */
  asker?: QueueAsker;
}

/** One model's answers. */
export class Answers {
  readonly #parts: AnswerParts;
  readonly #place: string;
  readonly #pool = new DecodePool();
  readonly #flows = new FlowStore();
  readonly #running = new SharedWork<Result>();
  /** What is known of a clip, by its id: enough for lists, without reading every answer again. */
  readonly #rows = new Map<string, AnswerRow | null>();
  readonly #ranges = new SharedWork<Result>(16);
  #predictor: Promise<Predictor> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: AnswerParts) {
    this.#parts = parts;
    // Another threshold of the same weights gives other boxes: the config is a part of the identity.
    const { config, id } = parts.folder;
    const settings = createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 8);
    this.#place = join(parts.cache, 'answers', `${id}-${settings}`);
  }

  /**
   * The answer on a clip: kept, under way, or new; computed as long as anybody waits whose `signal` is not aborted. Throws
   * what decoding throws, and `TooBusy`.
   */
  async answer(
    clip: ServedClip,
    signal?: AbortSignal,
    { isBulk }: { isBulk?: boolean } = {},
  ): Promise<Result> {
    const file = await this.#file(clip);
    const known = await readResult(file);
    if (known) return this.#note(clip, known);
    return this.#running.join(file, (asked) => this.#compute(clip, file, { signal: asked, isBulk }), signal);
  }

  /** The answer on a stretch alone, its frames sampled from there; not kept. */
  async range(
    clip: ServedClip,
    { startSeconds, endSeconds }: RangeRequest,
    signal?: AbortSignal,
  ): Promise<Result> {
    const key = `${clip.id} ${startSeconds} ${endSeconds}`;
    return this.#ranges.join(key, (asked) => this.#range(clip, { startSeconds, endSeconds }, asked), signal);
  }

  async #range(
    clip: ServedClip,
    { startSeconds, endSeconds }: RangeRequest,
    signal: AbortSignal,
  ): Promise<Result> {
    if (this.#parts.asker) return this.#askWorkers(clip, { range: { startSeconds, endSeconds }, signal });
    const range = await framesWithin(clip.path, { startSeconds, endSeconds }, signal);
    return this.#predict(clip, { range, signal });
  }

  /** Clips that may be under way side by side: one is decoded while the model looks at the other; workers take more. */
  get sideBySide(): number {
    return this.#parts.asker ? ASKED : 2;
  }

  /** Whether an answer is kept already. */
  async isKnown(clip: ServedClip): Promise<boolean> {
    return (await this.#row(clip)) !== null;
  }

  /** What is known of all clips. */
  async table(model: string): Promise<AnswerTable> {
    const { library, folder } = this.#parts;
    const { classes } = folder.config;
    const clips = [...library.clips()];
    const found: (AnswerRow | null)[] = [];
    for (let from = 0; from < clips.length; from += AT_ONCE)
      found.push(...(await Promise.all(clips.slice(from, from + AT_ONCE).map((clip) => this.#row(clip)))));
    const rows = clips.flatMap(({ id }, i) => (found[i] ? [[id, found[i]] as const] : []));
    return {
      model,
      classes,
      ids: rows.map(([id]) => id),
      top: rows.map(([, row]) => classes.indexOf(row.label)),
      probability: rows.map(([, row]) => row.probability),
      where: rows.map(([, row]) => row.where),
      when: rows.map(([, row]) => row.when),
      warnings: rows.map(([, row]) => row.warnings),
      unlike: rows.map(([, row]) => row.isUnlike),
    };
  }

  /** Frees the model. */
  async close(): Promise<void> {
    await this.#turn.catch(() => undefined);
    await (await this.#predictor?.catch(() => undefined))?.close();
    await this.#pool.close();
    await this.#flows.close();
  }

  async #compute(
    clip: ServedClip,
    file: string,
    { signal, isBulk }: { signal: AbortSignal; isBulk?: boolean },
  ): Promise<Result> {
    const result = this.#parts.asker
      ? await this.#askWorkers(clip, { signal, isBulk })
      : await this.#predict(clip, { signal });
    await writeAtomically(file, JSON.stringify(result));
    return this.#note(clip, result);
  }

  /** The answer of a worker. Throws what it throws, and `missing` where there is none. */
  async #askWorkers(
    clip: ServedClip,
    { range, ...options }: { range?: RangeRequest; signal: AbortSignal; isBulk?: boolean },
  ): Promise<Result> {
    const work = questionsOf(this.#parts.folder.folder, this.#parts.open);
    const asked = { key: clip.id, path: resolve(clip.path), name: clip.name, range };
    const { result } = (await this.#parts.asker!.ask(work, asked, options)) as { result: unknown };
    return parseResult(result, clip.name);
  }

  async #predict(
    clip: ServedClip,
    { range, signal }: { range?: { start: number; end: number }; signal: AbortSignal },
  ): Promise<Result> {
    this.#predictor ??= openModel(this.#parts.folder.folder, this.#parts.open).catch((error: unknown) => {
      this.#predictor = undefined; // the next request tries again
      throw error;
    });
    const predictor = await this.#predictor;
    const stored = range ? undefined : await this.#stored(predictor, clip);
    if (stored) return this.#answerStored(predictor, clip, stored, signal);
    const frames = await this.#pool.readClip(clip.path, { ...predictor.shape, range, signal });
    const flow = () => this.#flows.flowOf(clip.path, { range, signal });
    return this.#inTurn(signal, () => predictor.predict(frames, clip.name, { flow }));
  }

  /** What the training left of the clip in the model's folder, if it learnt from it or was scored on it. */
  async #stored(predictor: Predictor, clip: ServedClip): Promise<StoredFeatures | undefined> {
    const folder = await cacheBeside(this.#parts.folder.folder);
    const store = folder === undefined ? undefined : modelStore(folder, predictor);
    return store && storedOf(store, clip.path);
  }

  /** An answer without the network's first look. */
  #answerStored(
    predictor: Predictor,
    clip: ServedClip,
    { features, facts }: StoredFeatures,
    signal: AbortSignal,
  ): Promise<Result> {
    const options = {
      flow: () => this.#flows.flowOf(clip.path, { signal }),
      pictures: () => lookPictures(this.#pool, clip.path, { config: predictor.config, clip: facts, signal }),
    };
    return this.#inTurn(signal, () => predictor.answer(features, facts, clip.name, options));
  }

  /** One clip at a time. */
  async #inTurn(signal: AbortSignal, answer: () => Promise<Answer>): Promise<Result> {
    const turn = this.#turn.then(() => {
      signal.throwIfAborted(); // nobody waits any more
      return answer();
    });
    this.#turn = turn.catch(() => undefined);
    return (await turn).result;
  }

  async #row(clip: ServedClip): Promise<AnswerRow | null> {
    const known = this.#rows.get(clip.id);
    if (known !== undefined) return known;
    const result = await this.#file(clip).then(readResult, () => undefined); // a clip that is gone has no answer
    if (result) this.#note(clip, result);
    else this.#rows.set(clip.id, null);
    return this.#rows.get(clip.id) ?? null;
  }

  #note(clip: ServedClip, result: Result): Result {
    this.#rows.set(clip.id, rowOf(result, this.#parts.library.truthOf(clip)));
    return result;
  }

  async #file(clip: ServedClip): Promise<string> {
    return join(this.#place, `${await cacheKey(clip)}.json`);
  }
}

async function readResult(file: string): Promise<Result | undefined> {
  try {
    return parseResult(JSON.parse(await readFile(file, 'utf8')), file);
  } catch {
    return undefined; // not there, or of another form: answered again
  }
}
