// The form of `truth.json`: what is true of each clip, for scoring only. Training never reads it.
// The synthetic world writes it, the annotation readers convert to it.
import { z } from 'zod';
import { readableName } from './bounds.js';
import { Box } from './result.js';

/** A moment begins and ends at once. */
const endsAfterStart = {
  holds: (one: { startSeconds: number; endSeconds: number }): boolean => one.endSeconds >= one.startSeconds,
  fault: { path: ['endSeconds'], message: 'endSeconds must not lie before startSeconds' },
};

/** One frame of a clip, in decoded order from 0. The box stands where the actor is while it acts; null: nothing acts. */
export const TruthFrame = z.object({
  index: z.number().int().min(0),
  timeSeconds: z.number(),
  box: Box.refine(
    ([x0, y0, x1, y1]) => x0 <= x1 && y0 <= y1,
    'expected edges x0 <= x1 and y0 <= y1',
  ).nullable(),
});
export type TruthFrame = z.infer<typeof TruthFrame>;

/** One happening of a class within a clip, for clips with several. */
export const TruthInstance = z
  .object({ label: readableName, startSeconds: z.number(), endSeconds: z.number() })
  .refine(endsAfterStart.holds, endsAfterStart.fault);
export type TruthInstance = z.infer<typeof TruthInstance>;

/** One thing that does a class, frame by frame, for clips with several. */
export const TruthActor = z.object({ label: readableName, frames: z.array(TruthFrame) });
export type TruthActor = z.infer<typeof TruthActor>;

/**
 * What is true of one clip: its class, when it happens (seconds), the picture's size (pixels), where on each frame. Where
 * several things are known, `actors` has them all and `frames` those of the first.
 */
export const TruthClip = z
  .object({
    label: readableName,
    startSeconds: z.number(),
    endSeconds: z.number(),
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    durationSeconds: z.number().positive().optional(),
    frames: z.array(TruthFrame),
    instances: z.array(TruthInstance).optional(),
    actors: z.array(TruthActor).optional(),
  })
  .refine(endsAfterStart.holds, endsAfterStart.fault);
export type TruthClip = z.infer<typeof TruthClip>;

/** `truth.json`: clips by their path relative to the data folder, with `/` between parts. */
export const Truth = z.object({ version: z.literal(1), clips: z.record(z.string(), TruthClip) });
export type Truth = z.infer<typeof Truth>;

/** Where a sampled frame lies in its clip. */
export interface FramePlace {
  /** Decoded order from 0. */
  index?: number;
  timeSeconds: number;
}

/**
 * The true box of a sampled frame, of the first thing where there are several: by frame index where given, else by the true frame nearest in time, no further
 * away than one spacing of true frames. Null where nothing acts or nothing is known.
 */
export function trueBoxAt({ frames }: Pick<TruthClip, 'frames'>, frame: FramePlace): Box | null {
  if (frame.index !== undefined) {
    const own = frames[frame.index];
    if (own?.index === frame.index) return own.box;
    return frames.find((f) => f.index === frame.index)?.box ?? null;
  }
  let nearest: TruthFrame | undefined;
  for (const f of frames) {
    if (!nearest || distance(f) < distance(nearest)) nearest = f;
  }
  return nearest && distance(nearest) <= spacingSeconds(frames) ? nearest.box : null;

  function distance(f: TruthFrame): number {
    return Math.abs(f.timeSeconds - frame.timeSeconds);
  }
}

/** A true box and the class that is done in it. */
export interface TrueBox {
  label: string;
  box: Box;
}

/** Every true box of a sampled frame, found as {@link trueBoxAt} finds one. */
export function trueBoxesAt(clip: TruthClip, frame: FramePlace): TrueBox[] {
  if (!clip.actors) {
    const box = trueBoxAt(clip, frame);
    return box ? [{ label: classAt(clip, frame.timeSeconds), box }] : [];
  }
  return clip.actors.flatMap((actor): TrueBox[] => {
    const box = trueBoxAt(actor, frame);
    return box ? [{ label: actor.label, box }] : [];
  });
}

/** The class of the one happening that lasts at this time; the clip's own where none does, or several. */
export function classAt({ label, instances = [] }: TruthClip, seconds: number): string {
  const now = instances.filter((one) => seconds >= one.startSeconds && seconds <= one.endSeconds);
  const labels = [...new Set(now.map((one) => one.label))];
  return labels.length === 1 ? labels[0]! : label;
}

/** Mean time between true frames; one frame alone stands for any time. */
function spacingSeconds(frames: readonly TruthFrame[]): number {
  if (frames.length < 2) return Infinity;
  return (frames.at(-1)!.timeSeconds - frames[0]!.timeSeconds) / (frames.length - 1);
}
