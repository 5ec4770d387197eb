// Which tensors of an ONNX file could be features, by its graph, and which two of them are taken where nobody names any: the
// last of a stage and the last of the one before it, in steps of 32 and 16 pixels; of a transformer its last block and the
// one at two thirds.
import type { Placed, Value } from '../geometry/places.js';
import type { ValueSpec } from '../../runtime/program.js';
import { isReal } from './input.js';
import type { OnnxFacts } from './source.js';

/** A tensor that could be features. */
export interface Candidate {
  name: string;
  rows: number;
  columns: number;
  /** Pixels from one cell to the next, across. */
  stride: number;
  isTokens: boolean;
  /** Whether the file itself gives it out. */
  isOutput: boolean;
}

/** Finer grids than these cost more than they tell: as many cells as a frame of 224 has in steps of 11 pixels. */
const MOST_CELLS = 400;
const LEAST_CELLS = 4;

/**
 * All of them, in the order of the graph: `own`, the outputs that can be grids, last tensors of stages, and the sums along
 * which a transformer's tokens run.
 */
export function candidatesOf({ graph, places }: OnnxFacts, own: readonly { name: string }[]): Candidate[] {
  const outputs = new Set(own.map(({ name }) => name));
  const sums = new Set(blockSums(graph, places));
  const all = [...places].flatMap(([name, value]) => candidateOf(name, value, outputs) ?? []);
  const isLast = ({ name }: Candidate, size: Candidate[]): boolean => size.at(-1)!.name === name;
  return all.filter((one) =>
    one.isTokens
      ? one.isOutput || sums.has(one.name)
      : one.isOutput ||
        isLast(
          one,
          all.filter((other) => !other.isTokens && sameSize(other, one)),
        ),
  );
}

function candidateOf(name: string, value: Value, outputs: ReadonlySet<string>): Candidate | undefined {
  const placed = placedOf(value);
  if (!placed || name === '' || placed.x.stride < 2) return undefined;
  const { y, x, axes } = placed;
  const isGrid = axes?.rank === 4 && axes.y === 2 && axes.x === 3;
  if ((axes && !isGrid) || y.length * x.length < LEAST_CELLS) return undefined;
  const [rows, columns] = [y.length, x.length];
  return { name, rows, columns, stride: x.stride, isTokens: !isGrid, isOutput: outputs.has(name) };
}

/** Outputs that can be grids by what the file says of them: one token alone is a pooled answer. */
export function gridLike(outputs: readonly ValueSpec[]): ValueSpec[] {
  return outputs.filter(
    ({ dtype, shape }) => isReal(dtype) && (shape.length === 4 || (shape.length === 3 && shape[1] !== 1)),
  );
}

/**
 * The one or two that are taken, the finer or earlier first; none where the graph tells of none, or does not tell where
 * the outputs of the file look: these go before what is found inside.
 */
export function chooseTwo(candidates: readonly Candidate[], outputs: readonly ValueSpec[]): Candidate[] {
  const own = candidates.filter(({ isOutput }) => isOutput);
  if (own.length === 0 && outputs.length > 0) return [];
  const end = own.at(-1) ?? candidates.at(-1);
  // Before a transformer's tokens stands the grid of its patches, which are no features yet.
  const last = own.length > 0 || end?.isTokens ? end : coarsest(candidates);
  if (!last) return [];
  const alike = (all: readonly Candidate[]): Candidate[] =>
    all.filter(({ isTokens }) => isTokens === last.isTokens);
  const pairs = [own, candidates].map((all) =>
    last.isTokens ? pairOfBlocks(alike(all), last) : pairOfSteps(alike(all), coarsest(alike(own))),
  );
  return pairs.find(({ length }) => length > 1) ?? pairs[1]!;
}

/** The block at two thirds of the way, and the last. */
function pairOfBlocks(all: readonly Candidate[], last: Candidate): Candidate[] {
  const inner = all.filter((one) => !one.isOutput);
  // A block sums twice, behind attention and behind its two layers: the second of each pair ends it.
  const blocks = inner.length > 0 ? inner.filter((_, i) => i % 2 === 1) : all;
  const at = Math.round((2 * blocks.length) / 3) - 1;
  const other = at < blocks.length - 1 ? blocks[at] : undefined;
  return other && other !== last ? [other, last] : [last];
}

/** The grid `coarse`, by default that of the largest steps, behind that of the next smaller ones. */
function pairOfSteps(all: readonly Candidate[], coarse = coarsest(all)): Candidate[] {
  if (!coarse) return [];
  const finer = all.filter(
    ({ stride, rows, columns }) => stride < coarse.stride && rows * columns <= MOST_CELLS,
  );
  const other = coarsest(finer);
  return other ? [other, coarse] : [coarse];
}

/** The last of those with the largest steps. */
function coarsest(all: readonly Candidate[]): Candidate | undefined {
  const stride = Math.max(...all.map((one) => one.stride));
  return all.findLast((one) => one.stride === stride);
}

/**
 * The sums along which a transformer's tokens run, each of the one before it and of what its block made of that: the longest
 * such chain. Other sums of two places, as in some activations, stand alone.
 */
function blockSums({ nodes }: OnnxFacts['graph'], places: ReadonlyMap<string, Value>): string[] {
  const chains = new Map<string, string[]>();
  for (const { type, inputs, outputs } of nodes) {
    const isSum = type === 'Add' && inputs.every((name) => placedOf(places.get(name)));
    const name = isSum ? outputs[0] : type === 'SkipLayerNormalization' ? outputs[3] : undefined;
    if (!name) continue;
    const before = inputs.map((one) => chains.get(one) ?? []);
    chains.set(name, [...before.reduce((a, b) => (b.length > a.length ? b : a), []), name]);
  }
  return [...chains.values()].reduce((a, b) => (b.length >= a.length ? b : a), []);
}

function placedOf(value: Value | undefined): Placed | undefined {
  return typeof value === 'object' && 'y' in value ? value : undefined;
}

function sameSize(a: Candidate, b: Candidate): boolean {
  return a.rows === b.rows && a.columns === b.columns && a.stride === b.stride;
}
