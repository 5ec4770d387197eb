// Who does what, on pictures of several left-out persons at once: `npm run bench -- who --seeds 3 --json`. The model is that
// of the localisation bench: six persons of Weizmann, class labels only.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { boxIou } from '../src/evaluate/index.js';
import type { Predictor } from '../src/infer/index.js';
import type { Box, Result } from '../src/result.js';
import { openOn, plainExtractor, settingsOf, trainedModel } from './localisation/models.js';
import { boxedClips } from './localisation/where.js';
import type { Benchmark } from './run.js';
import { compositesOf, layouts, type ActionTruth, type Composite } from './who/composites.js';

/** Percentages by `LAYOUT.FIGURE`, means over the seeds. */
export const benchmark: Benchmark = async (args) => {
  const { values, tokens } = parseArgs({
    ...{ args: [...args], strict: false, tokens: true },
    options: { layouts: { type: 'string' }, looks: { type: 'string', default: '2' } },
  });
  const own = new Set(['layouts', 'looks']);
  const skipped = new Set(
    tokens.flatMap((one) =>
      one.kind === 'option' && own.has(one.name)
        ? [one.index, ...(one.inlineValue === false ? [one.index + 1] : [])]
        : [],
    ),
  );
  const settings = settingsOf(args.filter((_, i) => !skipped.has(i)));
  const { media } = settings;
  const clips = await boxedClips(join(media, 'weizmann-boxes.json'), join(media, 'weizmann'));
  const names = typeof values.layouts === 'string' ? values.layouts.split(',') : Object.keys(layouts);
  const looks = values.looks === '1' ? 1 : 2;
  const extractor = await plainExtractor(settings);
  const sums: Record<string, number> = {};
  for (let seed = 0; seed < settings.seeds; seed++) {
    const predictor = await openOn(await trainedModel(settings, seed), extractor);
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
 * true box; `named`: composites whose actors are the true classes and no other; `recall`: classes that are told.
 */
async function layoutFigures(
  predictor: Predictor,
  composites: readonly Composite[],
  looks: 1 | 2,
): Promise<Record<string, number>> {
  const frames: { isPlaced: boolean; iou: number }[] = [];
  let [named, told, actions, topNamed] = [0, 0, 0, 0];
  for (const { clip, name, pictures, actions: truth } of composites) {
    const ask = truth.map(({ label }) => label);
    const { result } = await predictor.predict(clip, name, { ask, looks, pictures: async () => pictures });
    for (const action of truth) frames.push(...scoresOf(result, action));
    const acting = result.actors.filter(({ score }) => score >= 0.5).map(({ label }) => label);
    const right = ask.filter((label) => acting.includes(label)).length;
    const best = result.actors.toSorted((a, b) => b.score - a.score).slice(0, ask.length);
    topNamed += Number(ask.every((label) => best.some((actor) => actor.label === label)));
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
      recall: share(told, actions),
    },
  };
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
