// What does the clips of a kind of work, as a worker holds it open.
import type { WorkPlace } from './delivery.js';
import type { QueuedClip } from './form.js';

/** Makes the pieces of one work. */
export interface Handler extends AsyncDisposable {
  /**
   * What a clip's piece holds: plain JSON, or a `Delivery` where files go with it. Once the signal comes, what takes long may
   * throw its reason: the clip goes back into the queue. Throws `WhereWhenError` where there is none.
   */
  handle(clip: QueuedClip, signal?: AbortSignal): Promise<unknown>;
}

/** Opens what a kind of work needs, from its settings; files go to `place`. */
export type OpenHandler = (settings: unknown, place: WorkPlace) => Promise<Handler>;
