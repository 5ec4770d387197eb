// From a Result to what the box protocols score: one box for any frame, and a tube for each class.
import type { Box, Result } from '../result.js';
import type { PictureSize } from './trivial.js';
import type { TubeDetection } from './tubes.js';

/** The answered box at a frame, in pixels of a picture of `size`: on a straight line between sampled frames, null where neither has one. */
export function boxAtFrame({ frames, video }: Result, frame: number, size: PictureSize): Box | null {
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
 * the whole clip. A video-level model has one box a frame, so the tubes of all classes share their boxes.
 */
export function tubesOfResult(result: Result, video: string, size: PictureSize): TubeDetection[] {
  const last = result.video.frames - 1;
  const whole = { startSeconds: 0, endSeconds: result.video.durationSeconds };
  return result.classes.flatMap(({ label, probability }) => {
    const own = result.segments.filter((segment) => segment.label === label);
    return (own.length > 0 ? own : [whole]).flatMap(({ startSeconds, endSeconds }): TubeDetection[] => {
      const start = Math.min(last, Math.max(0, Math.round(startSeconds * result.video.frameRate)));
      const end = Math.min(last, Math.max(start, Math.round(endSeconds * result.video.frameRate) - 1));
      const boxes = Array.from({ length: end - start + 1 }, (_, i) => boxAtFrame(result, start + i, size));
      if (boxes.some((box) => box === null)) return [];
      return [{ video, label, start, boxes: boxes as Box[], score: probability }];
    });
  });
}
