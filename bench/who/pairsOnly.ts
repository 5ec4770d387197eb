// Training clips that each show two people side by side, with the names of both actions and nothing that says who does which: what
// somebody has who never filmed one person alone. They are put together from single clips of the persons that learn.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formSizes } from '../../src/model/index.js';
import { train } from '../../src/train/index.js';
import { encodeVideo } from '../../src/video/index.js';
import { backboneOf, learntClips, type Settings } from '../localisation/models.js';
import { plainClips } from '../localisation/where.js';
import { compositesOf } from './composites.js';

/** Trains the model of `seed` on such clips, or finds it trained, and says where it lies. */
export async function pairsModel(settings: Settings, seed: number): Promise<string> {
  const { media, work } = settings;
  const data = join(work, `pairs-seed${seed}`);
  const list = join(data, 'names.csv');
  if (!existsSync(list)) await writePairs(media, data, seed);
  const out = join(work, `pairs-model-seed${seed}`);
  const backbone = await backboneOf(settings);
  await train({
    ...{ data, out, cache: join(work, 'cache'), annotations: { path: list }, resume: true },
    recipe: { seed, sampling: 'uniform', backbone, attention: formSizes('joint', { onFeatures: true }) },
  });
  return out;
}

/** Draws the videos of pairs of the persons that learn, and last `names.csv` of `clip,label,group`. */
async function writePairs(media: string, folder: string, seed: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lines = ['clip,label,group'];
  const clips = await plainClips(await learntClips(media));
  for (const { name, pictures, actions, person } of await compositesOf(clips, 'beside', seed)) {
    const { data, width, height } = pictures;
    const length = width * height * 3;
    const frames = Array.from({ length: data.length / length }, (_, i) =>
      data.subarray(i * length, (i + 1) * length),
    );
    await encodeVideo(join(folder, `${name}.mp4`), { width, height, frameRate: 12, frames });
    lines.push(...actions.map(({ label }) => `${name}.mp4,${label},${person}`));
  }
  await writeFile(join(folder, 'names.csv'), `${lines.join('\n')}\n`);
}
