// The ActivityNet JSON form, as annotations (`database`) and as scored detections (`results`) in one file: our reader
// and other tools take the first, `evaluate --detections` and ActivityNet's own evaluation the second.
import { json, type AnnotationWriter, type WrittenClip } from './form.js';

/** ActivityNet JSON. Videos are named without their ending, as there. A segment without a score gets 1. */
export const activitynetWriter: AnnotationWriter = {
  format: 'activitynet',
  ending: '.json',
  holds: ['segments'],
  write: (clips) => [
    {
      name: '',
      content: json({
        version: 'VERSION 1.3',
        database: Object.fromEntries(clips.map((clip) => [clip.clip, annotationsOf(clip)])),
        results: Object.fromEntries(clips.map((clip) => [clip.clip, detectionsOf(clip)])),
        external_data: { used: false, details: '' },
      }),
    },
  ],
};

function annotationsOf({ segments, durationSeconds, width, height }: WrittenClip): object {
  return {
    subset: 'testing',
    duration: durationSeconds,
    resolution: `${width}x${height}`,
    annotations: segments.map(({ label, startSeconds, endSeconds }) => ({
      label,
      segment: [startSeconds, endSeconds],
    })),
  };
}

function detectionsOf({ segments }: WrittenClip): object[] {
  return segments.map(({ label, startSeconds, endSeconds, score = 1 }) => ({
    label,
    score,
    segment: [startSeconds, endSeconds],
  }));
}
