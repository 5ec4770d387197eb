// One clip's maps, weights and evidence become boxes, tubes and segments. The whole of both ways:
//
//   script    m = mask per frame, 0..1; box = largest rectangle above 200/255; segments = runs of w > 1.15/n
//   evidence  m = product or mean of maps, each stretched to 0..1 on its frame (mm) and smoothed by [1 2 1]/4 in t:
//                 mm(w . x) * mm(change)^.2 where a foreground direction is known, else mm(log alpha) * prod_s mm(|X_s|)
//             where it is known what moves against the camera, boxes lie where that says (motionFactor.ts)
//             box = largest rectangle above a share of the frame's range          mm = min-max of a frame
//             q_tk = s_tk - mean_k s_tk; segment = the window of the class whose step of q fits best
//
// Every constant is an option (options.ts); docs/localisation.md says where each comes from.
import type { Box } from '../result.js';
import { inputError, shapeError } from '../errors.js';
import { actorsOf, type ActorLook, type ActorLooks } from './actors.js';
import { frameBoxes, grow, type Picture, type ScoredBox } from './boxes.js';
import type { DrawnFrames } from './drawnFrames.js';
import { aboveMean, classCurves, eitherOdds, oddsOfNothing } from './curves.js';
import { agree, minMax, mix, smooth, type MapGrid } from './maps.js';
import { timesMotion } from './motionFactor.js';
import { localizeOptions, type LocalizeChoices, type LocalizeOptions, type MapName } from './options.js';
import type { FrameSegment } from './path.js';
import { findSegments } from './segments.js';
import { indexOfMax, linkTubes, smoothTube, type LinkedTube } from './tubes.js';

/** What a model says of one clip: plain arrays, row-major. `n` frames on a grid `h x w`, `K` classes. */
export interface LocalizeInput {
  grid: MapGrid;
  picture: Picture;
  /** When-weights `[n]`; they sum to 1. */
  weights: ArrayLike<number>;
  /** Class probabilities `[K]`. */
  probabilities: ArrayLike<number>;
  /** Masks `[n,h,w]`: the fallback of the map `attention` for heads without joint attention. */
  masks?: ArrayLike<number>;
  /** Log of joint attention `[n,h,w]`. */
  logAttention?: ArrayLike<number>;
  /** Class evidence `[n,h,w,K]`. */
  evidence?: ArrayLike<number>;
  /** Gradient times activation of the best class `[n,h,w]`. */
  activation?: ArrayLike<number>;
  /** Label-free maps `[n,h,w]`: length of the feature vector; difference to the clip's median feature. */
  featureNorm?: ArrayLike<number>;
  medianDifference?: ArrayLike<number>;
  /** Length of the feature vector at each of `S` scales, `[S,n,h,w]`; without it the map `scaleNorms` is `featureNorm`. */
  scaleNorms?: ArrayLike<number>;
  /** Label-free maps `[n,h,w]` of a model that tells who acts: the foreground direction, change from frame to frame. */
  foreground?: ArrayLike<number>;
  change?: ArrayLike<number>;
  /** What moves against the camera, `[n,h,w]`, where the frames beside the sampled ones are known. */
  motion?: ArrayLike<number>;
  /** Scores of every class and, last, of nothing, `[n,K+1,h,w]`. */
  actorScores?: ArrayLike<number>;
  /** Log odds `[n]` that a frame shows none of what the model learnt, where that is known. */
  other?: ArrayLike<number>;
  /** Classes whose actors are asked for, whether they are likely or not. */
  askedClasses?: readonly number[];
  /** Whether a second look chooses between names: more of them are then likely in the first one (`who.near`). */
  isNear?: boolean;
  /** The class whose place is asked for; by default that of a frame's segment, and outside of segments the most probable one. */
  classIndex?: number;
  /** Of the stream whose windows are answered, one after another. */
  drawn?: DrawnFrames;
}

