// Subtitles as annotations, WebVTT and SRT: each cue is a stretch of the class that is its text; a voice (`<v mouse 1>`) is
// who does it. A file is a clip's, by its name or by `NOTE clip: NAME`.
import { filesOf, stemOfFile } from './files.js';
import { addLabel, classesOf, clipNamed, type AnnotatedClip, type Annotations } from './form.js';
import type { AnnotationFormat } from './format.js';
import { lineFault, readText } from './text.js';
import { milliseconds, type WrittenClip, type WrittenSegment } from './written.js';

const STAMP = String.raw`(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})`;
const TIMING = new RegExp(String.raw`^\s*(-?)${STAMP}\s*-->\s*${STAMP}(?:\s.*)?$`);
const NAME = /^NOTE clip: (.+)$/m;

/** WebVTT, one file or a folder of them. */
export const webvtt: AnnotationFormat = {
  name: 'webvtt',
  reads: 'subtitles (.vtt) named as their clip, or a folder of them',
  looksLike: { endings: ['.vtt'], inFolder: /\.vtt$/i, isNested: true },
  read: (path) => readAll('webvtt', path, /\.vtt$/i),
  /** WebVTT, which names its clip in a note. */
  written: {
    ending: '.vtt',
    holds: ['segments'],
    isPerClip: true,
    write: (clips) =>
      clips.map((clip) => ({
        name: '',
        content: `WEBVTT\n\nNOTE clip: ${clip.clip}\n${cuesOf(clip, '.').join('')}`,
      })),
  },
};

/** SRT, one file or a folder of them. */
export const srt: AnnotationFormat = {
  name: 'srt',
  reads: 'subtitles (.srt) named as their clip, or a folder of them',
  looksLike: { endings: ['.srt'], inFolder: /\.srt$/i, isNested: true },
  read: (path) => readAll('srt', path, /\.srt$/i),
  /** SRT, which cannot name its clip: the file's name does. */
  written: {
    ending: '.srt',
    holds: ['segments'],
    isPerClip: true,
    write: (clips) => clips.map((clip) => ({ name: '', content: cuesOf(clip, ',').join('').trimStart() })),
  },
};

async function readAll(format: string, path: string, mark: RegExp): Promise<Annotations> {
  const notes: string[] = [];
  const clips = new Map<string, AnnotatedClip>();
  for (const file of await filesOf(path, mark, 'subtitle files'))
    addFile(clips, file, await readText(file, notes));
  const all = [...clips.values()];
  return { format, classes: classesOf(all), clips: all, notes };
}

function addFile(clips: Map<string, AnnotatedClip>, file: string, text: string): void {
  const stem = stemOfFile(file);
  const clip = clipNamed(clips, NAME.exec(text)?.[1]?.trim() ?? stem);
  const untagged = stem.replace(/\.[a-z]{2,3}(-[a-z]{2,4})?$/i, ''); // `run.en.vtt`
  if (untagged !== stem && clip.clip === stem) clip.alsoNamed = [untagged];
  const lines = text.split(/\r\n|\n|\r/);
  for (const [i, line] of lines.entries()) {
    if (!line.includes('-->')) continue;
    const [startSeconds, endSeconds] = timesOf(line, file, i + 1);
    const words = lines.slice(i + 1, blankAfter(lines, i + 1)).join(' ');
    const subject = /<v(?:\.[^\s>]*)?\s+([^>]+)>/i.exec(words)?.[1];
    const label = plain(words.replace(/<[^>]*>/g, ''));
    if (label === '') throw lineFault(file, i + 1, 'a cue with text, its class', 'none');
    addLabel(clip, label);
    clip.segments.push({ label, startSeconds, endSeconds, ...(subject && { subject: plain(subject) }) });
  }
}

function blankAfter(lines: readonly string[], from: number): number {
  const end = lines.findIndex((line, i) => i >= from && (line.trim() === '' || line.includes('-->')));
  return end < 0 ? lines.length : end;
}

function timesOf(line: string, file: string, number: number): [number, number] {
  const found = TIMING.exec(line);
  if (!found) throw lineFault(file, number, 'times as 00:00:01.500 --> 00:00:02.000', line.trim());
  const seconds = (at: number): number => {
    const [hours = '0', minutes, whole, rest] = found.slice(at, at + 4) as (string | undefined)[];
    const milliseconds = Number(rest!.padEnd(3, '0'));
    return (
      (Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(whole) * 1000 + milliseconds) / 1000
    );
  };
  const [start, end] = [found[1] === '-' ? -seconds(2) : seconds(2), seconds(6)];
  if (end < start) throw lineFault(file, number, 'an end that is not before the start', `${start} to ${end}`);
  return [start, end];
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', nbsp: ' ', quot: '"' };

function plain(text: string): string {
  return text
    .replace(/&(lt|gt|amp|nbsp|quot);/g, (_, name: string) => ENTITIES[name]!)
    .replace(/\s+/g, ' ')
    .trim();
}

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
