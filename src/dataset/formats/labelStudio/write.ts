// Label Studio's JSON: a task a clip, boxes as video object tracking, segments as timeline labels. Its boxes are
// percents of the picture and its stretches of time whole frames from 1.
import type { Track } from '../form.js';
import type { Written } from '../format.js';
import { json, type WrittenClip, type WrittenSegment } from '../written.js';

/** Label Studio tasks. Starts and ends of segments become whole frames, so they move by up to half a frame. */
export const written: Written = {
  ending: '.json',
  holds: ['boxes', 'segments'],
  write: (clips) => [{ name: '', content: json(clips.map(taskOf)) }],
};

function taskOf(clip: WrittenClip, i: number): object {
  const tracks = clip.tracks.map((track, t) => rectangleOf(track, `box-${t + 1}`, clip));
  const segments = clip.segments.map((segment, s) => timelineOf(segment, `time-${s + 1}`, clip));
  return {
    id: i + 1,
    data: { video: clip.clip, fps: clip.frameRate },
    annotations: [{ id: i + 1, was_cancelled: false, result: [...tracks, ...segments] }],
  };
}

function rectangleOf({ label, boxes }: Track, id: string, clip: WrittenClip): object {
  const sequence = boxes.map(({ frame, timeSeconds, box: [x0, y0, x1, y1] }, b) => ({
    frame: frame! + 1,
    // The last key ends the sight; one on the clip's last frame has nothing after it to hide.
    enabled: b < boxes.length - 1 || frame! === clip.frames - 1,
    rotation: 0,
    x: (100 * x0) / clip.width,
    y: (100 * y0) / clip.height,
    width: (100 * (x1 - x0)) / clip.width,
    height: (100 * (y1 - y0)) / clip.height,
    time: timeSeconds,
  }));
  const value = {
    framesCount: clip.frames,
    duration: clip.frames / clip.frameRate,
    sequence,
    labels: [label],
  };
  return { id, type: 'videorectangle', from_name: 'box', to_name: 'video', origin: 'prediction', value };
}

function timelineOf({ label, startSeconds, endSeconds }: WrittenSegment, id: string, clip: WrittenClip) {
  const start = Math.min(clip.frames, Math.round(startSeconds * clip.frameRate) + 1);
  const end = Math.min(clip.frames, Math.max(start, Math.round(endSeconds * clip.frameRate)));
  const value = { ranges: [{ start, end }], timelinelabels: [label] };
  return { id, type: 'timelinelabels', from_name: 'when', to_name: 'video', origin: 'prediction', value };
}
