// Dense flow between neighbouring grey pictures, from coarse to fine: patches are searched at each size (patchSearch.ts),
// the field is made smooth and exact (refine.ts) and starts the next size. The finest field has half of the picture's
// sides: on 160 x 120 pictures that is where OpenCV's `DISOpticalFlow` MEDIUM stops too, and the full size costs four
// times as much.
import { shapeError } from '../errors.js';
import { flowFit, type FlowFit } from './cuts.js';
import { resizeFlow, stillFlow, type Flow } from './field.js';
import { patchesOf, searchPatches, type Patches } from './patchSearch.js';
import { emptyPyramid, fillPyramid, type Extent, type PyramidLevel } from './pyramid.js';
import { refineFlow, refinementOf, type Refinement, type RefineRules } from './refine.js';

/** OpenCV's weights; of its 5 x 5 sweeps, 2 x 3 agree as well on real clips (docs/motion.md). */
const RULES: RefineRules = { smoothness: 20, grey: 5, gradient: 10, rounds: 2, sweeps: 3 };
const SMALLEST_SIDE = 32;

interface FlowScale {
  flow: Flow;
  patches: Patches;
  refinement: Refinement;
}

/** Flow from picture to picture of one size; keeps its memory and the last picture's pyramid. */
export class DenseFlow {
  readonly #size: Extent;
  /** From half of the picture's sides down; each stands beside its level of the pyramids. */
  readonly #scales: FlowScale[];
  #before: PyramidLevel[];
  #after: PyramidLevel[];
  #hasPicture = false;

  /** Throws a WhereWhenError (`shape`) for pictures with a side below 32 pixels. */
  constructor({ width, height }: Extent) {
    checkSize(width, height);
    this.#size = { width, height };
    this.#before = emptyPyramid(this.#size);
    this.#after = emptyPyramid(this.#size);
    this.#scales = this.#before.slice(1).map((level) => ({
      flow: stillFlow(level),
      patches: patchesOf(level),
      refinement: refinementOf(level),
    }));
  }

  /** Forgets the last picture: the next one starts anew. */
  restart(): void {
    this.#hasPicture = false;
  }

  /**
   * Takes the next grey picture `[height, width]`, 0..255. Returns the flow from the one before it to it, `[floor(height / 2),
   * floor(width / 2)]` in pixels of that half size, or undefined for a first picture. The field is overwritten by the next call.
   * Throws a WhereWhenError (`shape`) where the picture has another size.
   */
  next(grey: Uint8Array): Flow | undefined {
    checkPicture(grey, this.#size);
    [this.#before, this.#after] = [this.#after, this.#before];
    fillPyramid(this.#after, grey);
    const isFirst = !this.#hasPicture;
    this.#hasPicture = true;
    return isFirst ? undefined : this.#descend();
  }

  /** How well the last flow carries its first picture into the second; needs two pictures. */
  fit(): FlowFit {
    return flowFit(this.#before[1]!, this.#after[1]!, this.#scales[0]!.flow);
  }

  #descend(): Flow {
    for (let i = this.#scales.length - 1; i >= 0; i--) {
      const { flow, patches, refinement } = this.#scales[i]!;
      const coarser = this.#scales[i + 1]?.flow;
      if (coarser) resizeFlow(coarser, flow);
      else clear(flow);
      const [before, after] = [this.#before[i + 1]!, this.#after[i + 1]!];
      searchPatches(before, after, flow, patches);
      refineFlow(before, after, flow, refinement, RULES);
    }
    return this.#scales[0]!.flow;
  }
}

/**
 * Flow from one grey picture `[height, width]` to another: `u` and `v`, `[height, width]` each, in pixels. The field is
 * computed at half of the sides and enlarged; for many pictures, or the half-sized field, see {@link DenseFlow}.
 * Throws a WhereWhenError (`shape`) where a picture has not this size or the size is below 32 pixels.
 */
export function opticalFlow(before: Uint8Array, after: Uint8Array, size: Extent): Flow {
  const dense = new DenseFlow(size);
  dense.next(before);
  return resizeFlow(dense.next(after)!, stillFlow(size));
}

function clear({ u, v }: Flow): void {
  u.fill(0);
  v.fill(0);
}

function checkSize(width: number, height: number): void {
  if (Number.isInteger(width) && Number.isInteger(height) && Math.min(width, height) >= SMALLEST_SIDE) return;
  throw shapeError(
    'flow',
    `pictures of whole sides of at least ${SMALLEST_SIDE} pixels`,
    `${width} x ${height}`,
  );
}

function checkPicture(grey: Uint8Array, { width, height }: Extent): void {
  if (grey.length === width * height) return;
  throw shapeError(
    'flow',
    `a grey picture of ${width} x ${height}, one byte a pixel`,
    `${grey.length} bytes`,
  );
}
