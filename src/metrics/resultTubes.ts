// From a Result to what the box protocols score: one box for any frame, and a tube for each class.
import type { Box, Result } from '../result.js';
import type { PictureSize } from './trivial.js';
import type { TubeDetection } from './tubes.js';

/**
 * The answered box at a frame, in pixels of a picture of `size`: on a straight line between sampled frames, null where
 * neither has one. `boxes` are an actor's, one a sampled frame; without them it is the box that knows no class.
 */
export function boxAtFrame(
  { frames: sampled, video }: Result,
  frame: number,
  size: PictureSize,
  boxes: readonly (Box | null)[] = sampled.map(({ box }) => box),
): Box | null {
  const frames = sampled.map(({ index }, i) => ({ index, box: boxes[i] ?? null }));
  const after = frames.find(({ index, box }) => index >= frame && box !== null);
  const before = frames.findLast(({ index, box }) => index <= frame && box !== null);
  const [a, b] = [before ?? after, after ?? before];
  if (!a?.box || !b?.box) return null;
  const part = a.index === b.index ? 0 : (frame - a.index) / (b.index - a.index);
  const scale = [size.width / video.width, size.height / video.height];
  return a.box.map((edge, e) => (edge + part * (b.box![e]! - edge)) * scale[e % 2]!) as Box;
}

/**
 * One tube a class, its score the class's probability: over the class's segments where the Result has some, else over
 * the whole clip. Its boxes are those of the class's actor; classes without one share the boxes that know no class.
 */
export function tubesOfResult(result: Result, video: string, size: PictureSize): TubeDetection[] {
  const last = result.video.frames - 1;
  const whole = { startSeconds: 0, endSeconds: result.video.durationSeconds };
  return result.classes.flatMap(({ label, probability }) => {
    const boxesOf = result.actors.find((actor) => actor.label === label)?.boxes;
    const own = result.segments.filter((segment) => segment.label === label);
    return (own.length > 0 ? own : [whole]).flatMap(({ startSeconds, endSeconds }): TubeDetection[] => {
      const start = Math.min(last, Math.max(0, Math.round(startSeconds * result.video.frameRate)));
      const end = Math.min(last, Math.max(start, Math.round(endSeconds * result.video.frameRate) - 1));
      const boxes = Array.from({ length: end - start + 1 }, (_, i) =>
        boxAtFrame(result, start + i, size, boxesOf),
      );
      if (boxes.some((box) => box === null)) return [];
      return [{ video, label, start, boxes: boxes as Box[], score: probability }];
    });
  });
}
