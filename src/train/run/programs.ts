// The two programs of a run, the training step and the validation pass, and what feeds the step.
import { encoderOf } from '../../backbone/encoder.js';
import { createBackbone } from '../../backbone/kinds.js';
import { placesSeen } from '../../store/features/read.js';
import { averageName } from '../../model/scope.js';
import {
  inferenceGraph,
  initialise,
  LossSettings,
  parseModelConfig,
  trainingGraph,
  type ModelConfig,
  type TrainingGraph,
  type TrainingOptions,
} from '../../model/index.js';
import { formOf } from '../../model/attention/forms.js';
import { meanPoolNames } from '../../model/attention/meanPool.js';
import type { LocalizeChoices } from '../../localize/index.js';
import { Random } from '../../random.js';
import type { Program, Runtime } from '../../runtime/index.js';
import { float32, sizeOf, type Tensor, type Tensors } from '../../tensor.js';
import type { LearntActors } from '../actors/learnt.js';
import type { Frozen } from '../data/frozen.js';
import { checkPlaces, placesOf } from '../data/places.js';
import { answeredSampling, formChoicesOf, type Recipe } from '../recipe/recipe.js';
import { checkStandardised, foldStandard } from '../start/standard.js';
import { clipsAnswered } from './together.js';

/** The config of the model that a recipe makes for these classes, of which a clip may have several. */
export function modelConfig(
  recipe: Recipe,
  classes: readonly string[],
  frozen?: Frozen,
  hasSeveralClasses = false,
  actors?: Pick<LearntActors, 'settings' | 'localize'>,
): ModelConfig {
  const { frames, attention, localize } = recipe;
  const { probabilities = hasSeveralClasses ? 'sigmoid' : undefined } = recipe;
  const usual = formChoicesOf(recipe).localize;
  const rules = { ...usual, ...actors?.localize };
  const { evidence, evidenceSharpness } = lossSettings(recipe);
  const isPooled = probabilities === 'sigmoid' && recipe.answer === 'attention' && evidence > 0;
  const answer = isPooled ? 'evidence' : recipe.answer;
  const backbone = frozen?.backbone ?? recipe.backbone;
  const transform = frozen ? { size: frozen.size, resize: frozen.resize } : recipe.transform;
  return parseModelConfig({
    version: 1,
    classes,
    frames,
    sampling: answeredSampling(recipe),
    transform,
    backbone,
    attention,
    answer,
    ...(answer === 'evidence' && { evidenceSharpness }),
    ...(probabilities && { probabilities }),
    meanPool: recipe.meanPool,
    ...(actors && { actors: actors.settings }),
    grid: frozen?.grid ?? createBackbone(backbone).grid(transform.size),
    localize: { ...(probabilities === 'sigmoid' ? severalClasses(rules) : rules), ...localize },
  });
}

/**
 * Segments of every class that is more likely in the clip than not, where its evidence stands out against the rest of the
 * clip. A rule that asks of a frame which class it is of is kept for long videos: there it is better, in a clip worse
 * (docs/localisation.md).
 */
function severalClasses(rules: LocalizeChoices): LocalizeChoices {
  if (rules.way === 'script') return rules; // masks and weights know no class
  const long = rules.when?.rule === 'path' ? ({ smooth: 1, longRule: 'path' } as const) : {};
  const likely = { maximumClasses: 100, minimumProbability: 0.5, maximumSegments: 100 };
  return {
    ...rules,
    when: { ...rules.when, ...likely, ...long, rule: 'step', probability: 'sigmoid' },
  };
}

/** Weights of the loss terms: docs/architecture.md#losses, then what goes with the form, then the recipe. */
export function lossSettings(recipe: Pick<Recipe, 'attention' | 'backbone' | 'losses'>): LossSettings {
  const { form } = recipe.attention;
  return LossSettings.parse({ ...formOf(form).losses, ...formChoicesOf(recipe).losses, ...recipe.losses });
}

/** Weights of the loss terms by their names. */
export function termWeights(recipe: Recipe): Record<string, number> {
  const shapes = ['evidenceSharpness', 'neighbours', 'areaTarget']; // numbers that are no weights
  const weights = Object.entries(lossSettings(recipe)).flatMap(([name, value]) =>
    typeof value === 'number' && !shapes.includes(name) ? [[name, value] as const] : [],
  );
  return { crossEntropy: 1, ...Object.fromEntries(weights) };
}

/** What a run computes with. All programs share the runtime's state. */
export interface Programs {
  step: Program;
  /** With accumulation the batches of a step that come before its last one. */
  before?: { first: Program; middle?: Program };
  /** `frames` to `logits`, `probabilities`, `weights` and `masks`, with the averaged weights where the recipe keeps averages. */
  validate: Program;
  /** The same by the mean pool that is kept beside the head. */
  meanPool?: Program;
  graph: TrainingGraph;
  config: ModelConfig;
}

