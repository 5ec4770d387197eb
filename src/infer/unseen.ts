// What of a clip no sampled frame stands for. A frame stands for itself and those up to the next one; the rule of the paper's
// scripts (`uniform`) takes whole steps, so that the end of a clip is often left out.
import type { Result } from '../result.js';
import type { Clip } from '../video/clip.js';

/**
 * The stretch behind the last sampled frame and its step, as the field `unseen` of a Result; nothing where it is at most half a
 * step, or where the frames asked for were not taken at steps.
 */
export function unseenOf({
  indices,
  times,
  info,
}: Pick<Clip, 'indices' | 'times' | 'info'>): Pick<Result, 'unseen'> {
  const distinct = [...new Set(indices)];
  const step = distinct.length > 1 ? (distinct.at(-1)! - distinct[0]!) / (distinct.length - 1) : Infinity;
  const left = info.frames - (distinct.at(-1)! + step);
  if (!(left > step / 2)) return {};
  const startSeconds = times.at(-1)! + step / info.frameRate;
  return startSeconds < info.durationSeconds
    ? { unseen: [{ startSeconds, endSeconds: info.durationSeconds }] }
    : {};
}
