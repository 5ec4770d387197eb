// The form of `truth.json`: what is true of each clip, for scoring only. Training never reads it.
// The synthetic world writes it, the annotation readers convert to it.
import { z } from 'zod';
import { WhereWhenError } from '../errors.js';
import { Box } from '../result.js';

/** One frame of a clip, in decoded order from 0. The box stands where the actor is while it acts; null: nothing acts. */
export const TruthFrame = z.object({
  index: z.number().int().min(0),
  timeSeconds: z.number(),
  box: Box.nullable(),
});
export type TruthFrame = z.infer<typeof TruthFrame>;

/** One happening of a class within a clip, for clips with several. */
export const TruthInstance = z.object({
  label: z.string(),
  startSeconds: z.number(),
  endSeconds: z.number(),
});
export type TruthInstance = z.infer<typeof TruthInstance>;

/** What is true of one clip: its class, when it happens (seconds), the picture's size (pixels), where on each frame. */
export const TruthClip = z
  .object({
    label: z.string(),
    startSeconds: z.number(),
    endSeconds: z.number(),
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    durationSeconds: z.number().positive().optional(),
    frames: z.array(TruthFrame),
    instances: z.array(TruthInstance).optional(),
  })
  .refine((clip) => clip.endSeconds >= clip.startSeconds, {
    path: ['endSeconds'],
    message: 'endSeconds must not lie before startSeconds',
  });
export type TruthClip = z.infer<typeof TruthClip>;

/** `truth.json`: clips by their path relative to the data folder, with `/` between parts. */
export const Truth = z.object({ version: z.literal(1), clips: z.record(z.string(), TruthClip) });
export type Truth = z.infer<typeof Truth>;

/**
 * Checks an already parsed JSON value. Throws `WhereWhenError` (format) that names `path` and the first field at fault.
 */
export function parseTruth(value: unknown, path = 'truth.json'): Truth {
  const parsed = Truth.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new WhereWhenError({
    code: 'format',
    path: [path, ...issue.path.map(String)].join('.'),
    expected: issue.message,
    hint: 'the form is {version: 1, clips: {"Class/clip.mp4": {label, startSeconds, endSeconds, width, height, frames}}}',
  });
}

/**
 * The true box of a sampled frame: by frame index where given, else by the true frame nearest in time, no further
 * away than one spacing of true frames. Null where nothing acts or nothing is known.
 */
export function trueBoxAt(clip: TruthClip, frame: { index?: number; timeSeconds: number }): Box | null {
  if (frame.index !== undefined) {
    const own = clip.frames[frame.index];
    if (own?.index === frame.index) return own.box;
    return clip.frames.find((f) => f.index === frame.index)?.box ?? null;
  }
  let nearest: TruthFrame | undefined;
  for (const f of clip.frames) {
    if (!nearest || distance(f) < distance(nearest)) nearest = f;
  }
  return nearest && distance(nearest) <= spacingSeconds(clip.frames) ? nearest.box : null;

  function distance(f: TruthFrame): number {
    return Math.abs(f.timeSeconds - frame.timeSeconds);
  }
}

/** Mean time between true frames; one frame alone stands for any time. */
function spacingSeconds(frames: readonly TruthFrame[]): number {
  if (frames.length < 2) return Infinity;
  return (frames.at(-1)!.timeSeconds - frames[0]!.timeSeconds) / (frames.length - 1);
}
