// Every rule and constant by which boxes and segments are drawn, as one parsed object that a model's
// config.json can hold. Two named sets of defaults: the released scripts' way and ours.
import { z } from 'zod';
import { factor, passes, positiveFactor } from '../bounds.js';
import { usageError } from '../errors.js';

/** What a where-map can be mixed from; each is brought to 0..1 before it is weighed. */
export const MAP_NAMES = [
  'attention', // log attention (the mask itself for heads that have no joint attention)
  'contribution', // attention times the positive evidence of the class: the cell's share of the logit
  'classEvidence', // evidence of the class above the mean of all classes; below it counts as none
  'medianDifference', // label-free: difference of the features to the clip's median, sees what moves
  'featureNorm', // label-free: length of the feature vector
  'activation', // gradient of the best logit times activation, for heads that have no evidence
  'scaleNorms', // label-free: that length at each scale of the backbone, one map a scale
  'foreground', // label-free: the direction that tells people and things from their surroundings
  'change', // label-free: change of the features from frame to frame
] as const;
/** The name of one where-map. */
export type MapName = (typeof MAP_NAMES)[number];

const share = z.number().min(0).max(1);
const margin = factor.max(100).default(0);
const mapWeights = z.partialRecord(z.enum(MAP_NAMES), factor);

/** How a box is cut out of the map of a square. */
const cut = {
  /** Share of the range. */
  threshold: share.default(0.55),
  /**
   * A box grows by so many cells of the square on each side. A high threshold parts what a low one would join, but cuts too
   * tight, most of all at head and feet.
   */
  margin: z.strictObject({ x: margin, y: margin }).default({ x: 0, y: 0 }),
  /** Power of the first look's map as a factor of the square's; 0 leaves it out. */
  prior: factor.max(100).default(0),
};

/** How what a first look found is looked at again (looks.ts). */
export const SecondLook = z.strictObject({
  /** Side of the square in longer sides of the boxes, passes of [1 2 1]/4 over their centres. */
  factor: positiveFactor.max(100).default(1.5),
  smoothCentres: passes.default(1),
  /** Passes of smoothing in time of the map `foreground` in the square. */
  smoothTime: passes.default(1),
  /** Least mean IoU of the squares of two things at which they are looked at once, in those of the first. */
  shared: share.default(1),
  ...cut,
  /** How boxes of several actors are cut, each of a square of its own; by default as all others. */
  apart: z.strictObject(cut).optional(),
});
/** How what a first look found is looked at again. */
export type SecondLook = z.infer<typeof SecondLook>;

/** How what moves against the camera counts in a first look (motionFactor.ts): its power, and its least value. */
export const MotionFactor = z.strictObject({
  power: factor.max(100).default(0.15),
  floor: share.default(0.05),
});
/** How what moves against the camera counts in a first look. */
export type MotionFactor = z.infer<typeof MotionFactor>;

/** How classes share the picture (whoActs.ts). */
export const WhoOptions = z.strictObject({
  /** Cells that scores are averaged over, and passes of [1 2 1]/4 in time. */
  neighbourhood: z.int().min(1).max(4_096).default(5),
  smoothTime: passes.default(16),
  /** Power of a class's share in its map. */
  power: factor.max(100).default(0.5),
  /** Power there of where the class is during the whole clip. */
  overall: factor.max(100).default(0),
  /** A class of several that act must reach this in its best window. */
  least: share.default(0.5),
  /** Least share of the foreground in a class's window that lies outside the windows of surer ones (names.ts). */
  own: share.default(0),
  /**
   * Least mean IoU of the squares around two likely classes at which they are one thing, which acts once, under its likeliest name;
   * without it they are where their boxes overlap by half.
   */
  together: share.optional(),
  /**
   * In a second look, of models that know what squares show: power of a class's share there beside its score in the first one when
   * a thing is named, and the share of nothing above which a thing of several is not told (closeNames.ts).
   */
  close: factor.max(100).default(1),
  nothing: share.default(0.5),
  /** How many times an even share, 1 / (K + 1), the name of a thing of several must have there, or the thing is not told. */
  chance: factor.max(1_000).default(0),
  /** `least` and `own` of the classes that such a look chooses from; without it the same. */
  near: z.strictObject({ least: share, own: share }).optional(),
  /**
   * Least share of the frames on which the map of a class that acts alone peaks in the box that knows no class, or beside it: below,
   * that box is of something else, and its own map answers.
   */
  alone: share.default(0),
});
/** How classes share the picture. */
export type WhoOptions = z.infer<typeof WhoOptions>;

