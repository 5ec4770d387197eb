// Clips of one person put one after the other, so that class and time of each are known to the frame.
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClipEntry } from '../../src/dataset/index.js';
import type { TruthClip } from '../../src/truth.js';
import { encodeVideo, openVideo, type VideoSource } from '../../src/video/index.js';

/** The clips that one video is put together from, in order. */
export type Parts = readonly ClipEntry[];

/** Two clips a video: each action of a person is followed by those 1, 3 and 6 places on, and stands first and second alike. */
export function pairs(clips: readonly ClipEntry[]): Parts[] {
  return byPerson(clips).flatMap((own) =>
    [1, 3, 6].flatMap((distance) => own.map((clip, i) => [clip, own[(i + distance) % own.length]!])),
  );
}

/** The clips of each person. */
export function byPerson(clips: readonly ClipEntry[]): ClipEntry[][] {
  const people = [...new Set(clips.map(({ group }) => group!))];
  return people.map((person) => clips.filter(({ group }) => group === person));
}

/** Writes `clips/`, `labels.csv` without times, and `truth.json`, which comes last and says that all is there. */
export async function joinedSet(folder: string, videos: readonly Parts[]): Promise<void> {
  if (await stat(join(folder, 'truth.json')).catch(() => undefined)) return;
  await mkdir(join(folder, 'clips'), { recursive: true });
  const truths: Record<string, TruthClip> = {};
  const lines = ['clip,label'];
  for (const [i, parts] of videos.entries()) {
    const name = `clips/${parts[0]!.group}_${String(i + 1).padStart(3, '0')}.mp4`;
    truths[name] = await joined(join(folder, name), parts);
    for (const label of parts.map((part) => part.label).sort()) lines.push(`${name},${label}`);
  }
  await writeFile(join(folder, 'labels.csv'), `${lines.join('\n')}\n`);
  await writeFile(join(folder, 'truth.json'), JSON.stringify({ version: 1, clips: truths }));
}

async function joined(path: string, parts: Parts): Promise<TruthClip> {
  const sources = await Promise.all(parts.map((part) => openVideo(part.path)));
  const { width, height, frameRate } = sources[0]!.info;
  const frames = picturesOf(sources, { width, height });
  await encodeVideo(path, { width, height, frameRate, quality: 12, frames });
  await Promise.all(sources.map((source) => source.close()));
  let at = 0;
  const instances = sources.map(({ info }, i) => {
    const startSeconds = at;
    at += info.frames / frameRate;
    return { label: parts[i]!.label, startSeconds, endSeconds: at };
  });
  return { ...instances[0]!, durationSeconds: at, width, height, frames: [], instances };
}

async function* picturesOf(
  sources: readonly VideoSource[],
  size: { width: number; height: number },
): AsyncGenerator<Uint8Array> {
  for (const source of sources) for await (const { data } of source.frames({ size })) yield data;
}
