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

/** The same in two looks. */
export const closeLook = {
  ...oneLook,
  second: { threshold: 0.57, margin: { x: 0.2, y: 0.9 }, prior: 0.5 },
} as const satisfies LocalizeChoices['where'];

/** As a model answers: the first look looks at what moves against the camera too, and several actors are cut by a rule of their own. */
const twoLooks = {
  ...closeLook,
  second: { ...closeLook.second, apart: { threshold: 0.6 }, shared: 0.7 },
  motion: {},
} as const satisfies LocalizeChoices['where'];

/** Where a class is during the clip counts in its map. Which classes act: those with a foreground of their own; whose box is that of one alone; and which are one thing. */
const who = { overall: 0.5, own: 0.7, alone: 0.5, together: 0.15 } as const satisfies LocalizeChoices['who'];

/** Where the second look says what things are called, more names are let through to it. */
const near = { least: 0.3, own: 0 } as const;

/** Half as much again as by chance: what its squares must show of the name of a thing. */
const chance = 1.5;

/** The part of a model. `isTrusted` says that two looks agreed: boxes are then those of the second. */
export function learntOf({
  direction,
  scale,
  scores,
  closeScores,
  isTrusted,
}: {
  direction: Float32Array;
  scale: ScaleRange;
  scores?: Tensors;
  closeScores?: Tensors;
  isTrusted: boolean;
}): LearntActors {
  return {
    settings: { ...scale, hasClasses: scores !== undefined, ...(closeScores && { isClose: true }) },
    tensors: { [actorNames.direction]: float32(direction), ...scores, ...closeScores },
    localize: {
      where: isTrusted ? twoLooks : oneLook,
      ...(scores && { who: { ...who, ...(closeScores && { near, chance }) } }),
    },
  };
}

/** Standardised multinomial regression of the rows, folded to features as they are, as the tensors of `names`. */
export function fitScores(
  samples: readonly ActorSample[],
  { classes, strength }: { classes: number; strength: number },
  names: { weight: string; bias: string } = actorNames,
): Tensors {
  const { weight, bias } = fitMeanPool(
    { pools: samples.map(({ row }) => row), labels: samples.map(({ label }) => label) },
    { classes: classes + 1, strength },
  );
  return { [names.weight]: weight, [names.bias]: bias };
}
