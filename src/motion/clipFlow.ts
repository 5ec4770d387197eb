// The flow of a whole clip, small enough to be kept: where the actor is becomes known later, and the rows of any boxes
// are then read from it. Each field is kept in 8 bits a number, as the signed root of its share of the field's longest
// component: slow motion, which is most of a field, keeps its fine steps.
import { formatError } from '../errors.js';
import type { Tensors } from '../tensor.js';
import { stillFlow, type Flow } from './field.js';
import { boxesAt, type TimedBoxes } from './fieldBox.js';
import { clipRows, pairRows, type RowParts } from './flowRows.js';
import type { Extent } from './pyramid.js';

/** Flow of pairs of neighbouring frames, `n` fields of `height x width`. */
export interface ClipFlow extends Extent {
  /** Size of the source picture, whose pixels boxes are in. */
  picture: Extent;
  /** Place of each pair's first frame in decoded order. */
  frames: Int32Array;
  /** Seconds in the middle of each pair. */
  times: Float64Array;
  /** Seconds from a pair's first frame to its second: the median of the clip. */
  seconds: number;
  /** 1 where a pair lies over a cut. */
  cuts: Uint8Array;
  /** Largest `|u|` or `|v|` of each field, in pixels of the field. */
  largest: Float32Array;
  /** `[n, height, width]`: `u = sign(q) (q / 127)^2 largest`. */
  u: Int8Array;
  v: Int8Array;
}

/** Numbers of an actor's clip. */
export interface ClipRows {
  /** `[3 thirds, 3 rows of cells, 27]`. */
  rows: Float32Array;
  /** Pairs that the rows are made of. */
  pairs: number;
  /** Pairs that were left out because they lie over a cut. */
  cuts: number;
}

/** One pair of frames as it is measured. */
export interface MeasuredPair {
  frame: number;
  startSeconds: number;
  endSeconds: number;
  isCut: boolean;
}

const STEPS = 127;
/** Where a clip's times tell nothing, as in one with a single frame. */
const FALLBACK_SECONDS = 1 / 25;

/** Collects the fields of a clip, pair after pair. */
export class FlowRecorder {
  readonly #pairs: (MeasuredPair & { field: PackedField })[] = [];

  /** `field` is the size of the fields to come. */
  constructor(
    readonly picture: Extent,
    readonly field: Extent,
  ) {}

  /** Adds a pair; the field is copied. */
  add(flow: Flow, pair: MeasuredPair): void {
    this.#pairs.push({ ...pair, field: packField(flow) });
  }

  /** All that was added. */
  finish(): ClipFlow {
    const pairs = this.#pairs;
    const area = this.field.width * this.field.height;
    const flow: ClipFlow = {
      width: this.field.width,
      height: this.field.height,
      picture: this.picture,
      frames: Int32Array.from(pairs, ({ frame }) => frame),
      times: Float64Array.from(pairs, ({ startSeconds, endSeconds }) => (startSeconds + endSeconds) / 2),
      seconds: medianSeconds(pairs),
      cuts: Uint8Array.from(pairs, ({ isCut }) => Number(isCut)),
      largest: Float32Array.from(pairs, ({ field }) => field.largest),
      u: new Int8Array(pairs.length * area),
      v: new Int8Array(pairs.length * area),
    };
    pairs.forEach(({ field }, i) => {
      flow.u.set(field.u, i * area);
      flow.v.set(field.v, i * area);
    });
    return flow;
  }
}

/**
 * The rows of an actor whose boxes are known at some times, in pixels of the source picture. Boxes between are drawn by
 * straight lines; without any box the rows are zeros and `pairs` is 0. Pairs over a cut are left out and counted.
 * Throws a WhereWhenError (`shape`, `input`) where the boxes cannot be used.
 */
export function rowsOf(flow: ClipFlow, boxes: TimedBoxes, parts: RowParts = {}): ClipRows {
  const at = boxesAt(boxes, flow.times);
  const facts = { picture: flow.picture, seconds: flow.seconds, isSteadied: parts.isSteadied };
  const memory = stillFlow(flow);
  const pairs = at.map((box, i) =>
    box && !flow.cuts[i] ? pairRows(fieldOf(flow, i, memory), box, facts) : null,
  );
  const cuts = flow.cuts.reduce((sum, cut) => sum + cut, 0);
  return { rows: clipRows(pairs, parts), pairs: pairs.filter((pair) => pair !== null).length, cuts };
}

/** Whether any pair lies within one scene, so that there is motion to look at. */
export function hasPairs({ cuts }: Pick<ClipFlow, 'cuts'>): boolean {
  return cuts.includes(0);
}