/** How a box is drawn on each frame. */
export const WhereOptions = z.strictObject({
  /** Weights of the maps, or their powers in a product; maps that a model does not give are left out. */
  maps: mapWeights.default({ attention: 1, scaleNorms: 1 }),
  /** `product`: a place counts where all maps agree. `mean`: where they do on average. */
  combine: z.enum(['product', 'mean']).default('product'),
  /** Least value of every map in a product, so that one which is 0 at a place does not say the last word. */
  floor: share.default(0),
  /** Stretch every map to 0..1 on each frame alone, or over the whole clip. */
  normalise: z.enum(['frame', 'clip']).default('frame'),
  /** Passes of [1 2 1]/4 over the map, in y and x and in time. */
  smoothSpace: passes.default(0),
  smoothTime: passes.default(1),
  /** Share of the frame's range above which a pixel belongs to a region: one half is the width at half height. */
  threshold: share.default(0.5),
  /** Which region is the box: largest bounding rectangle, highest peak, or most mass above the threshold. */
  region: z.enum(['rectangle', 'peak', 'mass']).default('rectangle'),
  /** Longer side of the picture on which regions are looked for; 0 is the source picture itself. */
  resolution: z.int().min(0).max(4_096).default(192),
  /** Boxes grow around their centre by this factor (clipped to the picture). */
  growth: positiveFactor.max(100).default(1),
  /** Candidates kept a frame for linking, and the weight of overlap with the neighbour frame (0: no linking). */
  candidates: z.int().min(1).max(1_000).default(4),
  linkWeight: factor.default(0),
  /** Tubes are linked from all candidates; one is kept whose score times frames is at least this share of the best one's. */
  minimumTube: share.default(0.5),
  /** Passes of [1 2 1]/4 over the corners of a tube's boxes. */
  smoothBoxes: passes.default(0),
  /** A second look at what the first one found; without it the first is the answer. */
  second: SecondLook.optional(),
  /** What moves against the camera as a factor of the map that says where the box lies that knows no class, where it is known. */
  motion: MotionFactor.optional(),
});
/** How a box is drawn on each frame. */
export type WhereOptions = z.infer<typeof WhereOptions>;

/** How segments are cut out of a clip. */
export const WhenOptions = z.strictObject({
  /** What is read over time: class evidence, attention times evidence, or the when-weights. */
  curve: z.enum(['evidence', 'contribution', 'weights']).default('evidence'),
  /** How a frame's cells become one number a class: plain mean, mean by the mask, or mean of the best cells. */
  pool: z.enum(['mean', 'mask', 'top']).default('mean'),
  /** Share of the cells that `top` averages. */
  topShare: share.default(0.1),
  /** Passes of [1 2 1]/4 over the curve. */
  smooth: passes.default(1),
  /**
   * `window`: sum q / sqrt(length). `step`: the best two-level curve. `threshold`: runs of high weight. `path`: one class a
   * frame, changes at a price; the clip is then full of segments, and `maximumSegments` keeps the best.
   */
  rule: z.enum(['window', 'step', 'threshold', 'path']).default('step'),
  /** The rule for a long video that is looked at in windows, where many classes follow each other; by default the same. */
  longRule: z.enum(['window', 'step', 'threshold', 'path']).optional(),
  /**
   * What evidence means: `softmax`, shares of a frame between the classes; `sigmoid`, every class by itself, an even chance
   * at 0. `path` then leaves frames without a class where nothing is more likely than not.
   */
  probability: z.enum(['softmax', 'sigmoid']).default('softmax'),
  /** Shortest and longest segment, as a share of the frames. */
  minimumShare: share.default(0.15),
  maximumShare: share.default(1),
  /** `window`: weight of the mean just outside (a quarter of the length each side) against the mean inside. */
  outerWeight: factor.default(0),
  outerShare: share.default(0.25),
  /** `step`: below this (inside - outside) / |inside| nothing changes in the clip, and it is one segment. */
  minimumContrast: factor.default(0.3),
  /** `threshold`: a frame is kept when its weight is above this multiple of the uniform weight 1/n. */
  threshold: factor.default(1.15),
  /** Segments a clip, classes looked at (most probable first), and least rule value as a share of the best. */
  maximumSegments: z.int().min(1).max(100_000).default(1),
  maximumClasses: z.int().min(1).max(100_000).default(1),
  /** Classes below this probability are not looked for; the most probable one always is. */
  minimumProbability: share.default(0),
  minimumScore: share.default(0.5),
  /** Segments of different classes that overlap more than this: the weaker is dropped. */
  suppression: share.default(0.5),
});
/** How segments are cut out of a clip. */
export type WhenOptions = z.infer<typeof WhenOptions>;

