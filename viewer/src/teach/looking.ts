// Features of takes: what the backbone makes of each clip, once. They are kept in the browser too, where there is room, so that
// a page that is opened again need not look again.
import { signal } from '@preact/signals';
import { clipOf } from './clipsOfTakes.js';
import type { Learner, Looked } from './learner.js';
import type { Take } from './take.js';
import { read, saveIfRoom } from './writeBehind.js';
import { texts } from '../words/index.js';

/** How looking at a take goes. */
export type LookState = { state: 'looking' } | { state: 'ready' } | { state: 'failed'; reason: string };

/** By the take's id. */
export const looking = signal<ReadonlyMap<string, LookState>>(new Map());

interface Kept {
  /** Of the backbone. */
  identity: string;
  looked: Looked;
}

const known = new Map<string, Kept>();
const underWay = new Map<string, Promise<Looked | null>>();

/**
 * What the backbone makes of a take's clip; null where the clip cannot be looked at, which {@link looking} then says. Looking goes
 * on when nobody waits any more: whoever asks next finds it done.
 */
export function lookAt(take: Take, learner: Learner): Promise<Looked | null> {
  const name = `${learner.identity} ${take.id}`;
  let work = underWay.get(name);
  if (!work) {
    work = look(take, learner).finally(() => underWay.delete(name));
    underWay.set(name, work);
  }
  return work;
}

async function look(take: Take, learner: Learner): Promise<Looked | null> {
  const { identity } = learner;
  const here = known.get(take.id) ?? (await read<Kept>('features', take.id));
  if (here?.identity === identity) {
    known.set(take.id, here);
    tell(take.id, { state: 'ready' });
    return here.looked;
  }
  tell(take.id, { state: 'looking' });
  try {
    const clip = await clipOf(take);
    if (!clip) throw new Error(texts.value.learn.lostClip);
    const kept: Kept = { identity, looked: await learner.look(clip) };
    known.set(take.id, kept);
    void saveIfRoom({ store: 'features', key: take.id, value: kept });
    tell(take.id, { state: 'ready' });
    return kept.looked;
  } catch (error) {
    tell(take.id, { state: 'failed', reason: (error as Error).message });
    return null;
  }
}

/** Features of takes that are gone are forgotten. */
export function forgetOthers(takes: readonly Take[]): void {
  const here = new Set(takes.map(({ id }) => id));
  for (const id of known.keys()) if (!here.has(id)) known.delete(id);
}

function tell(id: string, state: LookState): void {
  const before = looking.peek();
  if (state.state === 'ready' && before.get(id)?.state === 'ready') return;
  looking.value = new Map(before).set(id, state);
}
