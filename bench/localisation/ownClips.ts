// Models that learnt who acts from other clips of the very folder that is measured, class labels alone: five folds of whole groups,
// by the beginning of a clip's name up to its group (`v_Basketball_g01` of `v_Basketball_g01_c03`).
import { mkdir, symlink } from 'node:fs/promises';
import { basename, join, parse, resolve } from 'node:path';
import { trainFolds } from '../../src/experiments/index.js';
import { formSizes } from '../../src/model/index.js';
import { backboneOf, type Settings } from './models.js';
import type { BoxedClip } from './where.js';

/** The model folder that answers on each clip, by the clip's name: that of the fold which left it out. */
export async function modelsOfOwnClips(
  folder: string,
  clips: readonly BoxedClip[],
  settings: Settings,
): Promise<ReadonlyMap<string, string>> {
  const own = join(settings.work, `own-${basename(folder)}`);
  const data = join(own, 'clips');
  for (const { label, path } of clips) {
    await mkdir(join(data, label), { recursive: true });
    await symlink(resolve(path), join(data, label, basename(path))).catch(unlessThere);
  }
  const backbone = await backboneOf(settings);
  const { folds } = await trainFolds({
    ...{
      data,
      out: join(own, 'folds'),
      cache: join(own, 'cache'),
      group: /^(.+)_c\d+/,
      folds: 5,
      resume: true,
    },
    recipe: {
      ...{ sampling: 'uniform', backbone, epochs: 0, actors: { mosaics: 0 } },
      attention: formSizes('mean', { onFeatures: true }),
    },
  });
  return new Map(
    folds.flatMap(({ summary, score }) =>
      score.answers.map(({ clip }) => [parse(clip).name, summary.folder] as const),
    ),
  );
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