/** Where and when in one clip. */
export interface Localization {
  /** Box (null on a flat map), its score (contrast of the map, -1..1) and the pointing point, one a frame. */
  frames: { box: Box | null; score: number; point: [x: number, y: number] }[];
  /**
   * Where motion against the camera chose the boxes: the map `[n,h,w]` that they were drawn from, and those drawn without it,
   * which say how large things are.
   */
  moving?: Float32Array;
  sizes?: Localization['frames'];
  /** Segments in sampled frames, best first; `toSegment` turns one into seconds. */
  segments: FrameSegment[];
  /** The where-map that the boxes were drawn from, without motion against the camera, `[n,h,w]` in 0..1: what pictures of the answer show. */
  map: Float32Array;
  /**
   * Evidence of every frame and class `[n,K]`, pooled over cells, if there is evidence: above the mean of classes, or
   * with `when.probability` `sigmoid` above an even chance.
   */
  curves?: Float32Array;
  /** Log odds `[n]` of nothing, or of something else, against all classes, of models that know either. */
  nothing?: Float32Array;
  /** What the curves mean. */
  probability: LocalizeOptions['when']['probability'];
  /** All candidate tubes, best first. */
  tubes: LinkedTube[];
  /** Who does what, best first, where the model has scores for it. */
  actors?: ActorLook[];
  /** What is told instead where several act by the first look, but one by a second that chooses. */
  alone?: { actor: ActorLook; segments: FrameSegment[] };
}

/** Boxes and segments of one clip. @throws WhereWhenError `shape` where an array does not fit the grid. */
export function localize(
  input: LocalizeInput,
  choices: LocalizeChoices | Record<string, unknown> = {},
): Localization {
  const options = localizeOptions(choices);
  check(input);
  const cut = cutSegments(input, options.when);
  const map = whereMap(input, options.where, classesOfFrames(input, cut.segments));
  const { probability } = options.when;
  const { drawn, ...byCamera } = byMotion(map, input, options.where);
  const who = whoActs(input, options, { map, frames: drawn.frames, segments: cut.segments });
  const seen = { map, probability, ...drawn, ...byCamera, ...cut, ...(who && { actors: who.actors }) };
  if (!who || who.actors.filter(({ isShown }) => isShown).length < 2) return seen;
  const alone = who.alone && { actor: who.alone, segments: cut.segments };
  return { ...seen, segments: segmentsOfActors(who.actors), ...(alone && { alone }) };
}

/** Boxes that know no class: of who moves against the camera, where that is known and asked for. */
function byMotion(
  map: Float32Array,
  input: LocalizeInput,
  options: LocalizeOptions['where'],
): { drawn: ReturnType<typeof drawBoxes> } & Pick<Localization, 'moving' | 'sizes'> {
  const { motion: rules, smoothTime } = options;
  const plain = drawBoxes(map, input, options);
  const moving = timesMotion(map, input.motion, input.grid, rules && { ...rules, smoothTime });
  return moving === map
    ? { drawn: plain }
    : { drawn: drawBoxes(moving, input, options), moving, sizes: plain.frames };
}

/** Of several that act every one has its own times; those that were only asked for tell none. */
export function segmentsOfActors(actors: readonly ActorLook[]): FrameSegment[] {
  const told = actors.filter(({ isShown }) => isShown);
  return told.flatMap(({ segments }) => segments).sort((a, b) => b.score - a.score);
}

/** Who does what, by the scores of classes at cells, where the model has them. */
function whoActs(
  input: LocalizeInput,
  options: LocalizeOptions,
  { map, frames, segments }: Pick<Localization, 'map' | 'frames' | 'segments'>,
): ActorLooks | undefined {
  const { actorScores: scores, grid, picture, probabilities, isNear, askedClasses: asked = [] } = input;
  if (!scores) return undefined;
  const who = { ...options.who, ...(isNear && options.who.near) };
  const draw = (own: Float32Array) => drawBoxes(own, input, options.where).frames;
  const classes = probabilities.length;
  const given = { scores, classes, grid, picture, probabilities, foreground: map, frames, segments, asked };
  return actorsOf({ ...given, draw, isNear }, { ...options, who });
}

