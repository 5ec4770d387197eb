// What moves against the camera in parts of a clip's pictures, from the frames beside the sampled ones.
import { CameraChange, partMeans } from '../motion/cameraChange.js';
import { middles } from '../localize/cells.js';
import type { Grid, Picture } from '../localize/index.js';

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

/** What moves at each cell of a part of every frame, `[n,h,w]`. */
export type MotionIn = (parts: readonly PicturePart[]) => Float32Array;

/** Compares the frames with their neighbours, once; `source` is the size of the source picture. */
export function motionIn(
  frames: readonly BesideFrame[],
  { grid, source }: { grid: Grid; source: Picture },
): MotionIn {
  const change = new CameraChange();
  const maps = frames.map(({ grey, neighbours }) => change.of(grey, neighbours));
  return (parts) => {
    const out = new Float32Array(parts.length * grid.height * grid.width);
    parts.forEach((part, t) => {
      const cells = cellsOf(part, grid, source);
      out.set(partMeans(maps[t]!, cells), t * cells.length);
    });
    return out;
  };
}

/** The cells of a part, row by row, in shares of the source picture. */
function cellsOf(part: PicturePart, { height, width, cells }: Grid, source: Picture): PicturePart[] {
  const size = { width: part.width / width / source.width, height: part.height / height / source.height };
  const lefts = middles(width, cells?.x).map(
    (middle) => (part.x + middle * part.width) / source.width - size.width / 2,
  );
  const tops = middles(height, cells?.y).map(
    (middle) => (part.y + middle * part.height) / source.height - size.height / 2,
  );
  return tops.flatMap((y) => lefts.map((x) => ({ x, y, ...size })));
}
