// Subtitles, so that a player shows what happens when: WebVTT and SRT, a file a clip. They have no place for boxes.
import { milliseconds, type AnnotationWriter, type WrittenClip, type WrittenSegment } from './form.js';

/** WebVTT, which names its clip in a note. */
export const webvttWriter: AnnotationWriter = {
  format: 'webvtt',
  ending: '.vtt',
  holds: ['segments'],
  isPerClip: true,
  write: (clips) =>
    clips.map((clip) => ({
      name: '',
      content: `WEBVTT\n\nNOTE clip: ${clip.clip}\n${cuesOf(clip, '.').join('')}`,
    })),
};

/** SRT, which cannot name its clip: the file's name does. */
export const srtWriter: AnnotationWriter = {
  format: 'srt',
  ending: '.srt',
  holds: ['segments'],
  isPerClip: true,
  write: (clips) => clips.map((clip) => ({ name: '', content: cuesOf(clip, ',').join('').trimStart() })),
};

function cuesOf({ segments }: WrittenClip, point: '.' | ','): string[] {
  const sorted = [...segments].sort((a, b) => a.startSeconds - b.startSeconds);
  return sorted.map((segment, i) => {
    const [start, end] = [segment.startSeconds, segment.endSeconds].map((seconds) => stamp(seconds, point));
    return `\n${i + 1}\n${start} --> ${end}\n${textOf(segment)}\n`;
  });
}

function textOf({ label, subject }: WrittenSegment): string {
  return `${subject ? `<v ${escaped(subject)}>` : ''}${escaped(label)}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replace(/\s+/g, ' ');
}

/** `01:02:03.500`. */
function stamp(seconds: number, point: '.' | ','): string {
  const all = milliseconds(seconds);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const clock = [all / 3_600_000, (all / 60_000) % 60, (all / 1000) % 60].map(two).join(':');
  return `${clock}${point}${String(all % 1000).padStart(3, '0')}`;
}
