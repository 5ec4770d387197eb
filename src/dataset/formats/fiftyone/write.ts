// FiftyOne samples: the class of each clip, temporal detections by frames, boxes on frames in parts of the picture.
import type { Written } from '../format.js';
import { boxesOf, json, type WrittenClip, type WrittenSegment } from '../written.js';

/** `samples.json` with frames inside. Supports are whole frames; the exact seconds stand beside them. */
export const written: Written = {
  ending: '.json',
  holds: ['boxes', 'segments'],
  write: (clips) => [{ name: '', content: json({ samples: clips.map(sampleOf) }) }],
};

function sampleOf(clip: WrittenClip): object {
  const { width, height, frameRate, frames, durationSeconds, labels, segments } = clip;
  return {
    filepath: clip.clip,
    tags: [],
    metadata: {
      _cls: 'VideoMetadata',
      frame_width: width,
      frame_height: height,
      frame_rate: frameRate,
      total_frame_count: frames,
      duration: durationSeconds,
    },
    ground_truth: {
      _cls: 'Classifications',
      classifications: labels.map((label) => ({ _cls: 'Classification', label })),
    },
    events: { _cls: 'TemporalDetections', detections: segments.map((one) => detectionOf(one, clip)) },
    frames: framesOf(clip),
  };
}

function detectionOf(
  { label, subject, startSeconds, endSeconds, score }: WrittenSegment,
  clip: WrittenClip,
): object {
  const start = Math.min(clip.frames, Math.round(startSeconds * clip.frameRate) + 1);
  const end = Math.min(clip.frames, Math.max(start, Math.round(endSeconds * clip.frameRate)));
  return {
    ...{ _cls: 'TemporalDetection', label, support: [start, end], startSeconds, endSeconds },
    ...(subject !== undefined && { subject }),
    ...(score !== undefined && { confidence: score }),
  };
}

function framesOf(clip: WrittenClip): Record<string, object> {
  const frames: Record<string, { detections: { _cls: 'Detections'; detections: object[] } }> = {};
  for (const { track, box } of boxesOf([clip])) {
    const [x0, y0, x1, y1] = box.box;
    const [w, h] = [clip.width, clip.height];
    const own = (frames[String(box.frame! + 1)] ??= { detections: { _cls: 'Detections', detections: [] } });
    own.detections.detections.push({
      _cls: 'Detection',
      label: track.label,
      bounding_box: [x0 / w, y0 / h, (x1 - x0) / w, (y1 - y0) / h],
      index: clip.tracks.indexOf(track) + 1,
    });
  }
  return frames;
}
