// Frame-mAP and video-mAP (tubes.ts) of actors on the sampled frames, put so that a bootstrap can draw clips again.
import type { ActorClip, SampledTube } from './actorClips.js';
import { trapezoidAp } from '../metrics/averagePrecision.js';
import { type Statistic, boxIou } from '../metrics/index.js';
import { judgeDetections, pooledMap } from '../metrics/pooledMap.js';

/** Frame-mAP over the sampled frames: each box of an actor is a detection with the actor's score. */
export function sampledFrameMap(clips: readonly ActorClip[], threshold: number): Statistic {
  const judged = labelsOf(clips).map((label) =>
    clips.map(({ truth, actors }) => {
      const own = actors.filter((one) => one.label === label);
      const frames = truth.map((all, f) =>
        judgeDetections(
          own.flatMap(({ score, boxes }) => (boxes[f] ? [{ score, box: boxes[f] }] : [])),
          all.filter((one) => one.label === label),
          (a, b) => boxIou(a.box, b.box),
          threshold,
        ),
      );
      return {
        scores: frames.flatMap(({ scores }) => scores),
        isHit: frames.flatMap(({ isHit }) => isHit),
        positives: frames.reduce((sum, { positives }) => sum + positives, 0),
      };
    }),
  );
  return pooledMap(judged, trapezoidAp);
}

/** Video-mAP over the sampled frames: each segment of an actor is a tube. */
export function sampledVideoMap(clips: readonly ActorClip[], threshold: number): Statistic {
  const judged = labelsOf(clips).map((label) =>
    clips.map(({ trueTubes: real, tubes }) => {
      const isOwn = (one: SampledTube) => one.label === label && one.boxes.some((box) => box !== null);
      return judgeDetections(tubes.filter(isOwn), real.filter(isOwn), sampledTubeIou, threshold);
    }),
  );
  return pooledMap(judged, trapezoidAp);
}

/** Sum of the box IoUs over the frames that either has: mean IoU times shared over united length, as `tubeIou`. */
export function sampledTubeIou(a: Pick<SampledTube, 'boxes'>, b: Pick<SampledTube, 'boxes'>): number {
  let [sum, united] = [0, 0];
  a.boxes.forEach((box, f) => {
    const other = b.boxes[f] ?? null;
    if (box || other) united++;
    if (box && other) sum += boxIou(box, other);
  });
  return united === 0 ? 0 : sum / united;
}

function labelsOf(clips: readonly ActorClip[]): string[] {
  return [...new Set(clips.flatMap(({ trueTubes: real }) => real.map(({ label }) => label)))];
}