/** The class that each frame is asked for, `[n]`; of segments that overlap the first one counts. */
function classesOfFrames(
  { grid, classIndex, probabilities }: LocalizeInput,
  segments: readonly FrameSegment[],
): Int32Array {
  const asked = new Int32Array(grid.frames).fill(classIndex ?? indexOfMax(probabilities));
  if (classIndex !== undefined) return asked;
  for (const { classIndex: k, from, to } of segments.toReversed()) asked.fill(k, from, to);
  return asked;
}

/** The mixed map `[n,h,w]` in 0..1 that boxes are drawn from, for the class `[n]` that each frame is asked for. */
export function whereMap(
  input: LocalizeInput,
  options: LocalizeOptions['where'],
  classOf: ArrayLike<number>,
): Float32Array {
  const { grid } = input;
  const maps = Object.entries(options.maps).flatMap(([name, weight]) => {
    const raws = weight > 0 ? mapsOf(name as MapName, input, classOf) : [];
    return raws.map((raw) => {
      const calm = smooth(raw, grid, options.smoothSpace, options.smoothTime);
      return { values: minMax(calm, grid, options.normalise), weight };
    });
  });
  if (maps.length > 0) return options.combine === 'product' ? agree(maps, grid, options.floor) : mix(maps);
  const asked = Object.keys(options.maps).join(', ');
  throw inputError('localize.where.maps', 'at least one map that this model gives', asked || 'none');
}

/** The raw maps of one name: none where the model does not give it, several of `scaleNorms`. */
function mapsOf(name: MapName, input: LocalizeInput, classOf: ArrayLike<number>): ArrayLike<number>[] {
  const { scaleNorms, grid } = input;
  if (name === 'scaleNorms' && scaleNorms) {
    const all = Float32Array.from(scaleNorms);
    const size = grid.frames * grid.height * grid.width;
    return Array.from({ length: all.length / size }, (_, s) => all.subarray(s * size, (s + 1) * size));
  }
  return [mapOf(name, input, classOf) ?? []].filter(({ length }) => length > 0);
}

/** One raw map by name, or undefined where the model does not give it. */
function mapOf(
  name: MapName,
  input: LocalizeInput,
  classOf: ArrayLike<number>,
): ArrayLike<number> | undefined {
  if (name === 'attention') return finite(input.logAttention) ?? input.masks;
  if (name === 'featureNorm' || name === 'scaleNorms') return input.featureNorm;
  if (name === 'medianDifference') return input.medianDifference;
  if (name === 'activation' || name === 'foreground' || name === 'change') return input[name];
  const q = input.evidence && classEvidence(input.evidence, input, classOf);
  if (q === undefined) return undefined;
  if (name === 'classEvidence') return q.map((value) => Math.max(0, value));
  const log = input.logAttention;
  return log && q.map((value, i) => Math.exp(log[i]!) * Math.max(0, value));
}

/** A cell whose attention is exactly 0 has log -Infinity, which smoothing would spread: it becomes the least finite value. */
function finite(log: ArrayLike<number> | undefined): Float32Array | undefined {
  if (log === undefined) return undefined;
  const out = Float32Array.from(log);
  const least = out.reduce((low, x) => (Number.isFinite(x) && x < low ? x : low), Infinity);
  return out.map((x) => (Number.isFinite(x) ? x : Number.isFinite(least) ? least : 0));
}

/** `q_ipk = s_ipk - mean_k s_ipk` of one class a frame, `[n,h,w]`. */
function classEvidence(
  evidence: ArrayLike<number>,
  { grid, probabilities }: LocalizeInput,
  classOf: ArrayLike<number>,
): Float32Array {
  const classes = probabilities.length;
  const cells = grid.height * grid.width;
  return Float32Array.from({ length: evidence.length / classes }, (_, cell) => {
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += evidence[cell * classes + c]!;
    return evidence[cell * classes + classOf[Math.floor(cell / cells)]!]! - sum / classes;
  });
}

