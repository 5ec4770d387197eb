// The folders that are served: models, runs that are still learning, or both. Each is looked at when it is asked
// for, because a running training replaces its model.
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { isFile } from '../backbone/hub/cache.js';
import { auditFile, readModelConfig } from '../savedModel/modelFolder.js';
import { readModelFolder, type OpenModelOptions } from '../savedModel/index.js';
import { missingError } from '../errors.js';
import type { ModelConfig } from '../model/index.js';
import type { QueueAsker } from '../scale/index.js';
import { Answers } from './answers.js';
import type { ModelEntry } from './api.js';
import type { Library } from './library.js';
import { changedAt, hasTraining } from './training.js';
import { WebCopy } from './webCopy.js';
import { requirePrecision } from '../savedModel/openFrozen.js';

/** What models are opened with. `running` is the folder of a training of this process, which may have no file yet. */
interface ModelsParts {
  library: Library;
  cache: string;
  open?: OpenModelOptions;
  asker?: QueueAsker;
  running?: string;
}

/** Served folders by their keys. */
export class Models {
  readonly #folders = new Map<string, string>();
  readonly #answers = new Map<string, Answers>();
  readonly #copies = new Map<string, WebCopy>();
  #running: string | undefined;
  readonly #parts: Omit<ModelsParts, 'running'>;

  private constructor(parts: Omit<ModelsParts, 'running'>) {
    this.#parts = parts;
  }

  /** Checks every folder at the door. Throws `missing` and `format`, and `usage` for another arithmetic than is asked for. */
  static async open(folders: readonly string[], { running, ...parts }: ModelsParts): Promise<Models> {
    const models = new Models(parts);
    models.#running = running;
    for (const folder of folders) {
      const config = folder === running ? undefined : await configOf(folder);
      if (config) requirePrecision(config, parts.open?.precision ?? 'auto', folder);
      models.#folders.set(models.#keyFor(folder), folder);
    }
    return models;
  }

  /** Serves one more folder, whose training this process runs now: its files may not be there yet. */
  follow(folder: string): string {
    this.#running = folder;
    const [known] = [...this.#folders].find(([, path]) => path === folder) ?? [];
    if (known !== undefined) return known;
    const key = this.#keyFor(folder);
    this.#folders.set(key, folder);
    return key;
  }

  keys(): string[] {
    return [...this.#folders.keys()];
  }

  /** The folder of a key. Throws `missing`. */
  folder(key: string): string {
    const folder = this.#folders.get(key);
    if (folder !== undefined) return folder;
    throw missingError(`models/${key}`, 'a model that is served');
  }

  /** What the page shows of a folder. */
  async entry(key: string): Promise<ModelEntry> {
    const folder = this.folder(key);
    const model = await readModelFolder(folder).catch(() => null);
    return {
      key,
      name: basename(resolve(folder)),
      id: model?.id ?? null,
      attention: model?.config.attention.form ?? null,
      backbone: model?.config.backbone.kind ?? null,
      classes: model?.config.classes ?? [],
      frames: model?.config.frames ?? 0,
      isRunning: folder === this.#running,
      hasTraining: folder === this.#running || (await hasTraining(folder)),
      hasAudit: await isFile(join(folder, auditFile)),
    };
  }

  /** The answers of a model as it is now; an older one of the same key is closed. Throws `missing` and `format`. */
  async answers(key: string): Promise<Answers> {
    const folder = await readModelFolder(this.folder(key));
    const identity = `${key} ${folder.id} ${JSON.stringify(folder.config)}`;
    const known = this.#answers.get(identity);
    if (known) return known;
    for (const [other, answers] of this.#answers) {
      if (!other.startsWith(`${key} `)) continue;
      this.#answers.delete(other);
      void answers.close();
    }
    const answers = new Answers({ folder, ...this.#parts });
    this.#answers.set(identity, answers);
    return answers;
  }

  /** The model as the page runs it, as it is now; an older one of the same key is closed. Throws `missing` and `format`. */
  async web(key: string): Promise<WebCopy> {
    const folder = await readModelFolder(this.folder(key));
    const identity = `${key} ${folder.id}`;
    const known = this.#copies.get(identity);
    if (known) return known;
    for (const [other, copy] of this.#copies) {
      if (!other.startsWith(`${key} `)) continue;
      this.#copies.delete(other);
      void copy.close();
    }
    const { cache, open } = this.#parts;
    const copy = new WebCopy(folder, { cache, open });
    this.#copies.set(identity, copy);
    return copy;
  }

  /** What the audit of a model found, as it was written. Throws `missing`. */
  async audit(key: string): Promise<string> {
    const path = join(this.folder(key), auditFile);
    return readFile(path, 'utf8').catch((cause: unknown) => {
      throw missingError(auditFile, 'an audit of this model', undefined, undefined, cause);
    });
  }

  /** When the training of a folder last wrote something, milliseconds since 1970. */
  trainingChanged(key: string): Promise<number> {
    return changedAt(this.folder(key));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#answers.values(), ...this.#copies.values()].map((one) => one.close()));
    this.#answers.clear();
    this.#copies.clear();
  }

  #keyFor(folder: string): string {
    const name = basename(resolve(folder)).toLowerCase();
    const slug = name.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'model';
    let key = slug;
    for (let count = 2; this.#folders.has(key); count++) key = `${slug}-${count}`;
    return key;
  }
}

/**
 * The config of a model folder, whose weights are looked at too unless a training goes on replacing them; undefined where it
 * has not written a model yet. Throws `missing` and `format` of a folder without a training.
 */
async function configOf(folder: string): Promise<ModelConfig | undefined> {
  if (await hasTraining(folder)) return readModelConfig(folder).catch(() => undefined);
  return (await readModelFolder(folder)).config;
}
