// WHERE on any folder of clips with a `boxes.json`: every rule beside the answers that look at no picture, a row a clip, with
// bootstrap intervals over clips. The model is that of the bench: class labels of six persons of Weizmann, nothing else.
import { existsSync } from 'node:fs';
import { join, parse } from 'node:path';
import { bootstrapInterval } from '../../src/metrics/index.js';
import { boxCentre, centreBox, wholeFrame } from '../../src/metrics/trivial.js';
import { fitConstantBox } from '../../src/metrics/constantBox.js';
import { whereScores, type WhereScore } from '../../src/metrics/spatial.js';
import type { FrameFeatures, Predictor } from '../../src/infer/index.js';
import type { LocalizeChoices } from '../../src/localize/index.js';
import { Random } from '../../src/random.js';
import type { Box } from '../../src/result.js';
import { openOn, rememberingExtractor, trainedModel, type Settings } from './models.js';
import { modelsOfOwnClips } from './ownClips.js';
import { boxedClips, type BoxedClip } from './where.js';

/** What was answered of a clip: a box and a point a frame. */
type Answers = readonly { box: Box | null; point: readonly [number, number] | null }[];

/** A row of the table by clip: shares of its boxed frames, in percent. */
export interface ClipRow {
  name: string;
  frames: number;
  iou3: number;
  iou5: number;
  pointing: number;
}

const statistics: Record<string, (score: WhereScore) => boolean> = {
  iou3: ({ iou }) => iou >= 0.3,
  iou5: ({ iou }) => iou >= 0.5,
  pointing: ({ isHit }) => isHit,
};

/** Rules beside the shipped one; `scales` looks at nothing that was trained. */
const rules: Record<string, LocalizeChoices | undefined> = {
  shipped: undefined,
  scales: { where: { maps: { scaleNorms: 1 }, threshold: 0.6 } },
  attentionAndScales: { where: { maps: { attention: 1, scaleNorms: 1 }, threshold: 0.6 } },
  classActivation: { where: { maps: { classEvidence: 1 } } },
};

/** Percentages by `RULE.FIGURE` with `.low` and `.high`, means over the seeds; `rows` are those of the shipped rule, seed 0. */
export async function boxesFigures(
  folder: string,
  settings: Settings,
): Promise<{ figures: Record<string, number>; rows: ClipRow[] }> {
  const inside = join(folder, 'boxes.json');
  const all = await boxedClips(existsSync(inside) ? inside : `${folder}-boxes.json`, folder);
  const clips = all.filter((_, i) => i % settings.every === settings.from);
  const figures: Record<string, number> = { clips: clips.length };
  const add = (rule: string, answers: readonly Answers[]): void => {
    const scores = clips.map((clip, i) => scoresOf(clip, answers[i]!));
    for (const [name, value] of Object.entries(summed(scores))) {
      const key = `${rule}.${name}`;
      figures[key] = (figures[key] ?? 0) + value / (seedless.has(rule) ? 1 : settings.seeds);
    }
  };
  for (const [rule, box] of Object.entries(constantBoxes(clips))) add(rule, clips.map(everywhere(box)));
  const extractor = await rememberingExtractor(settings);
  let rows: ClipRow[] = [];
  for (let seed = 0; seed < settings.seeds; seed++) {
    const model = await trainedModel(settings, seed);
    const asked = Object.entries(rules).filter(([rule]) => settings.rules?.includes(rule) ?? true);
    for (const [rule, localize] of asked) {
      const predictor = await openOn(model, extractor, localize);
      const looks = rule === 'shipped' ? ([1, 2] as const) : ([1] as const);
      for (const count of looks) {
        const answers = await answersOf(predictor, clips, count);
        add(rule === 'shipped' ? `looks${count}` : rule, answers);
        if (rule === 'shipped' && count === 2 && seed === 0)
          rows = clips.map((clip, i) => rowOf(clip, answers[i]!));
      }
      await predictor.close();
    }
  }
  if (settings.isOwn) {
    const models = await modelsOfOwnClips(folder, clips, settings);
    for (const [rule, answers] of Object.entries(await answersByOwn(clips, models, extractor)))
      add(rule, answers);
  }
  await extractor.close();
  return { figures: rounded(figures), rows };
}

