// A model as the page runs it (src/savedModel/export/exportWeb.ts), made in the cache folder at the first request, and what its backbone
// computes of the clips: the head in the page answers again on these features.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isFile } from '../backbone/hub/cache.js';
import { exportWeb, type ModelFolder, type OpenModelOptions } from '../savedModel/index.js';
import { readWebModel } from '../savedModel/export/exportWeb.js';
import { writeAtomically } from '../atomicFile.js';
import { missingError } from '../errors.js';
import { openWebModel, type WebModel } from '../infer/index.js';
import { webFiles } from '../infer/webModel.js';
import { encodeSafetensors } from '../model/index.js';
import { openRuntime } from '../runtime/index.js';
import { readClip } from '../video/index.js';
import type { SentFile } from './clipFacts.js';
import { cacheKey, type ServedClip } from './library.js';

const binary = 'application/octet-stream';

/** The copy of one model, in a folder that is its own. */
export class WebCopy {
  readonly #model: ModelFolder;
  readonly #place: string;
  readonly #open: OpenModelOptions;
  #made: Promise<unknown> | undefined;
  #opened: Promise<WebModel> | undefined;

  /** `cache` is the server's; models with other weights or settings have other places in it. */
  constructor(model: ModelFolder, { cache, open = {} }: { cache: string; open?: OpenModelOptions }) {
    const settings = createHash('sha256').update(JSON.stringify(model.config)).digest('hex').slice(0, 8);
    this.#model = model;
    this.#place = join(cache, 'web', `${model.id}-${settings}`);
    this.#open = open;
  }

  /** One of its files, written if need be. Throws `missing` for another name, and what `exportWeb` throws. */
  async file(name: string): Promise<SentFile> {
    if (!Object.values<string>(webFiles).includes(name)) {
      const expected = Object.values(webFiles).join(', ');
      throw missingError(name, expected, 'another name');
    }
    await this.#make();
    return { path: join(this.#place, name), type: name.endsWith('.json') ? 'application/json' : binary };
  }

  /** A safetensors file with `features [n,C,h,w]` of a clip, computed at the first request. */
  async features(clip: ServedClip): Promise<SentFile> {
    const file = join(this.#place, 'features', `${await cacheKey(clip)}.safetensors`);
    const sent = { path: file, type: binary };
    if (await isFile(file)) return sent;
    const model = await this.#openOnce();
    const { frames: n, sampling, transform } = model.config;
    const { size, resize } = transform;
    const isRandom = sampling === 'segment-random';
    const read = await readClip(clip.path, {
      frames: n,
      sampling: isRandom ? 'centred' : sampling,
      size,
      resize,
    });
    const features = await model.features({ dtype: 'uint8', shape: read.shape, data: read.frames });
    await writeAtomically(file, encodeSafetensors({ features }));
    return sent;
  }

  async close(): Promise<void> {
    await (await this.#opened?.catch(() => undefined))?.close();
    this.#opened = undefined;
  }

  /** The description is written last: where it is, the copy is whole. */
  #make(): Promise<unknown> {
    this.#made ??= isFile(join(this.#place, webFiles.description))
      .then((isThere): unknown =>
        isThere ? undefined : exportWeb(this.#model.folder, this.#place, this.#open),
      )
      .catch((error: unknown) => {
        this.#made = undefined; // the next request tries again
        throw error;
      });
    return this.#made;
  }

  #openOnce(): Promise<WebModel> {
    const { device, threads } = this.#open;
    this.#opened ??= this.#make()
      .then(() => readWebModel(this.#place))
      .then(async (files) => openWebModel(files, await openRuntime({ spin: false, device, threads })))
      .catch((error: unknown) => {
        this.#opened = undefined;
        throw error;
      });
    return this.#opened;
  }
}
