// SoccerNet's labels, a file a clip: moments of the first half. It has no place for boxes.
import { json, milliseconds, type AnnotationWriter, type WrittenClip } from './form.js';

/** `Labels-v2.json`. SoccerNet knows moments: the end of a stretch stands in a field of our own, which others pass over. */
export const soccernetWriter: AnnotationWriter = {
  format: 'soccernet',
  ending: '.json',
  holds: ['segments'],
  isPerClip: true,
  write: (clips) => clips.map((clip) => ({ name: '', content: json(labelsFile(clip)) })),
};

function labelsFile({ clip, segments }: WrittenClip): object {
  const annotations = segments.map(({ label, subject, startSeconds, endSeconds }) => {
    const [start, end] = [startSeconds, endSeconds].map(milliseconds) as [number, number];
    return {
      gameTime: `1 - ${two(start / 60_000)}:${two((start / 1000) % 60)}`,
      label,
      position: String(start),
      ...(end > start && { endPosition: String(end) }),
      team: subject ?? 'not applicable',
      visibility: 'visible',
    };
  });
  return { UrlLocal: clip, UrlYoutube: '', annotations };
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
