// The network that looks at frames: where it comes from, and how opening it goes. It is fetched once, kept in the browser's cache
// storage, and opened by itself when the page is opened again.
import { signal } from '@preact/signals';
import type { BackboneFiles } from './backboneFiles.js';
import { backboneOfFiles, keepBackbone, keptBackbone } from './backboneFiles.js';
import type { Learner } from './learner.js';
import { servedBackbone } from './served.js';

/** The network. */
export type Backbone =
  | { state: 'none' }
  | { state: 'fetching'; done: number; total: number }
  | { state: 'opening' }
  | { state: 'ready'; learner: Learner }
  | { state: 'failed'; reason: string };

/** The network now. */
export const backbone = signal<Backbone>({ state: 'none' });

let search: Promise<void> | undefined;

/** Opens the one of an earlier visit, else the server's; nothing is fetched from anywhere else. Safe to call again. */
export function findBackbone(): Promise<void> {
  search ??= openKept().then((isOpen) => (isOpen ? undefined : open(() => servedBackbone(tell))));
  return search;
}

/** What was kept and cannot be opened any more is as good as none. */
async function openKept(): Promise<boolean> {
  const kept = await keptBackbone();
  if (kept) await open(() => Promise.resolve(kept));
  return backbone.peek().state === 'ready';
}

/** Opens the files that the reader chose. */
export function chooseBackbone(files: readonly File[]): Promise<void> {
  return open(() => backboneOfFiles(files));
}

/** Opens what `find` gives, and keeps it for the next visit. */
export async function open(find: () => Promise<BackboneFiles | null>): Promise<void> {
  const before = backbone.peek();
  backbone.value = { state: 'opening' };
  try {
    const files = await find();
    if (!files) {
      backbone.value = before.state === 'ready' ? before : { state: 'none' };
      return;
    }
    backbone.value = { state: 'opening' };
    const { openLearner } = await import('./openLearner.js'); // ONNX Runtime comes with it, not with the first view
    const learner = await openLearner(files);
    if (before.state === 'ready') void before.learner.close();
    backbone.value = { state: 'ready', learner };
    await keepBackbone(files);
  } catch (error) {
    backbone.value = { state: 'failed', reason: (error as Error).message };
  }
}

/** Follows a network on its way. */
export function tell(done: number, total: number): void {
  backbone.value = { state: 'fetching', done, total };
}
