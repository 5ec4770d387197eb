// A frozen backbone for a page: its two files from an address, kept in the browser's cache storage, or from files that were chosen
// or dropped; opened on a runtime of the page.
import { formatError, missingError, WhereWhenError } from '../errors.js';
import { openWebBackbone, webFiles, type WebBackbone } from '../infer/webModel.js';
import type { Runtime } from '../runtime/program.js';
import { backboneFiles, parseBackbone, type TeachBackbone } from './backbone.js';

/**
 * Where a backbone comes from: the address of a folder of `backbone.onnx` with `backbone.json` or `model.json` beside it (what
 * `export --web` writes), on the page's server or a hub; or these files themselves.
 */
export type BackboneSource = { address: string } | { files: readonly File[] };

/** A backbone that is open. */
export interface OpenedBackbone extends WebBackbone {
  backbone: TeachBackbone;
}

/** The name of the page's cache of backbones. */
export const backboneCache = 'wherewhen-backbones';

/** What is told while bytes come; `total` is 0 where nobody says. */
export type OnBytes = (done: number, total: number) => void;

/**
 * Reads and opens a backbone on `runtime`, which the caller closes. Throws `missing` for a source without its files, `format` for
 * a description that does not fit, and the signal's reason.
 */
export async function openBackbone(
  source: BackboneSource,
  runtime: Runtime,
  { signal, onBytes }: { signal?: AbortSignal; onBytes?: OnBytes } = {},
): Promise<OpenedBackbone> {
  const { description, network, path } = await read(source, { signal, onBytes });
  const backbone = parseBackbone(parsed(description, path), path);
  signal?.throwIfAborted();
  return { backbone, runtime, extractor: await openWebBackbone(backbone.backbone, network, runtime) };
}

interface Read {
  description: Uint8Array;
  network: Uint8Array;
  path: string;
}

interface ReadOptions {
  signal?: AbortSignal;
  onBytes?: OnBytes;
}

const descriptions = [backboneFiles.description, webFiles.description];

function read(source: BackboneSource, options: ReadOptions): Promise<Read> {
  return 'address' in source ? ofAddress(source.address, options) : ofFiles(source.files);
}

async function ofFiles(files: readonly File[]): Promise<Read> {
  const named = (names: readonly string[]): File | undefined =>
    files.find(({ name }) => names.includes(name));
  const [description, network] = [named(descriptions), files.find(({ name }) => name.endsWith('.onnx'))];
  if (!description || !network) throw missing(files.map(({ name }) => name).join(', ') || 'no file');
  const bytes = async (file: File): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer());
  return { description: await bytes(description), network: await bytes(network), path: description.name };
}

async function ofAddress(address: string, options: ReadOptions): Promise<Read> {
  const folder = address.replace(/\/$/, '');
  for (const name of descriptions) {
    const path = `${folder}/${name}`;
    const description = await fetched(path, { signal: options.signal });
    if (!description) continue;
    const network = await fetched(`${folder}/${backboneFiles.network}`, options);
    if (network) return { description, network, path };
  }
  throw missing(folder);
}

/** The bytes at an address, from the cache where they are kept there; undefined where there are none. */
async function fetched(address: string, { signal, onBytes }: ReadOptions): Promise<Uint8Array | undefined> {
  const cache = 'caches' in globalThis ? await caches.open(backboneCache).catch(() => undefined) : undefined;
  const known = await cache?.match(address);
  if (known) return new Uint8Array(await known.arrayBuffer());
  const response = await fetch(address, { signal });
  if (!response.ok || !response.body) return undefined;
  const bytes = await bytesOf(response, onBytes);
  await cache?.put(address, new Response(bytes)).catch(() => undefined); // a full disk costs the next visit, not this one
  return bytes;
}

async function bytesOf(response: Response, onBytes: OnBytes = () => {}): Promise<Uint8Array<ArrayBuffer>> {
  const total = Number(response.headers.get('Content-Length') ?? 0);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body!.getReader();
  let done = 0;
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    parts.push(step.value);
    onBytes((done += step.value.length), total);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function parsed(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw formatError(path, 'JSON', (cause as Error).message, undefined, cause);
  }
}

function missing(received: string): WhereWhenError {
  return missingError(
    'teach: backbone',
    `${backboneFiles.network} and ${descriptions.join(' or ')} beside it`,
    received,
    '`wherewhen export MODEL --web FOLDER` writes both',
  );
}
