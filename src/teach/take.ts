// What is learnt from: takes, each a short clip of one action with what the backbone made of its sampled frames, and what a
// person marked in it.
import { z } from 'zod';
import { readableName } from '../bounds.js';
import { usageError, WhereWhenError } from '../errors.js';
import { Box } from '../result.js';
import type { StorePrecision } from '../store/features/precision.js';
import { scalesToTensors, storedScales } from '../store/features/scales.js';
import type { FeatureExtractor } from '../backbone/extractor.js';
import type { Tensor, Tensors } from '../tensor.js';
import type { Size } from '../video/types.js';

/** No way up or down, nothing hidden. */
const fileName = /^(?!\.)[^/\\\0]{1,200}$/;

const seconds = z.number().min(0);
const point = z.tuple([z.number(), z.number()]);

/**
 * A mark in a take: a box or a click that says `here` or `notHere` of the actor, in pixels of the picture as it is shown, or the
 * `moment` at which the action happens. Times are those of the clip.
 */
export const TeachMark = z.union([
  z.strictObject({ kind: z.enum(['here', 'notHere']), timeSeconds: seconds, box: Box }),
  z.strictObject({ kind: z.enum(['here', 'notHere']), timeSeconds: seconds, point }),
  z.strictObject({ kind: z.literal('moment'), timeSeconds: seconds }),
]);
/** A mark in a take. */
export type TeachMark = z.infer<typeof TeachMark>;

/** What is known of a take without its features; a zip keeps it. */
export const TakeFacts = z.strictObject({
  /** Its file's name: one of its own for every take, without a path. */
  id: z.string().regex(fileName, 'expected a file name without a path'),
  /** The action; it is a folder's name too, once takes are a data set. */
  label: readableName.regex(fileName, 'expected a name that a folder can have'),
  /** Takes of one group (one person, one place) are never on both sides of a split. */
  group: readableName,
  /** Kept out of the learning altogether, and asked afterwards. */
  isHeldOut: z.boolean().optional(),
  marks: z.array(TeachMark).optional(),
});
/** What is known of a take without its features. */
export type TakeFacts = z.infer<typeof TakeFacts>;

/** A take. */
export interface TeachTake extends TakeFacts {
  /** What {@link takeFeatures} made of its sampled frames. */
  features: Tensors;
  /** Of those frames in seconds, ascending. */
  times: readonly number[];
  /** Of the picture as it is shown, in pixels. */
  picture: Size;
}

/** How features of takes are kept, as `train` keeps them. */
export const takePrecision: StorePrecision = 'int8';

/**
 * What one run of the backbone makes of sampled frames uint8 `[n,H,W,3]`: every scale on its own grid, in eight bits (`features.i`
 * uint8 `[n,Ci,hi,wi]`, `steps.i`, `zeros.i`). Throws `input` for frames of another size and features that are not finite.
 */
export async function takeFeatures(
  extractor: Pick<FeatureExtractor, 'extractScales'>,
  frames: Tensor,
): Promise<Tensors> {
  return scalesToTensors(await extractor.extractScales(frames), takePrecision);
}

/** Throws `usage` unless `takes` are at least two of two actions, each by another name and with `frames` frames. */
export function checkTakes(takes: readonly TeachTake[], frames: number): void {
  for (const [i, { features, times, id, label, group, isHeldOut, marks }] of takes.entries()) {
    const path = `teach: takes[${i}]`;
    const parsed = TakeFacts.safeParse({ id, label, group, isHeldOut, marks });
    if (!parsed.success) throw wrongTake(path, parsed.error.issues[0]!);
    const count = storedScales({ tensors: features, metadata: {} }, `${path}.features`)[0]!.frames;
    if (count !== frames || times.length !== frames)
      throw usageError(path, `features and times of ${frames} frames`, `${count} and ${times.length}`);
  }
  const names = new Set(takes.map(({ id }) => id));
  if (names.size < takes.length) throw usageError('teach: takes', 'another `id` for each', 'the same twice');
  const learnt = takes.filter(({ isHeldOut }) => !isHeldOut);
  const labels = [...new Set(takes.map(({ label }) => label))];
  const bare = labels.find((label) => learnt.every((take) => take.label !== label));
  if (bare !== undefined) throw usageError(`teach: ${bare}`, 'a take to learn from', 'held-out ones alone');
  if (labels.length < 2) throw usageError('teach: takes', 'takes of two actions', `${labels.length}`);
}

function wrongTake(path: string, { path: inside, message }: z.core.$ZodIssue): WhereWhenError {
  return usageError(inside.length > 0 ? `${path}.${inside.join('.')}` : path, message);
}
