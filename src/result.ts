// The one JSON form of an answer: what, where and when. Command line, report, server and viewer share it.
import { z } from 'zod';

/** `[x0, y0, x1, y1]` in pixels of the source picture; `x1` and `y1` are the outer edges (width is `x1 - x0`). */
export const Box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export type Box = z.infer<typeof Box>;

/** A class and its probability in 0..1. */
export const ClassScore = z.object({ label: z.string(), probability: z.number() });
export type ClassScore = z.infer<typeof ClassScore>;

/** One sampled frame: its place in the video, when-weight (a clip's weights sum to 1) and where-box (null: nothing found). */
export const FrameAnswer = z.object({
  index: z.number().int(),
  timeSeconds: z.number(),
  weight: z.number(),
  box: Box.nullable(),
  boxScore: z.number().optional(),
});
export type FrameAnswer = z.infer<typeof FrameAnswer>;

/** A stretch of time in which a class happens. */
export const Segment = z.object({
  label: z.string(),
  startSeconds: z.number(),
  endSeconds: z.number(),
  score: z.number(),
});
export type Segment = z.infer<typeof Segment>;

/** One thing over time: a box or null a sampled frame; `score` is the mean contrast of the map inside its boxes, -1..1. */
export const BoxTube = z.object({ score: z.number(), boxes: z.array(Box.nullable()) });
export type BoxTube = z.infer<typeof BoxTube>;

/** Masks of all sampled frames, `[frames, height, width]` in 0..1 as bytes 0..255, base64: for pictures of the answer. */
export const Masks = z.object({
  height: z.number().int(),
  width: z.number().int(),
  bytes: z.string(),
});
export type Masks = z.infer<typeof Masks>;

/**
 * Class evidence over time, `values[class][frame]`: the curves of the time line. Above the mean of all classes, or, where
 * every class is told by itself (`sigmoid`), above an even chance.
 */
export const Curves = z.object({
  labels: z.array(z.string()),
  values: z.array(z.array(z.number())),
  probability: z.literal('sigmoid').optional(),
});
export type Curves = z.infer<typeof Curves>;

/** What `predict` says of one clip. */
export const Result = z.object({
  version: z.literal(1),
  clip: z.string(),
  model: z.object({ id: z.string(), attention: z.string(), backbone: z.string() }),
  video: z.object({
    width: z.number().int(),
    height: z.number().int(),
    frames: z.number().int(),
    durationSeconds: z.number(),
    frameRate: z.number(),
    /** Width of a pixel over its height where a player stretches the picture; left out for square pixels. */
    pixelAspect: z.number().positive().optional(),
    damagedFrames: z.number().int(),
    missingFrames: z.number().int(),
  }),
  classes: z.array(ClassScore),
  frames: z.array(FrameAnswer),
  segments: z.array(Segment),
  /** Everything that was found, best first; several tubes are several boxes a frame. */
  tubes: z.array(BoxTube).optional(),
  masks: Masks.optional(),
  curves: Curves.optional(),
  /** When-weights of each step of a recurrent form, `[steps][frames]`; a frame's weight is their mean. Left out for one step. */
  steps: z.array(z.array(z.number())).optional(),
  warnings: z.array(z.string()),
});
export type Result = z.infer<typeof Result>;
