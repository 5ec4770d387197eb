// What moves against the camera as a factor of a map: people who act against people who watch. It says where the box lies that
// knows no class; how large things are it does not say, since what moves most is often a limb.
//
//   m = M * max(mm(smooth(P)), floor)^power      P from the frames beside each sampled one (motion/cameraChange.ts)
import { agree, minMax, smooth, type MapGrid } from './maps.js';
import type { MotionFactor } from './options.js';

/** The map `[n,h,w]` times its factor; as it is without `motion` `[n,h,w]` or without rules, and on frames where nothing moves. */
export function timesMotion(
  map: Float32Array,
  motion: ArrayLike<number> | undefined,
  grid: MapGrid,
  rules: (MotionFactor & { smoothTime: number }) | undefined,
): Float32Array {
  if (!motion || !rules) return map;
  const { power, floor, smoothTime } = rules;
  const values = minMax(smooth(motion, grid, 0, smoothTime), grid);
  const factor = agree([{ values, weight: power }], grid, floor);
  return map.map((value, at) => value * factor[at]!);
}
