// What learning who acts gives, put together: the direction, the scores of every class where there are samples of them, and the
// rules by which boxes are read.
import type { LocalizeChoices } from '../../localize/index.js';
import { actorNames } from '../../model/actors.js';
import { float32, type Tensors } from '../../tensor.js';
import { fitMeanPool } from '../start/startFromFeatures.js';
import type { LearntActors } from './learnt.js';
import type { ActorSample } from './samples.js';
import type { ScaleRange } from './scaleFeatures.js';

/** How boxes are read with a direction, in one look: the constants of docs/localisation.md. */
export const oneLook = {
  maps: { foreground: 1, change: 0.2 },
  floor: 0.001,
  smoothTime: 1,
  threshold: 0.6,
} as const satisfies LocalizeChoices['where'];

/** The same in two looks; the first looks at what moves against the camera too. */
const twoLooks = {
  ...oneLook,
  second: { threshold: 0.57, margin: { x: 0.2, y: 0.9 }, prior: 0.5, apart: { threshold: 0.6 } },
  motion: {},
} as const satisfies LocalizeChoices['where'];

/** Which classes act: those with a foreground of their own; and whose box is that of one alone. */
const who = { own: 0.7, alone: 0.5 } as const satisfies LocalizeChoices['who'];

/** The part of a model. `isTrusted` says that two looks agreed: boxes are then those of the second. */
export function learntOf({
  direction,
  scale,
  scores,
  isTrusted,
}: {
  direction: Float32Array;
  scale: ScaleRange;
  scores?: Tensors;
  isTrusted: boolean;
}): LearntActors {
  return {
    settings: { ...scale, hasClasses: scores !== undefined },
    tensors: { [actorNames.direction]: float32(direction), ...scores },
    localize: { where: isTrusted ? twoLooks : oneLook, ...(scores && { who }) },
  };
}

/** Standardised multinomial regression of the rows, folded to features as they are. */
export function fitScores(
  samples: readonly ActorSample[],
  { classes, strength }: { classes: number; strength: number },
): Tensors {
  const { weight, bias } = fitMeanPool(
    { pools: samples.map(({ row }) => row), labels: samples.map(({ label }) => label) },
    { classes: classes + 1, strength },
  );
  return { [actorNames.weight]: weight, [actorNames.bias]: bias };
}
