// A folder of pictures as a video: JPG, PNG, WebP or BMP in natural order (frame2 before frame10),
// at an assumed frame rate. Pictures are decoded only when they are asked for.
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { inputError, usageError, WhereWhenError } from '../errors.js';
import type { Decoder, DecoderOptions, FrameRequest } from './decoder.js';
import { plural } from './findings.js';
import { isPictureName } from './mediaNames.js';
import { keptWindow, resample } from './resample.js';
import type { Frame, Size, Survey } from './types.js';

interface StillPicture extends Size {
  rgba: Uint8ClampedArray;
}

/** The pictures right inside `path`; hidden files are left out. */
export async function picturesDecoder(
  path: string,
  { frameRate, isCancelled }: DecoderOptions,
): Promise<Decoder> {
  if (!(frameRate > 0)) throw usageError(path, 'frameRate must be above 0', `${frameRate}`);
  const order = new Intl.Collator('en', { numeric: true });
  const names = await readdir(path).catch((cause: Error) => {
    const facts = {
      code: 'input',
      path,
      expected: 'a folder that can be read',
      received: cause.message,
    } as const;
    throw new WhereWhenError(facts, { cause });
  });
  const files = names.filter(isPictureName).sort(order.compare);
  if (files.length === 0)
    throw inputError(
      path,
      'a folder of pictures (jpg, png, webp, bmp)',
      names.length === 0 ? 'an empty folder' : `a folder with ${plural(names.length, 'other file')}`,
    );
  return new PicturesDecoder(path, files, frameRate, isCancelled);
}

class PicturesDecoder implements Decoder {
  readonly #broken = new Set<string>();

  constructor(
    readonly path: string,
    readonly files: readonly string[],
    readonly frameRate: number,
    readonly isCancelled: () => boolean,
  ) {}

  async count(): Promise<number> {
    return this.files.length;
  }

  async survey(): Promise<Survey> {
    return this.#survey(await this.#nearest(0));
  }

  async *frames({ size, resize, wanted }: FrameRequest): AsyncGenerator<Frame, Survey, void> {
    const first = await this.#nearest(0);
    const target = size ?? { width: first.width, height: first.height };
    for (let index = 0; index < this.files.length; index++) {
      if (this.isCancelled()) throw new DOMException('cancelled', 'AbortError');
      if (wanted && !wanted.has(index)) continue;
      const own = await this.#decode(index);
      const picture = own ?? (await this.#nearest(index));
      const data = resample(picture.rgba, picture, target, keptWindow(picture, target, resize));
      const { width, height } = target;
      yield { index, timeSeconds: index / this.frameRate, width, height, data, isDamaged: !own };
    }
    return this.#survey(first);
  }

  #survey({ width, height }: Size): Survey {
    const frames = this.files.length;
    const names = [...this.#broken];
    const kind = this.files[0]!.split('.').at(-1)!.toLowerCase();
    const warning = `${plural(names.length, 'picture')} cannot be read, shown as the one before: ${names.slice(0, 5).join(', ')}`;
    return {
      info: {
        path: this.path,
        width,
        height,
        frames,
        durationSeconds: frames / this.frameRate,
        frameRate: this.frameRate,
        isVariableRate: false,
        rotation: 0,
        codec: kind === 'jpg' ? 'jpeg' : kind,
        container: 'folder',
      },
      times: Float64Array.from(this.files, (_, index) => index / this.frameRate),
      damagedFrames: names.length,
      missingFrames: 0,
      warnings: names.length > 0 ? [warning] : [],
    };
  }

  /** The picture at `index`, or the closest before it, or after it, that can be read. */
  async #nearest(index: number): Promise<StillPicture> {
    const before = Array.from({ length: index + 1 }, (_, i) => index - i);
    const after = Array.from({ length: this.files.length - index - 1 }, (_, i) => index + 1 + i);
    for (const candidate of [...before, ...after]) {
      const picture = await this.#decode(candidate);
      if (picture) return picture;
    }
    throw inputError(
      this.path,
      'a folder with at least one picture that decodes',
      `0 of ${this.files.length}`,
      `${basename(this.files[0]!)} is not a picture`,
    );
  }

  async #decode(index: number): Promise<StillPicture | undefined> {
    const name = this.files[index]!;
    if (this.#broken.has(name)) return undefined;
    const { createCanvas, loadImage } = await import('@napi-rs/canvas');
    try {
      const image = await loadImage(await readFile(join(this.path, name)));
      const { width, height } = image;
      if (!(width > 0 && height > 0)) throw new Error('no size');
      const context = createCanvas(width, height).getContext('2d');
      context.fillRect(0, 0, width, height); // black, for what shines through
      context.drawImage(image, 0, 0);
      return { width, height, rgba: context.getImageData(0, 0, width, height).data };
    } catch {
      this.#broken.add(name);
      return undefined;
    }
  }
}
