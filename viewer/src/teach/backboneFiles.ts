// A backbone as files: those that the reader chose, and those that the browser's cache storage has kept of an earlier visit.

/** A backbone that can be opened. */
export interface BackboneFiles {
  /** For readers. */
  name: string;
  /** The parsed JSON of `backbone.json`, or of a page model's `model.json`; not yet checked. */
  description: unknown;
  network: Uint8Array;
}

const CACHE = 'wherewhen-backbone';
const PARTS = ['description', 'network'] as const;

/** Of chosen files: a network and its description, alone or in a zip. Throws what is missing. */
export async function backboneOfFiles(files: readonly File[]): Promise<BackboneFiles> {
  const found = new Map<string, Uint8Array>();
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const parts = /\.zip$/i.test(file.name) ? await partsOf(bytes) : { [file.name]: bytes };
    for (const [name, part] of Object.entries(parts)) found.set(name, part);
  }
  const network = partOf(found, /\.onnx$/i, 'backbone.onnx');
  const json = partOf(found, /(backbone|model)\.json$/i, 'backbone.json');
  const name = files.find((file) => /\.(onnx|zip)$/i.test(file.name))?.name ?? 'backbone.onnx';
  return { name, description: JSON.parse(new TextDecoder().decode(json)) as unknown, network };
}

async function partsOf(zip: Uint8Array): Promise<Record<string, Uint8Array>> {
  const { unzipSync } = await import('fflate');
  return unzipSync(zip, { filter: isWanted });
}

function isWanted({ name }: { name: string }): boolean {
  return /(^|\/)(backbone\.onnx|backbone\.json|model\.json)$/i.test(name);
}

/** A file by its name, `backbone` before others: a zip has a head beside it. */
function partOf(found: ReadonlyMap<string, Uint8Array>, pattern: RegExp, wanted: string): Uint8Array {
  const names = [...found.keys()].filter((name) => pattern.test(name));
  const name = names.find((one) => /backbone/i.test(one)) ?? names[0];
  if (name === undefined) throw new Error(`${wanted}: ?`);
  return found.get(name)!;
}

/** The one of an earlier visit; null where there is none, or no cache storage (a page from a disk). */
export async function keptBackbone(): Promise<BackboneFiles | null> {
  try {
    const cache = await caches.open(CACHE);
    const [description, network] = await Promise.all(PARTS.map((part) => cache.match(placeOf(part))));
    if (!description || !network) return null;
    const { name, value } = (await description.json()) as { name: string; value: unknown };
    return { name, description: value, network: new Uint8Array(await network.arrayBuffer()) };
  } catch {
    return null;
  }
}

/** Keeps it for the next visit, where there is room; it can be brought again. */
export async function keepBackbone({ name, description, network }: BackboneFiles): Promise<void> {
  try {
    const cache = await caches.open(CACHE);
    await cache.put(placeOf('network'), new Response(network as Uint8Array<ArrayBuffer>));
    await cache.put(placeOf('description'), Response.json({ name, value: description }));
  } catch {
    // nothing is lost: it is fetched or brought again
  }
}

/** An address of this page's own, under which nothing is ever asked for. */
function placeOf(part: (typeof PARTS)[number]): URL {
  return new URL(`kept-backbone/${part}`, document.baseURI);
}
