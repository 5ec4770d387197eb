// What is open over the page: a take, or a moment of the camera that was held.
import { signal } from '@preact/signals';
import type { Result } from '../../../src/result.js';

/** A live moment that was stopped: its pictures, and what the model said of them. */
export interface HeldMoment {
  pictures: readonly ImageBitmap[];
  result: Result;
}

/** Id of the take that is open. */
export const openTake = signal<string | null>(null);
/** The moment that is held. */
export const heldMoment = signal<HeldMoment | null>(null);
