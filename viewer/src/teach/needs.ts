// What the page needs of the browser; what is missing is said by name before anything fails.
import type { Texts } from '../words/en.js';

/** A part that a browser may lack. */
export type Need = Exclude<keyof Texts['needs'], 'title' | 'text'>;

const HAS: Record<Need, (scope: Record<string, unknown>) => boolean> = {
  webAssembly: ({ WebAssembly: found }) => found !== undefined,
  webCodecs: ({ VideoDecoder: found }) => found !== undefined,
  indexedDb: ({ indexedDB: found }) => found !== undefined && found !== null,
  mediaRecorder: ({ MediaRecorder: found }) => found !== undefined,
  frameCallback: ({ HTMLVideoElement: found }) =>
    found !== undefined && 'requestVideoFrameCallback' in (found as { prototype: object }).prototype,
  workers: ({ Worker: worker, OffscreenCanvas: canvas }) => worker !== undefined && canvas !== undefined,
};

/** What is missing; the scope is the page's own unless a test says otherwise. */
export function missingNeeds(scope: object = globalThis): Need[] {
  return (Object.keys(HAS) as Need[]).filter((need) => !HAS[need](scope as Record<string, unknown>));
}
