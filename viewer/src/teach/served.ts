// Backbones that a server has: that of a model it serves, or one that it was told to look with.
import { computed } from '@preact/signals';
import { webFiles } from '../../../src/infer/webFiles.js';
import { unpackedUrl } from '../embedded.js';
import { fetchBytes, type OnBytes } from '../fetchBytes.js';
import { addressOf, faultOf } from '../source.js';
import { state } from '../store.js';
import type { BackboneFiles } from './backboneFiles.js';

/** A network that the server would fetch from the hub, if the reader asks for it. */
export interface HubOffer {
  name: string;
  megabytes: number | null;
}

/** What the server offers to fetch; null where it offers none. */
export const hubOffer = computed<HubOffer | null>(() => state.value?.teach?.hub ?? null);

/** The server's backbone; null where it has none. */
export async function servedBackbone(onBytes: OnBytes): Promise<BackboneFiles | null> {
  const offered = state.value?.teach?.backbone;
  if (offered) return fetched('teach', offered, { onBytes, description: 'backbone.json' });
  const entry = state.value?.models.find(({ id }) => id !== null);
  if (!entry) return null;
  return fetched(`models/${entry.key}/web`, entry.name, { onBytes, description: webFiles.description });
}

/** Asks the server to fetch one from the hub. The page itself asks no other host. */
export async function hubBackbone({ name }: HubOffer, onBytes: OnBytes): Promise<BackboneFiles> {
  const response = await fetch(addressOf('teach/hub'), { method: 'POST' });
  if (!response.ok) throw faultOf(response.status, await response.json().catch(() => undefined));
  return fetched('teach', name, { onBytes, description: 'backbone.json' });
}

async function fetched(
  folder: string,
  name: string,
  { onBytes, description }: { onBytes: OnBytes; description: string },
): Promise<BackboneFiles> {
  const at = async (file: string): Promise<string> =>
    (await unpackedUrl(`api/${folder}/${file}`)) ?? addressOf(`${folder}/${file}`);
  const json = await fetchBytes(await at(description), undefined, () => undefined);
  const network = await fetchBytes(await at(webFiles.backbone), undefined, onBytes);
  return { name, description: JSON.parse(new TextDecoder().decode(json)) as unknown, network };
}
