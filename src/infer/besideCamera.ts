// What moves against the camera in what a model sees of a clip's pictures, from the frames beside the sampled ones.
import { CameraChange, partMeans } from '../motion/cameraChange.js';
import { middles } from '../localize/cells.js';
import type { MapGrid, Picture } from '../localize/index.js';

/** A sampled frame and those before and after it that there are: grey pictures of `GREY_SIZE`, of the whole source picture. */
export interface BesideFrame {
  grey: Uint8Array;
  neighbours: readonly Uint8Array[];
}

/** A part of a source picture, in its pixels; it may reach beyond. */
export interface PicturePart extends Picture {
  x: number;
  y: number;
}

/** What moves at each cell of a part of every frame, `[n,h,w]`; `source` is the size of the source picture. */
export function motionIn(
  frames: readonly BesideFrame[],
  { grid, source, part }: { grid: MapGrid; source: Picture; part: PicturePart },
): Float32Array {
  const change = new CameraChange();
  const cells = cellsOf(part, grid, source);
  const out = new Float32Array(frames.length * cells.length);
  frames.forEach(({ grey, neighbours }, t) =>
    out.set(partMeans(change.of(grey, neighbours), cells), t * cells.length),
  );
  return out;
}

/** The cells of a part, row by row, in shares of the source picture. */
function cellsOf(part: PicturePart, { height, width, cells }: MapGrid, source: Picture): PicturePart[] {
  const size = { width: part.width / width / source.width, height: part.height / height / source.height };
  const lefts = middles(width, cells?.x).map(
    (middle) => (part.x + middle * part.width) / source.width - size.width / 2,
  );
  const tops = middles(height, cells?.y).map(
    (middle) => (part.y + middle * part.height) / source.height - size.height / 2,
  );
  return tops.flatMap((y) => lefts.map((x) => ({ x, y, ...size })));
}
