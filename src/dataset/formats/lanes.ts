// Formats without identities give all boxes of a class as one track. Where several of them lie on one frame they are several
// things: each becomes a track of its own, linked from frame to frame by overlap.
import { boxIou } from '../../metrics/index.js';
import type { AnnotatedBox, Track } from './form.js';

/** The track itself where it has one box a frame at most; else as many tracks as there are boxes on its fullest frame. */
export function lanesOf(track: Track): Track[] {
  const groups = groupsOf(track.boxes);
  if (groups.every((group) => group.length === 1)) return [track];
  const lanes: AnnotatedBox[][] = [];
  for (const group of groups) {
    for (const { box, lane } of matched(group, lanes)) (lanes[lane] ??= []).push(box);
  }
  return lanes.map((boxes, i) => ({ ...track, id: i === 0 ? track.id : `${track.id} (${i + 1})`, boxes }));
}

/** Boxes of one moment together, in order of time. */
function groupsOf(boxes: readonly AnnotatedBox[]): AnnotatedBox[][] {
  const groups = new Map<number, AnnotatedBox[]>();
  for (const box of boxes) {
    const at = box.frame ?? box.timeSeconds ?? 0;
    const own = groups.get(at);
    if (own) own.push(box);
    else groups.set(at, [box]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, own]) => own);
}

/** A lane for each box: that whose last box it overlaps most, greedily; without overlap a free one, else a new one. */
function matched(
  group: readonly AnnotatedBox[],
  lanes: readonly (readonly AnnotatedBox[])[],
): { box: AnnotatedBox; lane: number }[] {
  const left = new Set(lanes.keys());
  const waiting = new Set(group);
  const pairs = group.flatMap((box) =>
    [...left].map((lane) => ({ box, lane, overlap: boxIou(lanes[lane]!.at(-1)!.box, box.box) })),
  );
  const found: { box: AnnotatedBox; lane: number }[] = [];
  for (const { box, lane, overlap } of pairs.sort((a, b) => b.overlap - a.overlap)) {
    if (overlap === 0 || !left.has(lane) || !waiting.has(box)) continue;
    left.delete(lane);
    waiting.delete(box);
    found.push({ box, lane });
  }
  const rest = [...left];
  let next = lanes.length;
  for (const box of waiting) found.push({ box, lane: rest.shift() ?? next++ });
  return found;
}
