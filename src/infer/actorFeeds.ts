// What a head that looks at the actor takes beside features: where the actor is, by the label-free maps of the same features, and
// how it moves there.
import { boxShares } from '../localize/boxShares.js';
import {
  localize,
  type Localization,
  type LocalizeChoices,
  type MapGrid,
  type Picture,
} from '../localize/index.js';
import { actorInputs, isOnActor } from '../model/attention/onActor.js';
import type { ModelConfig } from '../model/index.js';
import { rowsOf, trajectory, type ClipFlow, type TimedBoxes } from '../motion/index.js';
import { TRAJECTORY_NUMBERS } from '../motion/trajectory.js';
import type { Box } from '../result.js';
import { float32, type Tensors } from '../tensor.js';
import type { Rectangle } from '../video/crop.js';
import { movedBox } from './answer.js';

/** Does the head of this model look at an actor? */
export function looksAtActor({ attention }: Pick<ModelConfig, 'attention'>): boolean {
  return attention.form === 'actor' || isOnActor(attention);
}

/** And at how it moves? */
export function looksAtMotion({ attention }: Pick<ModelConfig, 'attention'>): boolean {
  return attention.form === 'actor' && attention.motion > 0;
}

/** And at all frames for that, not only at those that are sampled? */
export function looksAtFlow({ attention }: Pick<ModelConfig, 'attention'>): boolean {
  return attention.form === 'actor' && attention.motion > TRAJECTORY_NUMBERS;
}

/** And at how features in its place change from one sampled frame to the next? */
export function looksAtDifference({ attention, frames }: Pick<ModelConfig, 'attention' | 'frames'>): boolean {
  return attention.form === 'actor' && attention.hasDifference === true && frames > 1;
}

/** The label-free maps `[n,h,w]` that boxes are drawn from. */
export interface LabelFreeMaps {
  foreground: ArrayLike<number>;
  change: ArrayLike<number>;
}

/** Box, score and point of each frame that know no class, in one look, in pixels of the picture, and the map of that look. */
export function labelFreeLook(
  maps: LabelFreeMaps,
  { grid, picture, rules }: { grid: MapGrid; picture: Picture; rules: LocalizeChoices },
): Pick<Localization, 'frames' | 'map'> {
  const weights = new Float32Array(grid.frames).fill(1 / grid.frames);
  return localize({ grid, picture, weights, probabilities: [1], ...maps }, rules);
}

/**
 * The numbers of how the actor in boxes of the source picture moves, as many as the head looks at: 243 of the flow, which must
 * then be given, 41 of the path.
 */
export function actorMotion(
  timed: TimedBoxes,
  picture: Picture,
  { attention, flow }: Pick<ModelConfig, 'attention'> & { flow?: ClipFlow },
): Float32Array {
  if (attention.form !== 'actor' || !flow) return trajectory(timed, picture);
  const { rows } = rowsOf(flow, timed, attention);
  if (attention.motion === rows.length) return rows;
  const path = trajectory(timed, picture);
  const out = new Float32Array(rows.length + path.length);
  out.set(rows);
  out.set(path, rows.length);
  return out;
}

/** Boxes in pixels of a window of the picture, in those of the whole picture. */
export function outOfWindow(boxes: readonly (Box | null)[], window: Rectangle): (Box | null)[] {
  return boxes.map((box) => box && movedBox(box, window));
}

/** What the head is fed of a clip whose boxes are known, without the batch axis; without `motion` it looks at places alone. */
export function actorFeeds(
  config: Pick<ModelConfig, 'attention' | 'frames'>,
  {
    boxes,
    grid,
    picture,
    motion,
  }: { boxes: readonly (Box | null)[]; grid: MapGrid; picture: Picture; motion?: Float32Array },
): Tensors {
  const { attention } = config;
  const isWhole = attention.form === 'actor' && attention.isBoxed === false;
  const places = isWhole ? boxes.map(() => null) : boxes;
  const shares = float32(boxShares(places, grid, picture), [grid.frames, grid.height, grid.width]);
  if (attention.form !== 'actor' || attention.motion === 0) return { [actorInputs.shares]: shares };
  const known = new Float32Array(attention.motion + 1);
  if (motion) {
    known.set(motion);
    known[attention.motion] = 1;
  }
  return { [actorInputs.shares]: shares, [actorInputs.motion]: float32(known, [known.length]) };
}
