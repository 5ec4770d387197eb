// What is said between the caller's thread and a video thread. A job has an id; its items (frames
// on the way out, pictures on the way in) flow against credits, so that neither side runs ahead.
import type { ErrorFacts } from '../errors.js';
import type { EncodeOptions } from './encoding.js';
import type { Sampled, SampleRequest } from './sampled.js';
import type { DecoderName, Frame, Resize, Size, Survey } from './types.js';

/** What a thread can be asked to do. */
export type Task =
  | ({ kind: 'survey' } & Opening)
  | ({ kind: 'sample'; request: SampleRequest } & Opening)
  | ({ kind: 'frames'; size?: Size; resize: Resize; indices?: readonly number[] } & Opening)
  | { kind: 'encode'; path: string; options: EncodeOptions };

/** Which video, and how it is opened. */
export interface Opening {
  path: string;
  decoder: DecoderName;
  frameRate: number;
}

/** To the thread. `cancelled[0]` becomes 1 when the caller has lost interest. */
export type Order =
  | { id: number; start: Task; cancelled: Int32Array }
  | { id: number; credits: number }
  | { id: number; picture: Uint8Array | null };

/** From the thread. */
export type Answer =
  | { id: number; item: Frame | null }
  | { id: number; done: Survey | Sampled | null }
  | { id: number; failed: ErrorFacts | null; message: string };
