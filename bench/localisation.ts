// Where and when on real clips, from class labels alone: joint attention trained on nine actions' worth of Weizmann with
// three persons left out, asked about those and about clips of other actions. Goes on where it was stopped.
import { join } from 'node:path';
import { centreBox, wholeFrame } from '../src/metrics/trivial.js';
import type { FrameFeatures } from '../src/infer/index.js';
import type { LocalizeChoices } from '../src/localize/index.js';
import { boxesFigures } from './localisation/boxes.js';
import { agreementOfScales } from './localisation/agreement.js';
import { joinedFigures, mixedFigures } from './localisation/when.js';
import { openOn, rememberingExtractor, settingsOf, trainedModel } from './localisation/models.js';
import {
  boxedClips,
  byBox,
  byModel,
  whereFigures,
  type BoxedClip,
  type WhereFigures,
} from './localisation/where.js';
import type { Benchmark } from './benchmark.js';

/** Rules for WHERE that stand beside the default one; those without a trained part show what training adds. */
const rows: Record<string, LocalizeChoices | undefined> = {
  evidence: undefined,
  script: { way: 'script' },
  attention: { where: { maps: { attention: 1 }, threshold: 0.6 } },
  half: { where: { threshold: 0.5 } },
  lower: { where: { threshold: 0.4 } },
  higher: { where: { threshold: 0.7 } },
  smoother: { where: { threshold: 0.6, smoothTime: 2 } },
  untrainedNorm: { where: { maps: { featureNorm: 1 }, smoothTime: 0, threshold: 200 / 255 } },
  untrainedScales: { where: { maps: { scaleNorms: 1 }, threshold: 0.6 } },
};

/** Percentages by `SET.ROW.FIGURE`: the mean over the seeds; with `--agreement` only that of {@link agreementOfScales}. */
export const benchmark: Benchmark = async (args) => {
  const settings = settingsOf(args);
  const { media } = settings;
  if (settings.boxes !== undefined) return boxesFigures(settings.boxes, settings);
  if (settings.isAgreement) return agreementOfScales(await trainedModel(settings, 0), settings);
  const sets = {
    weizmann: await boxedClips(join(media, 'weizmann-boxes.json'), join(media, 'weizmann')),
    ucf24: await boxedClips(join(media, 'ucf24/boxes.json'), join(media, 'ucf24')),
  };
  const found: [string, WhereFigures][] = [];
  for (const [set, clips] of Object.entries(sets)) {
    found.push([`${set}.centreBox`, await whereFigures(clips, byBox(centreBox))]);
    found.push([`${set}.wholeFrame`, await whereFigures(clips, byBox(wholeFrame))]);
  }
  const extractor = await rememberingExtractor(settings);
  for (let seed = 0; seed < settings.seeds; seed++) {
    const folder = await trainedModel(settings, seed);
    for (const [row, localize] of Object.entries(rows))
      found.push(...(await ofModel({ folder, extractor, localize, row, sets })));
    const predictor = await openOn(folder, extractor);
    found.push(['weizmann.joined', await joinedFigures(predictor, sets.weizmann)]);
    found.push(['weizmann.mixed', await mixedFigures(predictor, sets.weizmann, seed)]);
    await predictor.close();
  }
  await extractor.close();
  return averaged(found);
};

async function ofModel({
  folder,
  extractor,
  localize,
  row,
  sets,
}: {
  folder: string;
  extractor: FrameFeatures;
  localize?: LocalizeChoices;
  row: string;
  sets: Record<string, BoxedClip[]>;
}): Promise<[string, WhereFigures][]> {
  const predictor = await openOn(folder, extractor, localize);
  const found: [string, WhereFigures][] = [];
  for (const [set, clips] of Object.entries(sets))
    found.push([`${set}.${row}`, await whereFigures(clips, byModel(predictor))]);
  await predictor.close();
  return found;
}

/** The mean of each figure over the rows of one name, shares in percent. */
function averaged(found: readonly [string, WhereFigures][]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const name of new Set(found.map(([row]) => row))) {
    const same = found.filter(([row]) => row === name).map(([, figures]) => figures);
    for (const figure of Object.keys(same[0]!)) {
      const mean = same.reduce((sum, figures) => sum + figures[figure]!, 0) / same.length;
      all[`${name}.${figure}`] =
        figure === 'frames' || figure === 'clips' ? mean : Math.round(1000 * mean) / 10;
    }
  }
  return all;
}
