// Media files of a BORIS observation: the first player plays them one after another, and times count from the first one's
// start. A bout is cut at the change of files, each part in the time of its own file.
import type { Bout } from './bout.js';

/** A media file of an observation: `from` is when it begins. */
export interface Media {
  clip: string;
  from: number;
  length: number | undefined;
  frameRate: number | undefined;
}

/** Files in the order in which they are played. */
export function inTurn(files: readonly Omit<Media, 'from'>[]): Media[] {
  let from = 0;
  return files.map((file) => {
    const media = { ...file, from };
    from += file.length ?? 0;
    return media;
  });
}

/**
 * The files of the first player out of a table's columns, `player #1:a.mp4;b.mp4|player #2:c.mp4` with lengths `12.5;17.5|9`.
 * Where a length is missing nothing can be said of the files behind it: none are given.
 */
export function toldMedia(source: string, lengths: string, rates: string): Media[] {
  const first = (text: string): string[] => text.split('|')[0]!.split(';');
  const files = first(source.replace(/^player #\d+:/i, '')).map((name) => name.trim());
  const [told, perSecond] = [first(lengths).map(Number), first(rates).map(Number)];
  const isWhole = told.length === files.length && told.every((length) => length > 0 && length < Infinity);
  if (!isWhole || files.some((name) => name === '')) return [];
  const rateOf = (i: number): number | undefined => (perSecond[i]! > 0 ? perSecond[i] : undefined);
  return inTurn(files.map((clip, i) => ({ clip, length: told[i], frameRate: rateOf(i) })));
}

/** A bout of an observation as bouts of its files. */
export function overMedia(
  { label, subject, startSeconds, endSeconds }: Omit<Bout, 'clip'>,
  media: readonly Media[],
): Bout[] {
  return media.flatMap(({ clip, from, length, frameRate }, m): Bout[] => {
    const until = m === media.length - 1 ? Infinity : from + (length ?? 0);
    const isOn = startSeconds < until && (endSeconds > from || startSeconds >= from);
    if (!isOn) return [];
    const times = {
      startSeconds: Math.max(startSeconds, from) - from,
      endSeconds: Math.min(endSeconds, until) - from,
    };
    return [{ clip, label, subject, ...times, durationSeconds: length, frameRate }];
  });
}
