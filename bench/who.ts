// Who does what, on pictures of several left-out persons at once: `npm run bench -- who --seeds 3 --json` (`--first-seed 1`). The model is that
// of the localisation bench: six persons of Weizmann, class labels only; with `--pairs` one that learnt from pictures of two of
// them with both names.
import { join } from 'node:path';
import { boxIou } from '../src/metrics/index.js';
import type { Predictor } from '../src/infer/index.js';
import type { Box, Result } from '../src/result.js';
import { openOn, plainExtractor, settingsOf, trainedModel } from './localisation/models.js';
import { boxedClips } from './localisation/where.js';
import type { Benchmark } from './benchmark.js';
import { compositesOf, layouts, type ActionTruth, type Composite } from './who/composites.js';
import { pairsModel } from './who/pairsOnly.js';

/** Percentages by `LAYOUT.FIGURE`, means over the seeds. */
export const benchmark: Benchmark = async (args) => {
  const settings = settingsOf(args);
  const { media, looks } = settings;
  const clips = await boxedClips(join(media, 'weizmann-boxes.json'), join(media, 'weizmann'));
  const names = settings.layouts ?? Object.keys(layouts);
  const extractor = await plainExtractor(settings);
  const sums: Record<string, number> = {};
  const { firstSeed, seeds } = settings;
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const model = await (settings.isOfPairs ? pairsModel : trainedModel)(settings, seed);
    const predictor = await openOn(model, extractor);
    for (const layout of names) {
      const figures = await layoutFigures(predictor, await compositesOf(clips, layout, seed), looks);
      for (const [name, value] of Object.entries(figures)) {
        const key = `${layout}.${name}`;
        sums[key] = (sums[key] ?? 0) + value / settings.seeds;
      }
      console.error(`seed ${seed}, ${layout}: ${JSON.stringify(figures)}`);
    }
    await predictor.close();
  }
  await extractor.close();
  return Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, Math.round(10 * value) / 10]));
};

/**
 * `place`: frames on which the box of a class lies on the right thing, its middle in the right cell; `iou3`, `iou5` with its
 * true box; `named`: composites whose actors are the true classes and no other; `best`: those whose true classes come first, those that
 * are told before all others, each by their scores; `bestOfActions`: true classes among as many that come first; `recall`: classes that
 * are told.
 */
async function layoutFigures(
  predictor: Predictor,
  composites: readonly Composite[],
  looks: 1 | 2,
): Promise<Record<string, number>> {
  const frames: { isPlaced: boolean; iou: number }[] = [];
  let [named, told, actions, topNamed, topActions] = [0, 0, 0, 0, 0];
  for (const { clip, name, pictures, actions: truth } of composites) {
    const ask = truth.map(({ label }) => label);
    const options = { ask, looks, pictures: async () => pictures };
    const { result, localization } = await predictor.predict(clip, name, options);
    for (const action of truth) frames.push(...scoresOf(result, action));
    const shown = localization.actors!.filter(({ isShown }) => isShown);
    const acting = shown.map(({ classIndex }) => predictor.config.classes[classIndex]!);
    const right = ask.filter((label) => acting.includes(label)).length;
    const likely = await rankedNames(predictor, clip, name);
    const best = [...acting, ...likely.filter((label) => !acting.includes(label))].slice(0, ask.length);
    topNamed += Number(ask.every((label) => best.includes(label)));
    topActions += ask.filter((label) => best.includes(label)).length;
    named += Number(right === ask.length && acting.length === ask.length);
    told += right;
    actions += ask.length;
  }
  const share = (count: number, of: number): number => Math.round((1000 * count) / of) / 10;
  const reached = (least: number): number =>
    share(frames.filter(({ iou }) => iou >= least).length, frames.length);
  return {
    ...{ composites: composites.length, actions },
    place: share(frames.filter(({ isPlaced }) => isPlaced).length, frames.length),
    ...{ iou3: reached(0.3), iou5: reached(0.5) },
    ...{
      named: share(named, composites.length),
      best: share(topNamed, composites.length),
      bestOfActions: share(topActions, actions),
      recall: share(told, actions),
    },
  };
}

/** All classes by their scores in one look, those too that are not told: every one must be asked for to have one. */
async function rankedNames(predictor: Predictor, clip: Composite['clip'], name: string): Promise<string[]> {
  const { result } = await predictor.predict(clip, name, { ask: predictor.config.classes, looks: 1 });
  return result.actors.toSorted((a, b) => b.score - a.score).map(({ label }) => label);
}

function scoresOf(result: Result, { label, cell, boxes }: ActionTruth): { isPlaced: boolean; iou: number }[] {
  const actor = result.actors.find((one) => one.label === label);
  return boxes.flatMap((truth, t) => {
    if (truth.length === 0) return [];
    const box = actor?.boxes[t] ?? null;
    const iou = box === null ? 0 : Math.max(...truth.map((one) => boxIou(one, box)));
    return [{ isPlaced: box !== null && isIn(box, cell), iou }];
  });
}

function isIn([x0, y0, x1, y1]: Box, cell: Box): boolean {
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return x >= cell[0] && x < cell[2] && y >= cell[1] && y < cell[3];
}
