// What a model's numbers say of a clip: boxes and segments are read from its maps, and all of it becomes a Result.
// Whoever ran the graph, and where, brings its outputs.
import {
  localize,
  localizeOptions,
  type ActorLook,
  type CellLine,
  type Cells,
  type Localization,
  type LocalizeInput,
} from '../localize/index.js';
import type { DrawnFrames } from '../localize/drawnFrames.js';
import { cellsOf } from '../model/cells.js';
import type { ModelConfig } from '../model/config.js';
import { sigmoid, softmax } from '../probability.js';
import type { Box, Masks, Result } from '../result.js';
import type { Tensor, Tensors } from '../tensor.js';
import { keptWindow, type PixelWindow } from '../video/resample.js';
import type { Size } from '../video/types.js';
import { finiteResult, requireFiniteOutputs } from './finiteAnswer.js';
import { medianDifference } from './medianDifference.js';
import type { LookAt } from './looker.js';
import { lookAgain } from './secondLook.js';
import { toResult, type ClipFacts, type ModelIdentity } from './toResult.js';

/** What the model says of a clip, and the numbers behind it. */
export interface Answer {
  result: Result;
  /** The pointing point of every sampled frame, in pixels of the source picture. */
  points: (readonly [x: number, y: number])[];
  /** Boxes, segments, the where-map `[n,h,w]` and evidence curves `[n,K]`. */
  localization: Localization;
  /** Class probabilities `[K]` in the order of `config.classes`. */
  probabilities: Float32Array;
  /** Those of the mean pool that is kept beside the head, where the model has one. */
  meanPoolProbabilities?: Float32Array;
}

/** Whose outputs they are, and of which clip. */
export interface AnswerOptions {
  config: ModelConfig;
  identity: ModelIdentity;
  clip: ClipFacts;
  /** How the Result names the clip. */
  path: string;
  /** Names of classes whose actors are asked for, whether they are likely or not. */
  ask?: readonly string[];
  /** Log odds `[n]` that a frame shows none of what the model learnt, where that is known. */
  other?: Float32Array;
  /** Boxes of the window before, where windows of a stream are answered. */
  drawn?: DrawnFrames;
}

/** How a Result names the model of `config` whose weights have this hash. */
export function identityOf(config: ModelConfig, id: string): ModelIdentity {
  const { sure } = (config.training ?? {}) as { sure?: ModelIdentity['sure'] };
  return { id, attention: config.attention.form, backbone: config.backbone.kind, ...(sure && { sure }) };
}

/** Does the where-map of this model look at its features? Then they must be among the outputs. */
export function asksForFeatures({ localize: choices }: ModelConfig): boolean {
  return (localizeOptions(choices).where.maps.medianDifference ?? 0) > 0;
}

/** Does the where-map of this model look at gradient times activation? Then the graph must give it. */
export function asksForActivation({ localize: choices }: ModelConfig): boolean {
  return (localizeOptions(choices).where.maps.activation ?? 0) > 0;
}

/**
 * Reads an answer from the outputs of `inferenceGraph` for one clip, and `features [1,n,C,h,w]` where the maps ask for them.
 * Throws `input` where a number of them, or of the answer, is not finite.
 */
export function answerOf(outputs: Tensors, options: AnswerOptions): Answer {
  return toAnswer(firstLook(outputs, options), outputs, options);
}

/**
 * The same with a second look at what the first one found, where the model's rules have one. `motion` `[n,h,w]` is what moves
 * against the camera, where it is known.
 */
export async function answerByLooks(
  outputs: Tensors,
  options: AnswerOptions,
  lookAt: LookAt,
  motion?: Float32Array,
): Promise<Answer> {
  const { config, clip } = options;
  const seen = firstLook(outputs, options, { motion, isNear: config.actors?.isClose });
  const { where, ...others } = localizeOptions(config.localize);
  const { second } = where;
  if (!second || !config.actors) return toAnswer(seen, outputs, options);
  const { width, height } = windowOf(config, clip);
  const rules = { ...others, where: { ...where, second } };
  const parts = { grid: gridOf(config), picture: { width, height }, classes: config.classes.length };
  const asked = askedOf(options);
  return toAnswer(await lookAgain({ seen, rules, lookAt, asked, ...parts }), outputs, options);
}

/** The part of the picture that the model sees, in pixels of the source. */
export function windowOf(
  { transform }: { transform: Pick<ModelConfig['transform'], 'size' | 'resize'> },
  { info }: Pick<ClipFacts, 'info'>,
): ReturnType<typeof keptWindow> {
  return keptWindow(info, transform.size, transform.resize);
}

function firstLook(
  outputs: Tensors,
  options: AnswerOptions,
  near: Pick<LocalizeInput, 'motion' | 'isNear'> = {},
): Localization {
  const { config, clip, path, other, drawn } = options;
  const askedClasses = askedOf(options);
  requireFiniteOutputs(outputs, path);
  const input = evidenceOf(outputs, config, windowOf(config, clip), meanRow(outputs.weights!));
  return localize({ ...input, ...near, other, drawn, askedClasses }, localizeOptions(config.localize));
}

