// Everything that an audit measures on one clip. What is kept of a clip is small: curves, maps and sums, no features.
import type { Random } from '../random.js';
import type { Tensor, Tensors } from '../tensor.js';
import type { Clip } from '../video/index.js';
import type { Answer } from '../infer/index.js';
import type { AuditedModel } from './auditedModel.js';
import { headFacts, type HeadFacts } from './headFacts.js';
import { ranking, rankCorrelation, type ClipPlaces } from './orders.js';
import { perturbations, type OrderAnswers } from './perturbations.js';
import { tilesOf, type TileMeasures } from './tiles.js';

/** What is kept of one clip. */
export interface ClipMeasures extends OrderAnswers {
  name: string;
  label: string;
  classIndex: number;
  predicted: number;
  /** Of the answered class, on the whole clip. */
  probability: number;
  /** Whether WHEN is the evidence of the class and not the weights of the frames. */
  hasEvidence: boolean;
  /** WHEN of every frame, and WHERE of every cell `[n,h,w]`, as the answer gives them. */
  when: Float32Array;
  map: Float32Array;
  /** The same probability with the whole picture in the actor's place, and without the motion, of heads that look at actors. */
  withoutPlace?: number;
  withoutMotion?: number;
  /** Rank correlation of the maps with those of redrawn weights. */
  redrawn: { head: MapLikeness; whole?: MapLikeness };
  head: HeadFacts;
  tiles: TileMeasures;
  losses: Record<string, number>;
}

/** How alike two answers' maps are: rank correlations. */
export interface MapLikeness {
  where: number;
  when: number;
}

/** The model's own word on WHEN: the evidence of the answered class where it has evidence, else the frames' weights. */
export function whenOf({ localization, result, probabilities }: Answer): Float32Array {
  const { curves } = localization;
  const K = probabilities.length;
  const k = ranking(probabilities)[0]!;
  if (!curves) return Float32Array.from(result.frames, ({ weight }) => weight);
  return Float32Array.from({ length: curves.length / K }, (_, t) => curves[t * K + k]!);
}

/** What the audit knows beside the clip itself. */
export interface MeasureOptions {
  name: string;
  label: string;
  classIndex: number;
  random: Random;
  /** The clip that was measured before: its maps are another clip's. */
  before?: ClipMeasures;
}

/** Measures one clip. */
export async function measureClip(
  model: AuditedModel,
  clip: Clip,
  { name, label, classIndex, random, before }: MeasureOptions,
): Promise<{ measures: ClipMeasures; answer: Answer }> {
  const seen = await model.see(clip, classIndex);
  const { answer, outputs, features } = seen;
  const { grid, frames } = model.config;
  const places: ClipPlaces = { frames, height: grid.height, width: grid.width };
  const predicted = ranking(answer.probabilities)[0]!;
  const [when, map] = [whenOf(answer), answer.localization.map];
  const redrawn = await model.redrawn(clip, classIndex, seen);
  const perturbed = perturbations({ when, map, places, random, before });
  const tiles = tilesOf(places);
  const keeps = [...perturbed.keeps, ...tiles.keeps];
  const answers = await model.without(seen, keeps);
  const taken = answers.slice(0, perturbed.keeps.length).map((row) => row[predicted]!);
  const probability = answer.probabilities[predicted]!;
  const { motion, place } = await model.withoutActor(seen);
  const likeness = (other: Answer): MapLikeness => ({
    where: rankCorrelation(map, other.localization.map),
    when: rankCorrelation(when, whenOf(other)),
  });
  const measures: ClipMeasures = {
    ...{ name, label, classIndex, predicted, probability, when, map },
    hasEvidence: answer.localization.curves !== undefined,
    ...perturbed.read(taken, probability),
    redrawn: {
      head: likeness(redrawn.head),
      ...(redrawn.whole && { whole: likeness(redrawn.whole) }),
    },
    ...(place && { withoutPlace: place[predicted]! }),
    ...(motion && { withoutMotion: motion[predicted]! }),
    head: headFacts(outputs),
    tiles: tiles.read(
      answers.slice(perturbed.keeps.length).map((row) => row[classIndex]!),
      { whole: answer.probabilities[classIndex]!, features },
    ),
    losses: lossesOf(outputs),
  };
  return { measures, answer };
}

function lossesOf(outputs: Tensors): Record<string, number> {
  const terms = Object.entries(outputs).filter(([name]) => name.startsWith('loss.'));
  return Object.fromEntries(
    terms.map(([name, { data }]: [string, Tensor]) => [name.slice(5), Number(data[0])]),
  );
}