/** All rules of localisation; `way` says which set of defaults the rest was filled from. */
export const LocalizeOptions = z.strictObject({
  way: z.enum(['evidence', 'script']).default('evidence'),
  where: WhereOptions.prefault({}),
  when: WhenOptions.prefault({}),
  /** Who does what, of models that have scores for every class and nothing. */
  who: WhoOptions.prefault({}),
});
/** All rules of localisation, every field present. */
export type LocalizeOptions = z.infer<typeof LocalizeOptions>;

/** What a caller or a file may leave out of {@link LocalizeOptions}. */
export interface LocalizeChoices {
  way?: LocalizeOptions['way'];
  where?: z.input<typeof WhereOptions>;
  when?: z.input<typeof WhenOptions>;
  who?: z.input<typeof WhoOptions>;
}

/** The released scripts: the mask alone, above 200 of 255, on 320 pixels; frames whose weight is above 1.15/n. */
const SCRIPT = {
  where: {
    maps: { attention: 1 },
    combine: 'mean',
    smoothSpace: 0,
    smoothTime: 0,
    threshold: 200 / 255,
    resolution: 320,
  },
  when: {
    curve: 'weights',
    rule: 'threshold',
    smooth: 0,
    minimumShare: 0,
    maximumSegments: 100,
    minimumScore: 0,
  },
} as const;

/** What goes with heads that have masks and weights only, when they are read by evidence. */
const ACTIVATION = {
  way: 'evidence',
  where: { maps: { activation: 1, scaleNorms: 1 } },
  when: { curve: 'weights' },
} as const;

/** A model's own choices where they are of the way that is asked for, else the defaults of that way. */
export function waysOf(
  own: LocalizeChoices | Record<string, unknown>,
  way: LocalizeOptions['way'],
): Record<string, unknown> {
  if (way === (own.way ?? 'evidence')) return { ...own };
  return way === 'script' ? { way } : { ...ACTIVATION };
}

/**
 * Fills in what `choices` (from code or from a model's config.json) leaves out, from the defaults of its way.
 *
 * @throws WhereWhenError `usage` with the option's path, e.g. `localize.where.threshold`.
 */
export function localizeOptions(choices: LocalizeChoices | Record<string, unknown> = {}): LocalizeOptions {
  for (const part of ['where', 'when', 'who'] as const) requireObject(choices[part], part);
  const base = choices.way === 'script' ? SCRIPT : { where: {}, when: {} };
  const parsed = LocalizeOptions.safeParse({
    ...choices,
    where: { ...base.where, ...(choices.where as object | undefined) },
    when: { ...base.when, ...(choices.when as object | undefined) },
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const path = ['localize', ...issue.path].join('.');
  throw usageError(path, issue.message);
}

/** A part that is filled in from defaults must be an object: of anything else nothing would be taken, without a word. */
function requireObject(part: unknown, name: string): void {
  if (part === undefined || (typeof part === 'object' && part !== null && !Array.isArray(part))) return;
  const received = JSON.stringify(part)?.slice(0, 40);
  throw usageError(`localize.${name}`, 'an object of rules', received);
}
