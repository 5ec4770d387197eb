// One showing of an action, and what the reader says of it.
import type { TeachMark } from '../../../src/teach/take.js';

/** A mark on a frame: "here" and "not here" have a place, "this moment" has none. */
export type Mark = TeachMark;

/** The small pictures of a take, side by side in one JPEG. */
export interface Film {
  /** Time of each picture in seconds, ascending. */
  times: readonly number[];
  /** Of the clip, in pixels. */
  width: number;
  height: number;
}

/** A take's facts. */
export interface Take {
  id: string;
  /** Of its action. */
  action: string;
  /** The clip's file name. */
  file: string;
  /** Who is seen: takes of one person are held back together. */
  group: string;
  source: 'camera' | 'file' | 'moment';
  /** Held back as a test. */
  isTest: boolean;
  seconds: number;
  film: Film | null;
  marks: readonly Mark[];
}

/** An action that is taught. */
export interface Action {
  id: string;
  /** What answers call it; no two are the same. */
  name: string;
}
