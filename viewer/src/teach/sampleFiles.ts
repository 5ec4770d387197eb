// The sample that lies beside the page: three clips of the drawn world and a model that has learnt it (scripts/sample.ts).
import { signal } from '@preact/signals';
import { z } from 'zod';
import { webFiles } from '../../../src/infer/webFiles.js';
import { embeddedBlob, embeddedUrl, unpackedUrl } from '../embedded.js';
import { fetchBytes } from '../fetchBytes.js';
import type { BackboneFiles } from './backboneFiles.js';

/** The content of `sample.json`. */
const SampleFacts = z.object({
  /** File name and action of each clip. */
  clips: z.array(z.object({ file: z.string(), label: z.string() })),
});
/** What the sample holds. */
export type SampleFacts = z.infer<typeof SampleFacts>;

/** What it holds; null where there is none beside the page. */
export const sampleFacts = signal<SampleFacts | null>(null);

let asked: Promise<void> | undefined;

/** Looks whether it is there. */
export function findSample(): Promise<void> {
  asked ??= bytesOf('sample.json').then(
    (bytes) => {
      const parsed = SampleFacts.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
      sampleFacts.value = parsed.success ? parsed.data : null;
    },
    () => undefined,
  );
  return asked;
}

/** The address of one of its files. */
export async function sampleAddress(name: string): Promise<string> {
  const path = `page/sample/${name}`;
  return embeddedUrl(path) ?? (await unpackedUrl(path)) ?? new URL(`sample/${name}`, document.baseURI).href;
}

/** A clip of it, as a file. */
export async function sampleClip(name: string): Promise<File> {
  return new File([(await bytesOf(name)) as Uint8Array<ArrayBuffer>], name, { type: 'video/mp4' });
}

/** Its small backbone. */
export async function sampleBackbone(): Promise<BackboneFiles> {
  const [description, network] = await Promise.all([bytesOf('backbone.json'), bytesOf(webFiles.backbone)]);
  return {
    name: 'sample',
    description: JSON.parse(new TextDecoder().decode(description)) as unknown,
    network,
  };
}

async function bytesOf(name: string): Promise<Uint8Array> {
  const inside = await embeddedBlob(`page/sample/${name}`);
  if (inside) return new Uint8Array(await inside.arrayBuffer());
  return fetchBytes(await sampleAddress(name), undefined, () => undefined);
}
