// One training step, or one batch of a step on several: which program takes it, and what feeds that.
import type { Batch } from '../../store/batches.js';
import type { ModelConfig } from '../../model/index.js';
import { Random } from '../../random.js';
import type { Program } from '../../runtime/index.js';
import { float32, sizeOf, type Tensors } from '../../tensor.js';
import { programFor, type Programs } from './programs.js';
import type { Recipe } from '../recipe/recipe.js';

/** Losses and norms of a batch by the names of the outputs. */
export type Figures = Record<string, number>;

/** Takes one batch: it makes a step, or with accumulation a part of one. */
export async function makeStep(
  programs: Programs,
  batch: Batch,
  { rate, recipe, position }: { rate: number; recipe: Recipe; position: Position },
): Promise<Figures> {
  const program = programFor(programs, position.step, recipe.accumulate);
  const feeds = stepFeeds(batch, rate, { recipe, config: programs.config, step: program, position });
  const outputs = program.outputs.map(({ name }) => name).filter(isFigure);
  const figures = await program.run(feeds, { outputs, transfer: true });
  return Object.fromEntries(Object.entries(figures).map(([name, { data }]) => [name, Number(data[0])]));
}

function isFigure(output: string): boolean {
  return output.startsWith('loss.') || output === 'gradientNorm';
}

/** Where a run stands: epochs and steps from 0, `total` steps made so far in the run. */
export interface Position {
  epoch: number;
  step: number;
  total: number;
}

/** The feeds of a training step. Masks depend on seed and position alone, so that a resumed run draws the same. */
function stepFeeds(
  batch: Batch,
  rate: number,
  {
    recipe,
    config,
    step,
    position,
  }: { recipe: Recipe; config: ModelConfig; step: Program; position: Position },
): Tensors {
  const { channels, height, width } = config.grid;
  const possible: Record<string, () => Tensors[string]> = {
    labels: () => batch.labels,
    targets: () => batch.targets!,
    learningRate: () => scalar(rate),
    averageDecay: () => {
      const steps = Math.floor(position.total / recipe.accumulate);
      return scalar(Math.min(recipe.average, steps / (steps + 5)));
    },
    channelMask: () => dropoutMask([recipe.batch, channels], recipe.dropout, draw('channels')),
    placesMask: () =>
      placesMask(recipe.batch, [config.frames, height, width], Number(recipe.places), draw('places')),
  };
  return Object.fromEntries(step.feeds.map(({ name }) => [name, batch.inputs[name] ?? possible[name]!()]));

  function draw(label: string): Random {
    return Random.from(recipe.seed, label, position.epoch, position.step);
  }
}

function scalar(value: number): Tensors[string] {
  return float32([value], []);
}

/** 0 with probability `rate`, else `1 / (1 - rate)`. */
function dropoutMask(shape: number[], rate: number, random: Random): Tensors[string] {
  const mask = Float32Array.from({ length: sizeOf(shape) }, () =>
    random.uniform() < rate ? 0 : 1 / (1 - rate),
  );
  return float32(mask, shape);
}

/** 1 at a random `share` of every clip's places (at least one), else 0. */
function placesMask(clips: number, shape: number[], share: number, random: Random): Tensors[string] {
  const places = sizeOf(shape);
  const seen = Math.max(1, Math.round(share * places));
  const mask = new Float32Array(clips * places);
  const all = Array.from({ length: places }, (_, place) => place);
  for (let clip = 0; clip < clips; clip++) {
    for (const place of random.shuffle(all).slice(0, seen)) mask[clip * places + place] = 1;
  }
  return float32(mask, [clips, ...shape]);
}
