// The one JSON form of an answer: what, where and when, and who does what. Command line, report, server and viewer share it.
// Version 1 knew no actors; `parseResult` and `AnyResult` read both and give version 2.
import { z } from 'zod';
import { checked } from './checked.js';

/**
 * `[x0, y0, x1, y1]` in pixels of the picture as it is shown: turned, and stretched where its pixels are no squares. `x1` and
 * `y1` are the outer edges (width is `x1 - x0`).
 */
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

/** A stretch of time, in seconds, with its score in 0..1. */
export const ActorSegment = z.object({
  startSeconds: z.number(),
  endSeconds: z.number(),
  score: z.number(),
});
export type ActorSegment = z.infer<typeof ActorSegment>;

/** A stretch of time in which a class happens; `actor` is the place among the actors of the one that does it. */
export const Segment = z.object({
  label: z.string(),
  ...ActorSegment.shape,
  actor: z.number().int().min(0).optional(),
});
export type Segment = z.infer<typeof Segment>;

/**
 * Who does a class: where on every sampled frame (null: not there) and when. `source` says what the boxes were drawn from:
 * a map of this class, or the one map of the clip that knows no class. `score` is the class's probability.
 */
export const Actor = z.object({
  label: z.string(),
  score: z.number(),
  boxes: z.array(Box.nullable()),
  segments: z.array(ActorSegment),
  source: z.enum(['classMap', 'classFree']).optional(),
});
export type Actor = z.infer<typeof Actor>;

/** One thing over time: a box or null a sampled frame; `score` is the mean contrast of the map inside its boxes, -1..1. */
export const BoxTube = z.object({ score: z.number(), boxes: z.array(Box.nullable()) });
export type BoxTube = z.infer<typeof BoxTube>;

/** Cells of a row: where the first one looks, and the step to the next, as shares of the picture's length. */
const MaskLine = z.object({ offset: z.number(), step: z.number() });

/** Masks of all sampled frames, `[frames, height, width]` in 0..1 as bytes 0..255, base64: for pictures of the answer. */
export const Masks = z.object({
  height: z.number().int(),
  width: z.number().int(),
  bytes: z.string(),
  /** Where their cells look; by default at the middles of equal tiles. */
  cells: z.object({ x: MaskLine, y: MaskLine }).optional(),
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

const Common = z.object({
  clip: z.string(),
  model: z.object({
    ...{ id: z.string(), attention: z.string(), backbone: z.string() },
    /** Held-out clips of which it was sure (0.9 or more), and how many of them it named rightly; left out where it is not known. */
    sure: z.object({ clips: z.number().int(), right: z.number().int() }).optional(),
  }),
  video: z.object({
    width: z.number().int(),
    height: z.number().int(),
    frames: z.number().int(),
    durationSeconds: z.number(),
    frameRate: z.number(),
    /** Width of a stored pixel over its height; `width` and `height` are after stretching. Left out for square pixels. */
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
  /** Stretches of the clip that no sampled frame stands for: nothing is said of them. Left out where there are none. */
  unseen: z.array(ActorSegment.omit({ score: true })).optional(),
  /** How many times farther from the training clips than their like it is; left out for a clip like them, and where it is not known. */
  unlike: z.number().positive().optional(),
  warnings: z.array(z.string()),
});

/** What `predict` says of one clip. `actors`: who does what, best first; the box of a frame knows no class. */
export const Result = Common.extend({ version: z.literal(2), actors: z.array(Actor) }).superRefine(
  ({ frames, segments, actors }, context) => {
    const refuse = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    actors.forEach(({ boxes }, a) => {
      if (boxes.length === frames.length) return;
      refuse(['actors', a, 'boxes'], `expected ${frames.length} boxes, one a sampled frame`);
    });
    segments.forEach(({ actor = -1 }, s) => {
      if (actor >= actors.length) refuse(['segments', s, 'actor'], `expected a place among ${actors.length}`);
    });
  },
);
export type Result = z.infer<typeof Result>;

const FirstResult = Common.extend({ version: z.literal(1) });

/** A Result of version 1 or 2, read as version 2: what a form of requests and files is given. */
export const AnyResult = z
  .discriminatedUnion('version', [FirstResult, Result])
  .transform((read): Result => (read.version === 1 ? secondOf(read) : read));

/** A Result of version 1 or 2 as version 2. Throws `WhereWhenError` (format) that names `path` and the field at fault. */
export function parseResult(json: unknown, path = 'result'): Result {
  return checked(path, json, AnyResult);
}

/** Version 1 had one box a frame: they are the best class's. Segments of other classes have no actor. */
function secondOf({ classes, frames, segments, ...rest }: z.infer<typeof FirstResult>): Result {
  const labels = classes.slice(0, 1).map(({ label }) => label);
  return { ...rest, version: 2, classes, frames, ...classFreeActors({ classes, frames, segments }, labels) };
}

/**
 * Actors made of the boxes that know no class, for a model that has no others, and the segments with the actor of each:
 * one actor for each of `labels`, by default for every class that has a segment, else for the best class. Where several
 * classes share the boxes, each is given those of its own segments.
 */
export function classFreeActors(
  { classes, frames, segments }: Pick<Result, 'classes' | 'frames' | 'segments'>,
  labels: readonly string[] = labelsOf({ classes, segments }),
): Pick<Result, 'actors' | 'segments'> {
  const actors = labels.map((label): Actor => {
    const own = segments.filter((segment) => segment.label === label);
    const isOwn = (t: number): boolean => own.some((s) => t >= s.startSeconds && t <= s.endSeconds);
    return {
      label,
      score: classes.find((one) => one.label === label)?.probability ?? 0,
      boxes: frames.map(({ box, timeSeconds: t }) => (labels.length < 2 || isOwn(t) ? box : null)),
      segments: own.map(({ startSeconds, endSeconds, score }) => ({ startSeconds, endSeconds, score })),
      source: 'classFree',
    };
  });
  return { actors, segments: segments.map((segment) => withActor(segment, labels.indexOf(segment.label))) };
}

/** A segment with the place of its actor, where it has one (not -1). */
export function withActor({ actor: _, ...segment }: Segment, actor: number): Segment {
  return actor < 0 ? segment : { ...segment, actor };
}

/** Classes that have a segment, the most probable first; the best class where none has. */
function labelsOf({ classes, segments }: Pick<Result, 'classes' | 'segments'>): string[] {
  const order = classes.map(({ label }) => label);
  const found = [...new Set(segments.map(({ label }) => label))];
  const place = (label: string): number => (order.includes(label) ? order.indexOf(label) : order.length);
  return found.length > 0 ? found.sort((a, b) => place(a) - place(b)) : order.slice(0, 1);
}