function drawBoxes(
  map: Float32Array,
  { grid, picture, drawn }: LocalizeInput,
  options: LocalizeOptions['where'],
): Pick<Localization, 'frames' | 'tubes'> {
  const cells = grid.height * grid.width;
  const rules = { ...options, growth: 1, cells: grid.cells }; // boxes grow once they are chosen, so that linking sees the bare regions
  const draw = (row: Float32Array) => frameBoxes(row, grid.height, grid.width, picture, rules);
  const rows = Array.from({ length: grid.frames }, (_, t) => map.subarray(t * cells, (t + 1) * cells));
  const found = drawn ? drawn.of(rows, picture, draw) : rows.map(draw);
  const linked = linkTubes(
    found.map(({ boxes }) => boxes),
    { linkWeight: options.linkWeight || 1, count: options.candidates },
  );
  const best = options.linkWeight > 0 ? linked[0]?.boxes : found.map(({ boxes }) => boxes[0] ?? null);
  const chosen = finish(best ?? [], options, picture);
  const frames = found.map(({ point }, t) => {
    const own = chosen[t] ?? null;
    return { box: own?.box ?? null, score: own?.score ?? 0, point };
  });
  const tubes = strongTubes(linked, options.minimumTube).map(({ boxes, score }) => ({
    boxes: finish(boxes, options, picture),
    score,
  }));
  return { frames, tubes };
}

/** Tubes of which enough is there: score times frames, against the best. The first is always kept. */
function strongTubes(tubes: readonly LinkedTube[], share: number): LinkedTube[] {
  const strength = ({ boxes, score }: LinkedTube): number =>
    score * boxes.filter((box) => box !== null).length;
  const most = tubes.reduce((high, tube) => Math.max(high, strength(tube)), 0);
  return tubes.filter((tube, i) => i === 0 || strength(tube) >= share * most);
}

function finish(
  boxes: LinkedTube['boxes'],
  { smoothBoxes, growth }: LocalizeOptions['where'],
  picture: Picture,
): (ScoredBox | null)[] {
  return smoothTube(boxes, smoothBoxes).map(
    (scored) => scored && { box: grow(scored.box, growth, picture), score: scored.score },
  );
}

function cutSegments(
  input: LocalizeInput,
  options: LocalizeOptions['when'],
): Pick<Localization, 'segments' | 'curves' | 'nothing'> {
  const { grid, weights, probabilities, evidence, logAttention, masks } = input;
  const base = { frames: grid.frames, classes: probabilities.length, weights, probabilities };
  if (!evidence) return { segments: findSegments(base, options) };
  const attention = logAttention ? Float32Array.from(logAttention, Math.exp) : masks;
  const curves = classCurves(evidence, grid, base.classes, attention, options);
  const q = options.probability === 'sigmoid' ? curves : aboveMean(curves, base.classes);
  const shared = options.curve === 'contribution' ? byWeight(q, weights, base.classes) : q;
  const { actorScores, other } = input;
  const nothing = eitherOdds(actorScores && oddsOfNothing(actorScores, grid, base.classes), other);
  const segments = findSegments({ ...base, curves, q: shared, nothing }, options);
  return { segments, curves: q, ...(nothing && { nothing }) };
}

/** Curves times `n * w_t`: uniform weights leave them as they are. */
function byWeight(q: Float32Array, weights: ArrayLike<number>, classes: number): Float32Array {
  const frames = q.length / classes;
  return q.map((value, i) => value * weights[Math.floor(i / classes)]! * frames);
}

function check(input: LocalizeInput): void {
  const { frames, height, width } = input.grid;
  const places = frames * height * width;
  const lengths: [keyof LocalizeInput, number][] = [
    ['weights', frames],
    ['masks', places],
    ['logAttention', places],
    ['featureNorm', places],
    ['activation', places],
    ['medianDifference', places],
    ['scaleNorms', places * Math.max(1, Math.round((input.scaleNorms?.length ?? 0) / places))],
    ['evidence', places * input.probabilities.length],
    ['foreground', places],
    ['change', places],
    ['motion', places],
    ['other', frames],
    ['actorScores', places * (input.probabilities.length + 1)],
  ];
  for (const [name, expected] of lengths) {
    const array = input[name] as ArrayLike<number> | undefined;
    if (array === undefined || array.length === expected) continue;
    throw shapeError(
      `localize.${name}`,
      `${expected} numbers for ${frames} frames of ${height} x ${width}`,
      `${array.length}`,
    );
  }
}