/** Compiles them; where clips have several classes, the step takes `targets` instead of `labels`. */
export async function openPrograms(
  runtime: Runtime,
  recipe: Recipe,
  config: ModelConfig,
  { hasSeveralClasses = false } = {},
): Promise<Programs> {
  const { isStandardised } = recipe;
  const common = { config, clips: recipe.batch, encoder: encoderOf(config), isStandardised };
  const losses = lossSettings(recipe);
  const places = placesOf(recipe, config);
  if (places) checkPlaces(losses);
  if (isStandardised) checkStandardised(recipe);
  const isAveraged = recipe.average > 0;
  const batches = recipe.accumulate;
  const options: TrainingOptions = {
    ...common,
    ...(places && {
      config: {
        ...config,
        grid: { ...config.grid, height: 1, width: placesSeen(places.share, config.grid) },
      },
    }),
    losses,
    hasSeveralClasses,
    optimiser: recipe.optimiser,
    factors: (name) => factorsOf(name, recipe),
    clipNorm: recipe.clipNorm > 0 ? recipe.clipNorm : undefined,
    averaged: isAveraged,
    channelDropout: recipe.dropout > 0,
    placesMask: common.encoder !== undefined && recipe.places !== 'auto' && recipe.places < 1,
  };
  const graphOf = (place: 'first' | 'middle' | 'last'): TrainingGraph =>
    trainingGraph({ ...options, ...(batches > 1 && { accumulate: { batches, place } }) });
  const graph = graphOf('last');
  const { graph: inference } = inferenceGraph({
    ...common,
    clips: clipsAnswered(recipe, config),
    averaged: isAveraged,
  });
  const { logits, probabilities, weights, masks, meanPoolLogits } = inference.outputs;
  const seen = { logits: logits!, probabilities: probabilities!, weights: weights!, masks: masks! };
  const answers = (outputs: typeof logits & object): Promise<Program> =>
    runtime.compile({ outputs: { logits: outputs }, updates: [] });
  return {
    step: await runtime.compile(graph.graph),
    ...(batches > 1 && {
      before: {
        first: await runtime.compile(graphOf('first').graph),
        ...(batches > 2 && { middle: await runtime.compile(graphOf('middle').graph) }),
      },
    }),
    validate: await runtime.compile({ outputs: seen, updates: [] }),
    ...(meanPoolLogits && { meanPool: await answers(meanPoolLogits) }),
    graph,
    config,
  };
}

function factorsOf(
  name: string,
  { factors }: Recipe,
): { learningRateFactor: number; weightDecayFactor: number } | undefined {
  const fitting = Object.keys(factors).filter((prefix) => name.startsWith(prefix));
  const longest = fitting.sort((a, b) => b.length - a.length)[0];
  if (longest === undefined) return undefined;
  return { learningRateFactor: factors[longest]!.rate, weightDecayFactor: factors[longest]!.decay };
}

/** All state before the first step: parameters, drawn but for those that are `given`, their averages, the optimiser's zeros. */
export function startState({ graph }: Programs, recipe: Recipe, given: Tensors = {}): Tensors {
  const { parameters, state } = graph;
  const random = Random.from(recipe.seed, 'initialise');
  const start = { ...initialise(parameters, random, { zeros: recipe.zeros }), ...given };
  const trainable = parameters.filter((one) => one.isTrainable);
  const averages = trainable.map(({ name }) => [averageName(name), copied(start[name]!)] as const);
  const zeros = state.map(
    ({ name, shape }) => [name, float32(new Float32Array(sizeOf(shape)), shape)] as const,
  );
  return {
    ...Object.fromEntries(zeros),
    ...(recipe.average > 0 ? Object.fromEntries(averages) : {}),
    ...start,
  };
}

/** In memory of its own: two states that share an array would be written as one. */
export function copied(tensor: Tensor): Tensor {
  return { ...tensor, data: tensor.data.slice() };
}

/**
 * The tensors of the model folder in a run's whole state: the averages of the weights where they are kept, with the
 * scalings of standardised features folded in, and the mean pool beside them.
 */
export function modelTensors(state: Tensors, { graph, config }: Programs): Tensors {
  const tensorOf = (name: string, isTrainable: boolean) =>
    (isTrainable ? state[averageName(name)] : undefined) ?? state[name]!;
  const tensors = Object.fromEntries(
    graph.parameters.map(({ name, isTrainable }) => [name, tensorOf(name, isTrainable)]),
  );
  const pool = config.meanPool
    ? Object.values(meanPoolNames).map((name) => [name, state[name]!] as const)
    : [];
  return { ...foldStandard(tensors, config.attention), ...Object.fromEntries(pool) };
}

/** The program for a batch: with accumulation only the last one of a step changes the weights. */
export function programFor({ step, before }: Programs, place: number, batches: number): Program {
  if (!before || place % batches === batches - 1) return step;
  return place % batches === 0 ? before.first : before.middle!;
}
