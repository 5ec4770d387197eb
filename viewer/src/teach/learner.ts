// What looks and learns, beside the page: one backbone in a worker.
import type { SampledClip } from '../../../src/infer/toResult.js';
import type { WebModel } from '../../../src/infer/webModel.js';
import type { Result } from '../../../src/result.js';
import type { TeachBackbone } from '../../../src/teach/backbone.js';
import type { TeachTake } from '../../../src/teach/take.js';
import type { Taught, TeachProgress } from '../../../src/teach/options.js';

/** What the backbone made of a clip: what a take needs besides its facts, and what an answer says of the file. */
export interface Looked extends Pick<TeachTake, 'features' | 'times' | 'picture'> {
  clip: SampledClip;
}

/** How learning is followed and ended. */
export interface LearnOptions {
  signal: AbortSignal;
  onProgress: (progress: TeachProgress) => void;
}

/** A backbone that is open. */
export interface Learner {
  /** For readers. */
  readonly name: string;
  /** Of the backbone and of how clips are sampled for it: features of another one are others. */
  readonly identity: string;
  /** Its files, for a saved lesson. */
  readonly backbone: TeachBackbone;
  readonly network: Uint8Array;
  /** Reads a clip and looks at its sampled frames. Throws what is wrong with the file. */
  look(clip: File): Promise<Looked>;
  /** Has what is known of a take, and programs for so many actions, made ready for the lesson that will be asked for. */
  prepare(looked: readonly Looked[], actions: number): void;
  /** Learns from takes. Throws the signal's reason. */
  teach(takes: readonly TeachTake[], options: LearnOptions): Promise<Taught>;
  /** The model that was learnt, open to follow a camera; the one before is closed. */
  open(taught: Pick<Taught, 'id' | 'config' | 'tensors'>): Promise<WebModel>;
  /** What it says of a take. */
  answer(model: WebModel, looked: Looked, name: string): Promise<Result>;
  close(): Promise<void>;
}
