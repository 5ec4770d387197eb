// From a decoded frame to small RGB through FFmpeg's own filters. The Scaler of node-av would be
// shorter, but it takes every stream for BT.601: BT.709 video comes out up to 15 levels wrong.
import type { AVColorSpace, AVPixelFormat } from 'node-av/constants';
import type * as Av from 'node-av/lib';
import { inputError, WhereWhenError } from '../errors.js';
import { isRgbFormat, overBlack, untaggedMatrix } from './colour.js';

/** What becomes of frames. */
export interface ScalerOptions {
  /** Filters, which end in rgb24. */
  chain: string;
  /** In place of what frames say of their matrix. */
  givenColour?: AVColorSpace;
}

/** One filter graph, built anew when the frames change size or format. */
export class NodeAvScaler {
  #key = '';
  #graph?: Av.FilterGraph;
  #source?: Av.FilterContext;
  #sink?: Av.FilterContext;
  readonly #out: Av.Frame;

  /** `path` names the video where its pictures cannot be converted. */
  constructor(
    readonly path: string,
    readonly av: typeof Av,
    readonly constants: typeof import('node-av/constants'),
    readonly options: ScalerOptions,
  ) {
    this.#out = new av.Frame();
    this.#out.alloc();
  }

  /** RGB pixels of the size that the chain makes, in memory of their own. */
  toRgb(frame: Av.Frame): Uint8Array {
    frame.colorSpace = this.#colourOf(frame); // the filters believe the frame more than their settings
    const { width, height, format, colorSpace, colorRange } = frame;
    const key = [width, height, format, colorSpace, colorRange].join(' ');
    if (key !== this.#key) this.#build(frame, key);
    const sent = this.#source!.buffersrcAddFrameSync(frame);
    const code = sent < 0 ? sent : this.#sink!.buffersinkGetFrameSync(this.#out);
    if (code < 0) throw this.#failed(this.av.FFmpegError.strerror(code));
    const pixels = Uint8Array.from(this.#out.toBuffer());
    this.#out.unref();
    return pixels;
  }

  close(): void {
    this.#graph?.free();
    this.#graph = undefined;
    this.#out.free();
  }

  #build(frame: Av.Frame, key: string): void {
    this.#graph?.free();
    const graph = new this.av.FilterGraph();
    graph.alloc();
    graph.nbThreads = 1;
    this.#graph = graph;
    const { width, height } = frame;
    const facts = {
      video_size: `${width}x${height}`,
      pix_fmt: frame.format,
      time_base: '1/1',
      pixel_aspect: '1/1',
      colorspace: frame.colorSpace,
      range: frame.colorRange,
    };
    const args = Object.entries(facts).map(([name, value]) => `${name}=${value}`);
    this.#source = this.#create(graph, 'buffer', args.join(':'));
    this.#sink = this.#create(graph, 'buffersink', null);
    const code = graph.parsePtr(
      overBlack(this.#formatOf(frame)) + this.options.chain,
      this.#end('out', this.#sink),
      this.#end('in', this.#source),
    );
    const ready = code < 0 ? code : graph.configSync();
    if (ready < 0) throw this.#failed(this.av.FFmpegError.strerror(ready));
    this.#key = key;
  }

  /** FFmpeg takes what names no matrix for BT.601. */
  #colourOf(frame: Av.Frame): AVColorSpace {
    const { colorSpace: own, height } = frame;
    const { givenColour: colorSpace = own } = this.options;
    const { AVCOL_SPC_UNSPECIFIED, AVCOL_SPC_BT709 } = this.constants;
    if (colorSpace !== AVCOL_SPC_UNSPECIFIED || untaggedMatrix(height) === 'bt601') return colorSpace;
    return isRgbFormat(this.#formatOf(frame)) ? colorSpace : AVCOL_SPC_BT709;
  }

  #formatOf({ format }: Av.Frame): string {
    return this.av.avGetPixFmtName(format as AVPixelFormat) ?? '';
  }

  #create(graph: Av.FilterGraph, name: string, args: string | null): Av.FilterContext {
    const filter = this.av.Filter.getByName(name);
    try {
      const context = filter && graph.createFilter(filter, name, args);
      if (context) return context;
    } catch (cause) {
      throw this.#failed((cause as Error).message, cause);
    }
    throw this.#failed(`no filter ${name}`);
  }

  #end(name: string, context: Av.FilterContext): Av.FilterInOut {
    const end = new this.av.FilterInOut();
    end.alloc();
    end.name = name;
    end.filterCtx = context;
    end.padIdx = 0;
    return end;
  }

  /** Pictures of a form that FFmpeg does not convert: the clip's fault, and only its own. */
  #failed(received: string, cause?: unknown): WhereWhenError {
    return inputError(
      this.path,
      'pictures that FFmpeg can convert to RGB',
      received,
      'convert the clip: ffmpeg -i CLIP -pix_fmt yuv420p NEW.mp4',
      cause,
    );
  }
}
