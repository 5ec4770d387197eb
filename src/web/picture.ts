// One decoded frame as small RGB: planes of luma and chroma by our own rule (src/video/planes.ts), so that the page sees what
// the command line sees; what the browser does not hand out as planes is drawn on a canvas, in the browser's colours.
import type { VideoSample } from 'mediabunny';
import { untaggedMatrix, type Matrix } from '../video/colour.js';
import { turn, turnedSize, type Orientation } from '../video/orientation.js';
import { planesToRgb, type Plane, type Planes } from '../video/planes.js';
import { keptWindow, resample } from '../video/resample.js';
import type { Resize, Size } from '../video/types.js';
import { Painter } from './painter.js';

/** What pictures are made of samples, and what the file says of its colours. */
export interface PictureOptions {
  size: Size;
  resize: Resize;
  /** As the file names it; undefined where it names none. */
  matrix: string | null | undefined;
}

/** Planes of a pixel format: bits a number, and by how much chroma is smaller than luma. */
interface PixelLayout {
  bits: number;
  across: number;
  down: number;
  isInterleaved: boolean;
}

/** Makes pictures, uint8 `[H,W,3]`, one after the other. */
export class PictureMaker {
  readonly #painter = new Painter();
  #bytes = new ArrayBuffer(0);

  constructor(readonly options: PictureOptions) {}

  /** The picture of a sample, turned as it is shown. The sample stays open. */
  async make(sample: VideoSample): Promise<Uint8Array> {
    const { size, resize, matrix } = this.options;
    const layout = layoutOf(sample.format);
    if (!layout || matrix === 'rgb') return this.#drawn(sample);
    const planes = await this.#planes(sample, layout);
    const orientation = orientationOf(sample);
    const stored = turnedSize(size, orientation);
    const { num, den } = sample.pixelAspectRatio;
    const window = keptWindow(planes.luma, stored, resize, num / den);
    return turn(planesToRgb(planes, stored, window), stored, orientation);
  }

  #drawn(sample: VideoSample): Uint8Array {
    const { size, resize } = this.options;
    const { displayWidth: width, displayHeight: height } = sample;
    const pixels = this.#painter.pixels({ width, height }, (context) =>
      sample.draw(context, 0, 0, width, height),
    );
    return resample(pixels, { width, height }, size, keptWindow({ width, height }, size, resize));
  }

  async #planes(sample: VideoSample, layout: PixelLayout): Promise<Planes> {
    const length = sample.allocationSize();
    if (this.#bytes.byteLength !== length) this.#bytes = new ArrayBuffer(length);
    const [first, second, third] = await sample.copyTo(this.#bytes);
    const { width, height } = sample.visibleRect;
    const numbers = layout.bits > 8 ? new Uint16Array(this.#bytes) : new Uint8Array(this.#bytes);
    const plane = (at: PlaneLayout, part: Size, step = 1, from = 0): Plane => ({
      ...part,
      ...{ data: numbers, step },
      offset: at.offset / numbers.BYTES_PER_ELEMENT + from,
      stride: at.stride / numbers.BYTES_PER_ELEMENT,
    });
    const chroma = { width: Math.ceil(width / layout.across), height: Math.ceil(height / layout.down) };
    const { isInterleaved, bits } = layout;
    return {
      luma: plane(first!, { width, height }),
      blue: plane(second!, chroma, isInterleaved ? 2 : 1),
      red: isInterleaved ? plane(second!, chroma, 2, 1) : plane(third!, chroma),
      bits,
      isFullRange: sample.colorSpace.fullRange === true,
      matrix: this.#matrix(height),
    };
  }

  #matrix(height: number): Matrix {
    const { matrix } = this.options;
    if (matrix === 'bt709') return 'bt709';
    if (matrix === 'bt2020-ncl') return 'bt2020';
    return matrix === 'smpte170m' || matrix === 'bt470bg' ? 'bt601' : untaggedMatrix(height);
  }
}

/** Undefined for what is no luma and chroma. Alpha, where there is some, is left aside. */
function layoutOf(format: string | null): PixelLayout | undefined {
  if (format === 'NV12') return { bits: 8, across: 2, down: 2, isInterleaved: true };
  const [, chroma, bits = '8'] = /^I(420|422|444)A?(?:P(10|12))?$/.exec(format ?? '') ?? [];
  if (chroma === undefined) return undefined;
  return {
    bits: Number(bits),
    across: chroma === '444' ? 1 : 2,
    down: chroma === '420' ? 2 : 1,
    isInterleaved: false,
  };
}

/** mediabunny turns first and mirrors then; ours mirrors first, so that the angle goes the other way. */
function orientationOf({ rotation, flip }: VideoSample): Orientation {
  const angle = flip ? (360 - rotation) % 360 : rotation;
  return { rotation: angle as Orientation['rotation'], isMirrored: flip };
}
