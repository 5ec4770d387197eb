// Boxes that were drawn in the answer before. Windows of a stream share all frames but one, and maps of a frame change only
// beside an end of the window: what was drawn from the same numbers is not drawn again.
import type { FrameBoxes, Picture } from './boxes.js';

interface Drawn {
  row: Float32Array;
  boxes: FrameBoxes;
}

/** Remembers one window of one stream; grid and rules must stay. */
export class DrawnFrames {
  #picture: Picture = { width: 0, height: 0 };
  #known: readonly Drawn[] = [];

  /** Boxes of each row `[h*w]` of a map, those of the last call's rows as they were, others by `draw`. */
  of(
    rows: readonly Float32Array[],
    { width, height }: Picture,
    draw: (row: Float32Array) => FrameBoxes,
  ): FrameBoxes[] {
    const isSame = this.#picture.width === width && this.#picture.height === height;
    const known = isSame ? this.#known : [];
    this.#picture = { width, height };
    this.#known = rows.map(
      (row) => known.find((one) => isEqual(one.row, row)) ?? { row: row.slice(), boxes: draw(row) },
    );
    return this.#known.map(({ boxes }) => boxes);
  }
}

function isEqual(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