const seedless = new Set(['centreBox', 'wholeFrame', 'bestConstantBox', 'own1', 'own2']);

/** One look and two of models that learnt from other clips of the folder, in the order of `clips`. */
async function answersByOwn(
  clips: readonly BoxedClip[],
  models: ReadonlyMap<string, string>,
  extractor: FrameFeatures,
): Promise<Record<'own1' | 'own2', Answers[]>> {
  const modelOf = ({ path }: BoxedClip): string => models.get(parse(path).name)!;
  const found = new Map<BoxedClip, [once: Answers, twice: Answers]>();
  for (const model of new Set(clips.map(modelOf))) {
    const asked = clips.filter((clip) => modelOf(clip) === model);
    const predictor = await openOn(model, extractor);
    const [once, twice] = [await answersOf(predictor, asked, 1), await answersOf(predictor, asked, 2)];
    asked.forEach((clip, i) => found.set(clip, [once[i]!, twice[i]!]));
    await predictor.close();
  }
  const ofLook = (look: 0 | 1): Answers[] => clips.map((clip) => found.get(clip)![look]);
  return { own1: ofLook(0), own2: ofLook(1) };
}

async function answersOf(
  predictor: Predictor,
  clips: readonly BoxedClip[],
  looks: 1 | 2,
): Promise<Answers[]> {
  const all: Answers[] = [];
  for (const { clip, name, pictures } of clips) {
    const { result, points } = await predictor.predict(clip, name, { looks, pictures });
    all.push(result.frames.map(({ box }, i) => ({ box, point: points[i]! })));
  }
  return all;
}

/** Boxes that look at no picture, in shares of it; the last is fitted on these very clips. */
function constantBoxes(clips: readonly BoxedClip[]): Record<string, (clip: BoxedClip) => Box> {
  const frames = clips.flatMap(({ clip: { info }, truth }) =>
    truth.map((boxes) => ({ ...info, truth: boxes })),
  );
  const { box } = fitConstantBox(frames);
  return {
    centreBox: ({ clip }) => centreBox(clip.info),
    wholeFrame: ({ clip }) => wholeFrame(clip.info),
    bestConstantBox: ({ clip: { info } }) => [
      box[0] * info.width,
      box[1] * info.height,
      box[2] * info.width,
      box[3] * info.height,
    ],
  };
}

function everywhere(of: (clip: BoxedClip) => Box): (clip: BoxedClip) => Answers {
  return (clip) => clip.truth.map(() => ({ box: of(clip), point: boxCentre(of(clip)) }));
}

function scoresOf({ clip, truth }: BoxedClip, answers: Answers): WhereScore[] {
  const { width, height } = clip.info;
  return whereScores(
    answers.map(({ box: predicted, point }, i) => ({ predicted, point, truth: truth[i]!, width, height })),
  );
}

/** Shares of all frames, and 95 % intervals over clips. */
function summed(scores: readonly WhereScore[][]): Record<string, number> {
  const out: Record<string, number> = {};
  for (const [name, holds] of Object.entries(statistics)) {
    const share = (places: Iterable<number>): number => {
      const all = Array.from(places, (i) => scores[i]!).flat();
      return (100 * all.filter(holds).length) / all.length;
    };
    const { low, high } = bootstrapInterval(scores.length, share, { random: Random.from(0, 'clips') });
    Object.assign(out, { [name]: share(scores.keys()), [`${name}.low`]: low, [`${name}.high`]: high });
  }
  return out;
}

function rowOf(clip: BoxedClip, answers: Answers): ClipRow {
  const scores = scoresOf(clip, answers);
  const share = (name: string): number =>
    Math.round((1000 * scores.filter(statistics[name]!).length) / scores.length) / 10;
  return {
    ...{ name: clip.name, frames: scores.length },
    ...{ iou3: share('iou3'), iou5: share('iou5'), pointing: share('pointing') },
  };
}

function rounded(figures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, x]) => [name, Math.round(10 * x) / 10]));
}
