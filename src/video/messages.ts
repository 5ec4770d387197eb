// What is said between the caller and the thread or process that works on a video. A job has an id; its items (frames
// on the way out, pictures on the way in) flow against credits, so that neither side runs ahead.
import type { ErrorFacts } from '../errors.js';
import type { EncodeOptions } from './encoding.js';
import type { Sampled, SampleRequest } from './sampled.js';
import type { DecoderName, Frame, Resize, Size, Survey } from './types.js';

/** What can be asked for. */
export type WorkerTask =
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

/** More of a job that is under way: frames that may be sent, or a picture to encode, null after the last. */
export type Supply = { credits: number } | { picture: Uint8Array | null };

/** To the worker. */
export type Order = { id: number } & ({ start: WorkerTask } | { cancel: true } | Supply);

/** From the worker. */
export type WorkerReply =
  | { id: number; item: Frame | null }
  | { id: number; done: Survey | Sampled | null }
  | { id: number; failed: ErrorFacts | null; message: string };
