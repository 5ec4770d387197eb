// `wherewhen export MODEL --teach FILE.zip`: a trained model as a page goes on learning from it, with the clips of a data set as takes.
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { writeAtomically } from '../atomicFile.js';
import { usageError } from '../errors.js';
import type { ZippedTake } from '../teach/index.js';
import type { ExportWebOptions } from '../savedModel/export/exportWeb.js';

/** What was written. */
export interface ExportedTeach {
  file: string;
  bytes: number;
  takes: number;
}

/** Writes the zip `file` of the model in `folder`, its backbone, and the clips of `takes`, a folder of class folders. */
export async function exportTeach(
  folder: string,
  file: string,
  { takes: data, ...options }: ExportWebOptions & { takes?: string },
): Promise<ExportedTeach> {
  const { readModelFolder } = await import('../savedModel/index.js');
  const { webBackbone } = await import('../savedModel/export/exportWeb.js');
  const { writeTeachZip } = await import('../teach/index.js');
  const model = await readModelFolder(folder);
  const { bytes: network, described, config } = await webBackbone(model, options);
  const takes = data === undefined ? [] : await takesIn(data, config.classes);
  const bytes = writeTeachZip({
    ...{ model: { config, tensors: model.tensors }, takes, network },
    backbone: { version: 1, settings: config.backbone, backbone: described },
    recipe: { frames: config.frames },
  });
  await writeAtomically(file, bytes);
  return { file, bytes: bytes.length, takes: takes.length };
}

/** The clips of a data set as takes, in the groups that `train` finds by their names. Throws `usage` for folders of frames. */
async function takesIn(data: string, classes: readonly string[]): Promise<ZippedTake[]> {
  const { openDataset } = await import('../dataset/index.js');
  const { groupByNames } = await import('../train/groups/groupClips.js');
  const { clips } = await openDataset(data, {});
  const grouped = groupByNames(clips, { canSplit: () => true });
  const takes: ZippedTake[] = [];
  for (const { path, name, label, group } of grouped.clips) {
    if (!classes.includes(label)) throw usageError(path, `one of ${classes.join(', ')}`, label);
    if (extname(path) === '') throw usageError(path, 'a video file', 'a folder of frames');
    const id = name.replaceAll('/', '-');
    takes.push({ id, label, group, clip: new Uint8Array(await readFile(path)) });
  }
  return takes;
}
