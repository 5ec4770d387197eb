// What an evaluation is fed with: one record a clip, answer and truth side by side.
import type { LearntSide } from '../savedModel/index.js';
import type { Actor, Box, Segment } from '../result.js';
import type { TruthClip } from '../truth.js';

/** One sampled frame as answered. Box and point in pixels of the source picture; null: nothing found. */
export interface RecordFrame {
  /** Decoded order from 0; with it the true box is found by index, without it by time. */
  index?: number;
  timeSeconds: number;
  box: Box | null;
  point: readonly [number, number] | null;
  weight: number;
}

/** One clip: what was answered and what is true. `probabilities` follow the order of the classes. */
export interface ClipRecord {
  clip: string;
  label: string;
  /** All true classes, where a clip has several; `label` is the first. */
  labels?: readonly string[];
  durationSeconds: number;
  /** Frames a second of the file, at which stretches of time are compared frame by frame. */
  frameRate?: number;
  probabilities: readonly number[];
  /** Those of the mean pool of the same features, where the model keeps one: what attention must justify itself against. */
  meanPool?: readonly number[];
  frames: readonly RecordFrame[];
  segments: readonly Segment[];
  /** Who does what, boxes in the order of `frames`; without them WHERE is not scored class by class. */
  actors?: readonly Actor[];
  truth?: TruthClip;
  /** The model has seen this very clip in its training. */
  learnt?: LearntSide;
}

/** Draws for a bootstrap over so many clips. */
export type Draw = (clips: number) => Int32Array[];
