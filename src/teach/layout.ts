// How the scales of a take lie on each other.
import type { Frozen } from '../train/data/frozen.js';

/** The layout as the metadata of stored features say it. */
export function storeLayout({ scales, backbone }: Pick<Frozen, 'scales' | 'backbone'>): string {
  const { alignment = 'tiles' } = backbone;
  return JSON.stringify({
    alignment,
    ...(scales.length > 1 && { geometry: scales.map(({ geometry }) => geometry) }),
  });
}
