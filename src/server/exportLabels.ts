// The saved labels as a file of another tool's format; several files go into one ZIP archive.
import { zipSync, strToU8 } from 'fflate';
import { soundClips } from '../dataset/formats/exportResults.js';
import { writerOf } from '../dataset/index.js';
import { inputError } from '../errors.js';
import type { Labels } from './labels.js';

/** A file to be saved by the browser. */
export interface ExportedLabels {
  bytes: Uint8Array<ArrayBuffer>;
  name: string;
}

/** Writes all labelled clips. Throws `usage` for an unknown format, `input` where nothing is labelled. */
export async function exportLabels(labels: Labels | null, format: string): Promise<ExportedLabels> {
  const writer = writerOf(format);
  const { clips } = soundClips((await labels?.written()) ?? [], writer, 'labels');
  if (clips.length === 0) throw inputError('labels', 'labelled clips', 'none');
  const groups = writer.isPerClip && clips.length > 1 ? clips.map((clip) => [clip]) : [clips];
  const files = groups.flatMap((group) => {
    const stem = groups.length > 1 ? group[0]!.clip.replaceAll(/[/\\]/g, '_') : 'labels';
    return writer.write(group).map(({ name, content }) => ({
      name: name === '' ? `${stem}${writer.ending}` : `${stem}${name}`,
      bytes: strToU8(content) as Uint8Array<ArrayBuffer>,
    }));
  });
  if (files.length === 1) return files[0]!;
  const archive = zipSync(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])));
  return { bytes: archive as Uint8Array<ArrayBuffer>, name: `labels-${format}.zip` };
}
