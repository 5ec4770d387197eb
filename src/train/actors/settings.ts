// What a recipe says of who acts.
import { z } from 'zod';
import { positiveFactor } from '../../bounds.js';

/** How the maps of who acts are learnt, beside the head, on features of a frozen backbone. */
export const ActorChoices = z.strictObject({
  /** The label-free direction and the looks; without it boxes are read as before (`localize`). */
  isOn: z.boolean().default(true),
  /** Whether the direction is learnt from what moves against the camera too, in the frames beside the sampled ones. */
  motion: z.boolean().default(true),
  /** Mosaics a training clip, each of a quarter as many frames, for scores of every class and of nothing; 0 for no such scores. */
  mosaics: z.number().min(0).max(100).default(4),
  /** Whether each class and nothing are learnt in the squares of a second look too, which then says what things are called. */
  close: z.boolean().default(true),
  /** `C` of these regressions. */
  strength: positiveFactor.default(0.01),
  /** `C` of the regression that the actor form starts with. */
  headStrength: positiveFactor.default(100),
  /** Whether every clip counts as its mirror image moves too, in that regression. */
  isMirrored: z.boolean().default(true),
  /** Clips on which both looks are compared, and the mean IoU of their boxes below which the direction is not trusted. */
  checkedClips: z.number().int().min(1).default(24),
  leastAgreement: z.number().min(0).max(1).default(0.52),
});
/** How the maps of who acts are learnt. */
export type ActorChoices = z.infer<typeof ActorChoices>;
