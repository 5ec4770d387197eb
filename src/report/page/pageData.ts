// What the page is given: one entry a clip, written by the report and read by the page's script.
import type { Box, Result } from '../../result.js';

/** What is true of a clip, as far as it is known. */
export interface PageTruth {
  label: string;
  segments: { label: string; startSeconds: number; endSeconds: number }[];
  /** Ascending times with the true box of each, null where nothing acts. */
  times: number[];
  boxes: (Box | null)[];
}

/** One clip of the page. */
export interface PageClip {
  title: string;
  result: Result;
  sentences: string[];
  truth: PageTruth | null;
  /** Id of the element that holds the H.264 MP4 as base64, and its constant frame rate and length. */
  video: { id: string; frameRate: number; frames: number } | null;
  /** Why there is no video. */
  missing: string | null;
  /** One picture with `columns` thumbnails side by side, evenly spaced over the clip; `aspect` is width to height of all. */
  film: { source: string; columns: number; aspect: number } | null;
  /** Seconds that each sampled frame stands for, `[start, end]`. */
  spans: [number, number][];
}

/** Everything in the element `data`. */
export interface PageData {
  clips: PageClip[];
}