/** One sentence for pairs, of `total` neighbouring ones, that were passed over, and one for cuts. */
export function flowWarnings(flow: Pick<ClipFlow, 'frames' | 'cuts'>, total: number): string[] {
  const [seen, cuts] = [flow.frames.length, flow.cuts.reduce((sum, cut) => sum + cut, 0)];
  const warnings: string[] = [];
  if (seen < total) warnings.push(`motion: ${seen} of ${total} neighbouring frames looked at, evenly chosen`);
  if (cuts > 0) warnings.push(`motion: ${cuts === 1 ? '1 cut' : `${cuts} cuts`} left out`);
  return warnings;
}

/** The field of pair `i`, in memory of its own or that which is given. */
export function fieldOf(clip: ClipFlow, i: number, to: Flow = stillFlow(clip)): Flow {
  const unit = clip.largest[i]! / STEPS ** 2;
  const first = i * clip.width * clip.height;
  unpackPlane(clip.u, first, unit, to.u);
  unpackPlane(clip.v, first, unit, to.v);
  return to;
}

// plain loops: `from` and `map` of typed arrays take several times as long
function unpackPlane(from: Int8Array, first: number, unit: number, to: Float32Array): void {
  for (let i = 0; i < to.length; i++) {
    const q = from[first + i]!;
    to[i] = q * Math.abs(q) * unit;
  }
}

function packPlane(from: Float32Array, largest: number): Int8Array {
  const to = new Int8Array(from.length);
  const scale = largest > 0 ? STEPS ** 2 / largest : 0;
  for (let i = 0; i < to.length; i++) {
    const x = from[i]!;
    const q = Math.floor(Math.sqrt(Math.abs(x) * scale) + 0.5);
    to[i] = x < 0 ? -q : q;
  }
  return to;
}

interface PackedField {
  largest: number;
  u: Int8Array;
  v: Int8Array;
}

function packField({ u, v }: Flow): PackedField {
  const largest = Math.max(largestOf(u), largestOf(v));
  return { largest, u: packPlane(u, largest), v: packPlane(v, largest) };
}

function largestOf(plane: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < plane.length; i++) {
    const size = Math.abs(plane[i]!);
    if (size > largest) largest = size;
  }
  return largest;
}

function medianSeconds(pairs: readonly MeasuredPair[]): number {
  const gaps = pairs
    .map(({ startSeconds, endSeconds }) => endSeconds - startSeconds)
    .filter((gap) => gap > 0)
    .sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? FALLBACK_SECONDS;
}

/** Names of the tensors that a clip's flow is stored as. */
const NAMES = [
  'flow.u',
  'flow.v',
  'flow.largest',
  'flow.frames',
  'flow.times',
  'flow.cuts',
  'flow.facts',
] as const;

/** A clip's flow as named tensors, for a file. The signed bytes of `u` and `v` are stored as the same bits unsigned. */
export function flowTensors(flow: ClipFlow): Tensors {
  const { width, height, picture, frames } = flow;
  const [n, shape] = [[frames.length], [frames.length, height, width]];
  const bytes = ({ buffer, byteOffset, length }: Int8Array): Uint8Array =>
    new Uint8Array(buffer, byteOffset, length);
  return {
    'flow.u': { dtype: 'uint8', shape, data: bytes(flow.u) },
    'flow.v': { dtype: 'uint8', shape, data: bytes(flow.v) },
    'flow.largest': { dtype: 'float32', shape: n, data: flow.largest },
    'flow.frames': { dtype: 'int32', shape: n, data: flow.frames },
    'flow.times': { dtype: 'float64', shape: n, data: flow.times },
    'flow.cuts': { dtype: 'uint8', shape: n, data: flow.cuts },
    'flow.facts': {
      dtype: 'float64',
      shape: [3],
      data: Float64Array.of(picture.width, picture.height, flow.seconds),
    },
  };
}

/** The flow that {@link flowTensors} made. Throws a WhereWhenError (`format`) where a tensor is missing or has another type. */
export function flowFromTensors(tensors: Tensors): ClipFlow {
  const missing = NAMES.find((name) => !tensors[name]);
  if (missing) throw formatError(missing, 'a tensor of a stored flow', 'none');
  const [u, v, largest, frames, times, cuts, facts] = NAMES.map((name) => tensors[name]!.data) as [
    ...[Uint8Array, Uint8Array, Float32Array, Int32Array, Float64Array, Uint8Array, Float64Array],
  ];
  const signed = ({ buffer, byteOffset, length }: Uint8Array): Int8Array =>
    new Int8Array(buffer, byteOffset, length);
  const [, height, width] = tensors['flow.u']!.shape as [number, number, number];
  const picture = { width: facts[0]!, height: facts[1]! };
  return {
    width,
    height,
    picture,
    frames,
    times,
    seconds: facts[2]!,
    cuts,
    largest,
    u: signed(u),
    v: signed(v),
  };
}
