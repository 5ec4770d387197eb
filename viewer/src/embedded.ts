// The parts of a page that is one file: what a server would answer lies in the document as base64, under the addresses
// that it would have. A page from a server has none.

const parts = new Map(
  Array.from(document.querySelectorAll<HTMLScriptElement>('script[data-path]'), (element) => [
    element.dataset['path']!,
    element,
  ]),
);
const urls = new Map<string, string>();

/** Is the page one file, which can ask nobody? */
export const isOneFile = parts.size > 0;

/** An address of a part that is not compressed (pictures, videos), made once; null where there is none. */
export function embeddedUrl(path: string): string | null {
  const known = urls.get(path);
  if (known) return known;
  const part = parts.get(path);
  if (!part || part.dataset['gzip'] !== undefined) return null;
  return keep(path, new Blob([bytesOf(part)], { type: part.dataset['type'] }));
}

/** An address of any part; null where there is none. */
export async function unpackedUrl(path: string): Promise<string | null> {
  const blob = urls.has(path) ? null : await embeddedBlob(path);
  return blob ? keep(path, blob) : (urls.get(path) ?? null);
}

/** The text of a part; null where there is none. */
export async function embeddedText(path: string): Promise<string | null> {
  return (await embeddedBlob(path))?.text() ?? null;
}

function keep(path: string, blob: Blob): string {
  const url = URL.createObjectURL(blob);
  urls.set(path, url);
  return url;
}

/** Any part, unpacked; null where there is none. */
export async function embeddedBlob(path: string): Promise<Blob | null> {
  const part = parts.get(path);
  if (!part) return null;
  const packed = new Blob([bytesOf(part)]);
  const stream =
    part.dataset['gzip'] === undefined
      ? packed.stream()
      : packed.stream().pipeThrough(new DecompressionStream('gzip'));
  return new Blob([await new Response(stream).arrayBuffer()], { type: part.dataset['type'] });
}

function bytesOf({ textContent }: HTMLScriptElement): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(textContent), (character) => character.charCodeAt(0));
}
