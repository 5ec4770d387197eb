// What takes long is kept in a store under a hash of everything that it depends on, so that a second run, another seed or
// another row of a table does not compute it again.
import { hashFacts } from '../backbone/identity.js';
import type { Tensors } from '../tensor.js';
import type { ClipStore } from './store.js';

/** The tensors that belong to `facts`: from the store where they lie there whole, else made and put there. */
export async function kept(
  store: ClipStore,
  facts: Record<string, unknown>,
  make: () => Promise<Tensors>,
): Promise<Tensors> {
  return keptAs(store, hashFacts(facts).slice(0, 40), make);
}

/** The tensors under a key of the store: from there where they lie whole, else made and put there. */
export async function keptAs(store: ClipStore, key: string, make: () => Promise<Tensors>): Promise<Tensors> {
  const known = await store.readVerified(key);
  if (known) return known.tensors;
  const made = await make();
  await store.write(key, made);
  return made;
}