/** Places of the classes that are asked for, each once. */
function askedOf({ config, ask = [] }: AnswerOptions): number[] {
  return [...new Set(ask.map((label) => config.classes.indexOf(label)))].filter((k) => k >= 0);
}

function toAnswer(
  seen: Localization,
  outputs: Tensors,
  { config, identity, clip, path }: AnswerOptions,
): Answer {
  const { classes, grid } = config;
  const probabilities = numbers(outputs.probabilities!);
  const localization = shifted(seen, windowOf(config, clip));
  const made = toResult({
    ...{ path, clip, classes, grid, probabilities, weights: meanRow(outputs.weights!), localization },
    cells: shares(cellsOf(config), windowOf(config, clip), clip.info),
    steps: stepRows(outputs.weights!),
    model: identity,
  });
  const result = finiteResult(made);
  const { meanPoolLogits: pool } = outputs;
  return {
    result,
    points: localization.frames.map(({ point }) => point),
    localization,
    probabilities,
    ...(pool && { meanPoolProbabilities: probabilitiesOf(numbers(pool), config) }),
  };
}

/** The grid of a model's maps, and where its cells look on the frames. */
export function gridOf(config: ModelConfig): LocalizeInput['grid'] {
  const { height, width } = config.grid;
  return { frames: config.frames, height, width, cells: cellsOf(config) };
}

function evidenceOf(
  outputs: Tensors,
  config: ModelConfig,
  window: Size,
  weights: Float32Array,
): LocalizeInput {
  const optional = (name: string) => (outputs[name] ? numbers(outputs[name]) : undefined);
  return {
    grid: gridOf(config),
    picture: { width: window.width, height: window.height },
    weights,
    probabilities: numbers(outputs.probabilities!),
    masks: optional('masks'),
    logAttention: optional('logAttention'),
    evidence: optional('evidence'),
    activation: optional('activation'),
    featureNorm: optional('norm'),
    scaleNorms: optional('scaleNorms'),
    medianDifference: outputs.features && medianDifference(outputs.features),
    foreground: optional('foreground'),
    change: optional('change'),
    actorScores: optional('actorScores'),
  };
}

/** A box in pixels of a window that begins there, in those of the whole picture. */
export function movedBox(box: Box, { x, y }: { x: number; y: number }): Box {
  return [box[0] + x, box[1] + y, box[2] + x, box[3] + y];
}

/** Boxes and points of a window of the picture, in pixels of the whole picture. */
function shifted(seen: Localization, { x, y }: { x: number; y: number }): Localization {
  if (x === 0 && y === 0) return seen;
  const moved = (box: Box): Box => movedBox(box, { x, y });
  const frames = seen.frames.map(({ box, score, point }) => ({
    box: box && moved(box),
    score,
    point: [point[0] + x, point[1] + y] satisfies [number, number],
  }));
  const tubes = seen.tubes.map(({ boxes, score }) => ({
    boxes: boxes.map((scored) => scored && { ...scored, box: moved(scored.box) }),
    score,
  }));
  const actors = seen.actors?.map((actor): ActorLook => ({
    ...actor,
    boxes: actor.boxes.map((scored) => scored && { ...scored, box: moved(scored.box) }),
    points: actor.points.map(([px, py]) => [px + x, py + y]),
  }));
  return { ...seen, frames, tubes, ...(actors && { actors }) };
}

/** Where cells look as shares of the picture's width and height, of which the model saw `window`. */
function shares(cells: Cells | undefined, window: PixelWindow, picture: Size): Masks['cells'] {
  if (!cells) return undefined;
  const share = ({ offset, stride, size }: CellLine, start: number, length: number, all: number) => ({
    offset: (start + (offset / size) * length) / all,
    step: ((stride / size) * length) / all,
  });
  return {
    x: share(cells.x, window.x, window.width, picture.width),
    y: share(cells.y, window.y, window.height, picture.height),
  };
}

/** A tensor's numbers; every output that is read here is float32. */
function numbers({ data }: Tensor): Float32Array {
  return data as Float32Array;
}

function probabilitiesOf(logits: Float32Array, { probabilities }: ModelConfig): Float32Array {
  return probabilities === 'sigmoid' ? logits.map(sigmoid) : softmax(logits);
}

/** Weights `[1,T,n]` as `T` rows of `n`, to five digits; undefined for one row, which says nothing more than the mean. */
function stepRows({ data, shape }: Tensor): number[][] | undefined {
  const [, T, n] = shape as [number, number, number];
  if (T < 2) return undefined;
  const row = (t: number): number[] =>
    Array.from({ length: n }, (_, i) => Number(Number(data[t * n + i]).toFixed(5)));
  return Array.from({ length: T }, (_, t) => row(t));
}

/** The mean over the `T` rows of weights `[1,T,n]`: one weight a frame. */
function meanRow({ data, shape }: Tensor): Float32Array {
  const [, T, n] = shape as [number, number, number];
  return Float32Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let t = 0; t < T; t++) sum += Number(data[t * n + i]);
    return sum / T;
  });
}
