// Pure changes of what is labelled of a clip: each takes a draft and gives another.
import { trueBoxAt } from '../../../src/truth.js';
import { lasts, shownActors, shownSegments } from '../../../src/page/actors.js';
import { boxAt, momentAt } from '../../../src/page/moments.js';
import type { Box, Result } from '../../../src/result.js';
import type { ClipInfo, TruthClip } from '../../../src/server/api.js';

/** A labelled stretch of time. */
export interface LabelSegment {
  label: string;
  startSeconds: number;
  endSeconds: number;
}

/** What nobody has labelled yet: the class where the data set knows it, and no segment. */
export function blankLabels({ label, video }: ClipInfo, fallback: string): TruthClip {
  return {
    label: label ?? fallback,
    startSeconds: 0,
    endSeconds: video.durationSeconds,
    width: video.width,
    height: video.height,
    durationSeconds: video.durationSeconds,
    frames: [],
    instances: [],
  };
}

/** Other segments: the clip's own stretch runs from the first to the last of its class. */
export function withSegments(truth: TruthClip, segments: readonly LabelSegment[]): TruthClip {
  const instances = [...segments].sort((a, b) => a.startSeconds - b.startSeconds);
  const own = instances.filter(({ label }) => label === truth.label);
  const length = truth.durationSeconds ?? truth.endSeconds;
  return {
    ...truth,
    instances,
    startSeconds: own.length > 0 ? Math.min(...own.map(({ startSeconds }) => startSeconds)) : 0,
    endSeconds: own.length > 0 ? Math.max(...own.map(({ endSeconds }) => endSeconds)) : length,
  };
}

/** Another class of the clip; its segments of the old class follow. */
export function withClass(truth: TruthClip, label: string): TruthClip {
  const moved = (truth.instances ?? []).map((one) => (one.label === truth.label ? { ...one, label } : one));
  return withSegments({ ...truth, label }, moved);
}

/** Another box (null: nothing acts; undefined: not labelled) at a frame. */
export function withBox(
  truth: TruthClip,
  { index, timeSeconds }: { index: number; timeSeconds: number },
  box: Box | null | undefined,
): TruthClip {
  const others = truth.frames.filter((frame) => frame.index !== index);
  const frames = box === undefined ? others : [...others, { index, timeSeconds, box: box && rounded(box) }];
  return { ...truth, frames: frames.sort((a, b) => a.index - b.index) };
}

/**
 * What the model proposes: its segments, and on the sampled frames inside them the box of the actor that acts, the best one
 * where there are several (a label holds one box a frame), else the box that knows no class.
 */
export function proposed(info: ClipInfo, result: Result): TruthClip {
  const label = result.classes[0]?.label ?? info.label ?? 'action';
  const segments = shownSegments(result).map(({ label: name, startSeconds, endSeconds }) => ({
    label: name,
    startSeconds: hundredth(startSeconds),
    endSeconds: hundredth(endSeconds),
  }));
  const isInside = (seconds: number): boolean =>
    segments.length === 0 ||
    segments.some(({ startSeconds, endSeconds }) => seconds >= startSeconds && seconds <= endSeconds);
  const actors = shownActors(result);
  const frames = result.frames.flatMap(({ index, timeSeconds, box }, i) => {
    const acting = actors.find((actor) => actor.boxes[i] && lasts(actor.segments, timeSeconds));
    const own = acting?.boxes[i] ?? box;
    const isAgain = result.frames[i - 1]?.timeSeconds === timeSeconds;
    return own && isInside(timeSeconds) && !isAgain ? [{ index, timeSeconds, box: rounded(own) }] : [];
  });
  return withSegments({ ...blankLabels(info, label), label, frames }, segments);
}

/** The labelled box at a frame: its own, or between the labelled frames around it. `isOwn`: it was labelled there. */
export function labelBoxAt(
  truth: TruthClip,
  index: number,
  seconds: number,
): { box: Box; isOwn: boolean } | null {
  const own = truth.frames.find((frame) => frame.index === index);
  if (own) return own.box ? { box: own.box, isOwn: true } : null;
  const times = truth.frames.map(({ timeSeconds }) => timeSeconds);
  if (times.length === 0 || seconds < times[0]! || seconds > times.at(-1)!) {
    const near = trueBoxAt(truth, { timeSeconds: seconds });
    return near && times.length > 1 ? { box: near, isOwn: false } : null;
  }
  const box = boxAt(
    truth.frames.map((frame) => frame.box),
    momentAt(times, seconds),
  );
  return box ? { box, isOwn: false } : null;
}

/** The middle third of a picture: where a box starts that is drawn by keyboard. */
export function middleBox({ width, height }: { width: number; height: number }): Box {
  return [width / 3, height / 3, (2 * width) / 3, (2 * height) / 3];
}

function rounded(box: Box): Box {
  return box.map((edge) => Math.round(10 * edge) / 10) as Box;
}

function hundredth(value: number): number {
  return Math.round(100 * value) / 100;
}
