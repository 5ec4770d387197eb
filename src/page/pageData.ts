// What the pages show of a clip: the report writes it into its file, the viewer puts it together from the server's answers.
import type { Box, Result } from '../result.js';

/** What is true of a clip, as far as it is known. */
export interface PageTruth {
  label: string;
  segments: { label: string; startSeconds: number; endSeconds: number }[];
  /** Ascending times with the true box of each, null where nothing acts. */
  times: number[];
  boxes: (Box | null)[];
}

/** One picture with `columns` thumbnails side by side, evenly spaced over the clip; `aspect` is width to height of all. */
export interface Film {
  source: string;
  columns: number;
  aspect: number;
  /** The masks are drawn into its pictures already. */
  isPainted: boolean;
}

/** What overlay and time line show. */
export interface ShownClip {
  result: Result;
  truth: PageTruth | null;
  film: Film | null;
  /** Classes in the order of their colours, where clips or models that stand together share them. */
  order?: readonly string[];
}

/** One clip of the report. */
export interface ReportedClip extends ShownClip {
  title: string;
  sentences: string[];
  /** Id of the element that holds the H.264 MP4 as base64, and its constant frame rate and length. */
  video: { id: string; frameRate: number; frames: number } | null;
  /** Why there is no video. */
  missing: string | null;
}

/** Everything in the element `data`. */
export interface PageData {
  clips: ReportedClip[];
}
