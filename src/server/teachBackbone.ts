// The network that the page "Teach" looks with, where the server has one: the one that it was told, or one that lies in the hub's
// cache. It is made into the two files that a page opens, once, in the cache folder. From the hub it is fetched only when asked.
import { join } from 'node:path';
import { isFile } from '../backbone/hub/cache.js';
import { writeAtomically } from '../atomicFile.js';
import { isHubName, findHubModel, type HubModel } from '../backbone/hub/catalogue.js';
import { fetchWhole } from '../backbone/hub/fetchWhole.js';
import { openExtractor, type BackboneSettings, type FeatureExtractor } from '../backbone/index.js';
import { onnxKind } from '../backbone/kinds.js';
import { floatModelOf } from '../backbone/quantise/floatModel.js';
import { findUsual, usualSettings } from '../backbone/usual.js';
import type { Environment } from '../environment.js';
import { missingError } from '../errors.js';
import { openRuntime, type RuntimeOptions } from '../runtime/index.js';
import { describeBackbone } from '../savedModel/export/describeBackbone.js';
import type { ServerState } from './api.js';
import type { SentFile } from './clipFacts.js';

/** The files that the page opens. */
export const teachFiles = { description: 'backbone.json', network: 'backbone.onnx' } as const;

/** Fetched where it is asked for: small enough for a page on two cores. */
const offered: HubModel = findHubModel('resnet18');

/** Where it comes from. */
export interface TeachBackboneOptions {
  /** Named by whoever serves; else one of the hub's cache. */
  settings?: BackboneSettings;
  /** The server's cache folder. */
  cache: string;
  open?: RuntimeOptions;
  /** Variables that say where the hub and its cache are; by default the process's. */
  environment?: Environment;
  /** Only the one that is named: a static copy can fetch nothing and takes nothing along unasked, and a served model has its own. */
  isNamedOnly?: boolean;
}

/** The network and its files. */
export class TeachBackbone {
  readonly #options: TeachBackboneOptions;
  #made: Promise<string> | undefined;

  constructor(options: TeachBackboneOptions) {
    this.#options = options;
  }

  /** What the page is told of it. */
  async entry(): Promise<ServerState['teach']> {
    const settings = await this.#settings();
    const { name, megabytes = null } = offered;
    return {
      backbone: settings ? nameOf(settings) : null,
      hub: settings || this.#options.isNamedOnly ? null : { name, megabytes },
    };
  }

  /** One of its files. Throws `missing` for another name and where there is no network. */
  async file(name: string): Promise<SentFile> {
    const names: readonly string[] = Object.values(teachFiles);
    if (!names.includes(name)) throw missingError(name, names.join(', '), 'another name');
    const type = name === teachFiles.description ? 'application/json' : 'application/octet-stream';
    return { path: join(await this.#make(), name), type };
  }

  /** Fetches the one that is offered from the hub. Throws what stands in the way. */
  async fetch(): Promise<void> {
    await fetchWhole(offered, { environment: this.#options.environment });
  }

  async #settings(): Promise<BackboneSettings | undefined> {
    const { settings, environment, isNamedOnly } = this.#options;
    if (settings || isNamedOnly) return settings;
    const found = await findUsual(environment);
    return found && usualSettings(found.model);
  }

  #make(): Promise<string> {
    this.#made ??= this.#write().catch((error: unknown) => {
      this.#made = undefined; // the next request tries again
      throw error;
    });
    return this.#made;
  }

  async #write(): Promise<string> {
    const settings = await this.#settings();
    if (!settings) {
      const hint = 'wherewhen serve --backbone onnx:FILE, or a MODEL, whose network it then is';
      throw missingError('teach', 'a network that looks at frames', 'none', hint);
    }
    await using runtime = await openRuntime(this.#options.open ?? {});
    await using extractor = await openExtractor(settings, {
      runtime,
      environment: this.#options.environment,
    });
    const folder = join(this.#options.cache, 'teach', extractor.identity.slice(0, 24));
    const description = join(folder, teachFiles.description);
    if (await isFile(description)) return folder;
    const { bytes, described } = await describe(settings, extractor);
    await writeAtomically(join(folder, teachFiles.network), bytes);
    await writeAtomically(description, `${JSON.stringify(described, null, 2)}\n`); // last: where it is, both are whole
    return folder;
  }
}

/** The two files: a file of its own stays as it is, other networks are written with one output a scale. */
async function describe(
  settings: BackboneSettings,
  extractor: FeatureExtractor,
): Promise<{ bytes: Uint8Array; described: object }> {
  const { kind, weights, ...rest } = settings;
  delete rest.file; // places on this machine are nobody's business elsewhere
  const own = kind === onnxKind ? extractor.file : undefined;
  return {
    bytes: own ? await own.model() : await floatModelOf(settings, extractor),
    described: {
      version: 1,
      settings: { kind, ...rest, ...(typeof weights === 'string' && isHubName(weights) && { weights }) },
      backbone: describeBackbone(kind, extractor),
    },
  };
}

function nameOf({ kind, file, weights }: BackboneSettings): string {
  if (typeof file === 'string') return file.split(/[/\\]/).at(-1)!;
  return typeof weights === 'string' && isHubName(weights) ? weights : kind;
}
