// Results from files, and Results as annotation files: the work of `wherewhen export`.
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../atomicFile.js';
import { inputError } from '../../errors.js';
import { AnyResult, type Result } from '../../result.js';
import type { AnnotationWriter } from './format.js';
import { clipsOfResults } from './fromResults.js';
import { sound } from './sound.js';
import { readJson } from './text.js';
import type { WrittenClip } from './written.js';

/** Formats that name videos without the ending of a file. */
const NAMED_BY_ID = ['activitynet', 'ava'];

/** What was written. */
export interface Exported {
  files: string[];
  clips: number;
  boxes: number;
  segments: number;
  /** What the format has no place for. */
  notes: string[];
}

/** The Results of files as `predict --json` prints them. Throws `missing`, `format` naming file and field, `input` for none. */
export async function readResults(paths: readonly string[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const path of paths) {
    const read = await readJson(path, z.union([z.array(AnyResult), AnyResult]));
    results.push(...(Array.isArray(read) ? read : [read]));
  }
  if (results.length > 0) return results;
  const path = paths.join(', ');
  throw inputError(path, 'at least one Result', 'an empty list');
}

/**
 * Writes Results in a format. Where a file of the format holds one clip and there are several, `out` is a folder of
 * files named as the clips. Throws `output` when it cannot be written.
 */
export async function exportResults(
  results: readonly Result[],
  writer: AnnotationWriter,
  out: string,
): Promise<Exported> {
  return writeClips(
    clipsOfResults(results, { withoutEnding: NAMED_BY_ID.includes(writer.format) }),
    writer,
    out,
  );
}

/** Clips by the rules of every reader, and what was mended. Throws `format` that names `path`. */
export function soundClips(
  clips: readonly WrittenClip[],
  { format }: AnnotationWriter,
  path: string,
): { clips: WrittenClip[]; notes: string[] } {
  const checked = sound({ format, classes: [], clips: [...clips], notes: [] }, path);
  return { clips: checked.clips as WrittenClip[], notes: checked.notes };
}

/** Writes clips in a format, checked by the rules of every reader. Throws as {@link exportResults}, and `format`. */
export async function writeClips(
  given: readonly WrittenClip[],
  writer: AnnotationWriter,
  out: string,
): Promise<Exported> {
  const { clips, notes } = soundClips(given, writer, out);
  const isFolder = writer.isPerClip === true && clips.length > 1;
  const groups: [string, readonly WrittenClip[]][] = isFolder
    ? clips.map((clip) => [join(out, `${fileName(clip.clip)}${writer.ending}`), [clip]])
    : [[out, clips]];
  const files: string[] = [];
  for (const [path, own] of groups) {
    for (const { name, content } of writer.write(own)) {
      const file = writer.isFolder ? join(path, name) : besideFile(path, name);
      await writeAtomically(file, content);
      files.push(file);
    }
  }
  const boxes = clips.flatMap(({ tracks }) => tracks.flatMap((track) => track.boxes)).length;
  const segments = clips.flatMap((clip) => clip.segments).length;
  return {
    files,
    clips: clips.length,
    boxes: writer.holds.includes('boxes') ? boxes : 0,
    segments: writer.holds.includes('segments') ? segments : 0,
    notes: [...notes, ...notesOn(writer, boxes, segments)],
  };
}

function notesOn({ format, holds }: AnnotationWriter, boxes: number, segments: number): string[] {
  const notes: string[] = [];
  if (boxes > 0 && !holds.includes('boxes'))
    notes.push(`${format} has no place for boxes: ${boxes} left out`);
  if (segments > 0 && !holds.includes('segments'))
    notes.push(`${format} has no place for stretches of time: ${segments} left out`);
  return notes;
}

/** The file itself, or one beside it with another ending. */
function besideFile(path: string, name: string): string {
  return name === '' ? path : join(dirname(path), basename(path, extname(path)) + name);
}

/** `left/clip.mp4` as the name of a file in one folder. */
function fileName(clip: string): string {
  return clip.replaceAll(/[/\\]/g, '_');
}
