// JHMDB: split files as HMDB51's, and where the puppet masks lie beside them (`puppet_mask/<class>/<clip>/
// puppet_mask.mat`, `part_mask` of height x width x frames), the actor's box on each frame.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatError } from '../../errors.js';
import type { Box } from '../../result.js';
import type { AnnotatedBox, AnnotatedClip } from './form.js';
import type { AnnotationFormat } from './format.js';
import { readSplitFolder } from './hmdb51.js';
import { readMatFile } from './matFile.js';
import { readBytes } from './text.js';

/** JHMDB from its folder (with `splits/` and perhaps `puppet_mask/`) or from the splits folder itself. */
export const jhmdb: AnnotationFormat = {
  name: 'jhmdb',
  reads: 'the folder with splits/ and puppet_mask/',
  looksLike: { inFolder: /^splits$/ },
  isOfficial: true,
  async read(folder, { split = 1 } = {}) {
    const splits = join(folder, 'splits');
    const annotations = await readSplitFolder('jhmdb', existsSync(splits) ? splits : folder, split);
    const without: string[] = [];
    for (const clip of annotations.clips) {
      const name = clip.clip.replace(/\.\w+$/, '');
      const path = join(folder, 'puppet_mask', name, 'puppet_mask.mat');
      if (existsSync(path)) await addBoxes(clip, path);
      else without.push(clip.clip);
    }
    const { clips, notes } = annotations;
    if (without.length > 0)
      notes.push(`${without.length} of ${clips.length} clips have no puppet mask: no boxes`);
    return annotations;
  },
};

async function addBoxes(clip: AnnotatedClip, path: string): Promise<void> {
  const mask = readMatFile(await readBytes(path), path)['part_mask'];
  if (mask?.kind !== 'numbers' || mask.shape.length < 2) {
    throw formatError(path, 'part_mask, height x width x frames');
  }
  const [height, width, frames = 1] = mask.shape as [number, number, number?];
  const boxes: AnnotatedBox[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const box = maskBounds(mask.data, frame * height * width, height, width);
    if (box) boxes.push({ frame, timeSeconds: null, box });
  }
  clip.tracks.push({ id: '1', label: clip.labels[0]!, boxes });
  [clip.width, clip.height, clip.frames] = [width, height, frames];
}

/** Bounds of the pixels that are not 0, in column order; outer edges. */
function maskBounds(data: ArrayLike<number>, from: number, height: number, width: number): Box | null {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      if (data[from + x * height + y] === 0) continue;
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x + 1);
      box[3] = Math.max(box[3], y + 1);
    }
  }
  return box[0] === Infinity ? null : box;
}
