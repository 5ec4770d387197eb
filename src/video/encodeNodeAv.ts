// Encodes with node-av: libx264 and the MP4 writer, called synchronously from a video thread.
import type * as Av from 'node-av/lib';
import { paddedSize, type EncodeOptions, type Encoding } from './encoding.js';
import { loadNodeAv } from './nodeAv.js';
import { rational } from './frameRate.js';

type LoadedNodeAv = Awaited<ReturnType<typeof loadNodeAv>>;

/** Opens `path` for writing. Rejects with FFmpeg's reason. */
export async function encodeWithNodeAv(path: string, options: EncodeOptions): Promise<Encoding> {
  return new NodeAvEncoding(path, options, await loadNodeAv(), await import('node-av/api'));
}

class NodeAvEncoding implements Encoding {
  readonly #av: LoadedNodeAv['av'];
  readonly #constants: LoadedNodeAv['constants'];
  readonly #size;
  readonly #format: Av.FormatContext;
  readonly #codec: Av.CodecContext;
  readonly #packet: Av.Packet;
  readonly #scaler;
  #stream?: Av.Stream;
  #count = 0n;
  #isOpen = false;

  constructor(
    path: string,
    readonly options: EncodeOptions,
    { av, constants }: LoadedNodeAv,
    api: typeof import('node-av/api'),
  ) {
    [this.#av, this.#constants] = [av, constants];
    this.#size = paddedSize(options);
    this.#format = new av.FormatContext();
    this.#must('open', this.#format.allocOutputContext2(null, 'mp4', `file:${path}`));
    this.#codec = this.#openCodec();
    this.#packet = new av.Packet();
    this.#packet.alloc();
    // 4:2:0 from the encoder's own conversion has wrong colours; this one is tested on pixels.
    this.#scaler = new api.Scaler({ flags: constants.SWS_BICUBIC });
    this.#openFile();
  }

  async write(rgb: Uint8Array): Promise<void> {
    const { av } = this;
    const timeBase = new av.Rational(1, 1);
    const picture = av.Frame.fromVideoBuffer(Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength), {
      ...this.#size,
      format: this.#constants.AV_PIX_FMT_RGB24,
      timeBase,
    });
    const yuv = this.#scaler.toBufferSync(picture, { format: 'yuv420p' });
    picture.free();
    const frame = av.Frame.fromVideoBuffer(yuv, {
      ...this.#size,
      format: this.#constants.AV_PIX_FMT_YUV420P,
      timeBase: this.#codec.timeBase,
      pts: this.#count++,
    });
    this.#tag(frame);
    const code = this.#codec.sendFrameSync(frame);
    frame.free();
    this.#must('encode', code);
    this.#drain();
  }

  async finish(): Promise<void> {
    this.#must('encode', this.#codec.sendFrameSync(null));
    this.#drain();
    this.#must('finish', this.#format.writeTrailerSync());
    this.#release();
  }

  abandon(): void {
    if (this.#isOpen) this.#release();
  }

  get av(): LoadedNodeAv['av'] {
    return this.#av;
  }

  #openCodec(): Av.CodecContext {
    const codec = this.#av.Codec.findEncoderByName(
      'libx264' as Parameters<typeof Av.Codec.findEncoderByName>[0],
    );
    if (!codec) throw new Error('this node-av has no libx264');
    const context = new this.#av.CodecContext();
    context.allocContext3(codec);
    const [num, den] = rational(this.options.frameRate);
    context.width = this.#size.width;
    context.height = this.#size.height;
    context.pixelFormat = this.#constants.AV_PIX_FMT_YUV420P;
    context.timeBase = new this.#av.Rational(den, num);
    context.framerate = new this.#av.Rational(num, den);
    context.threadCount = 1;
    context.setFlags(this.#constants.AV_CODEC_FLAG_GLOBAL_HEADER, this.#constants.AV_CODEC_FLAG_BITEXACT);
    this.#tag(context);
    // Options one by one: a Dictionary given to `open2` or `writeHeader` is freed twice and ends the process.
    this.#must('set preset', context.setOption('preset', 'veryfast'));
    this.#must('set quality', context.setOption('crf', `${this.options.quality ?? 18}`));
    // x264's macroblock tree differs from run to run in this build (measured: 50 encodings of the same pictures
    // gave 37 different files with it, 1 without), and the same pictures must give the same bytes.
    this.#must('set x264 options', context.setOption('x264-params', 'mbtree=0'));
    this.#must('open the encoder', context.open2Sync(codec));
    return context;
  }

  #openFile(): void {
    this.#stream = this.#format.newStream(null);
    this.#stream.timeBase = this.#codec.timeBase;
    this.#stream.avgFrameRate = this.#codec.framerate;
    this.#must('describe the stream', this.#stream.codecpar.fromContext(this.#codec));
    this.#format.setFlags(this.#constants.AVFMT_FLAG_BITEXACT);
    this.#must('open', this.#format.openOutputSync());
    this.#isOpen = true;
    this.#must('set faststart', this.#format.setOption('movflags', '+faststart'));
    this.#must('begin', this.#format.writeHeaderSync());
  }

  #tag(target: Av.Frame | Av.CodecContext): void {
    const c = this.#constants;
    target.colorSpace = c.AVCOL_SPC_SMPTE170M;
    target.colorPrimaries = c.AVCOL_PRI_SMPTE170M;
    target.colorTrc = c.AVCOL_TRC_SMPTE170M;
    target.colorRange = c.AVCOL_RANGE_MPEG;
  }

  #drain(): void {
    while (this.#codec.receivePacketSync(this.#packet) >= 0) {
      this.#packet.streamIndex = this.#stream!.index;
      this.#packet.rescaleTs(this.#codec.timeBase, this.#stream!.timeBase);
      this.#must('write', this.#format.interleavedWriteFrameSync(this.#packet));
      this.#packet.unref();
    }
  }

  #release(): void {
    this.#isOpen = false;
    this.#packet.free();
    this.#scaler.close();
    this.#codec.freeContext();
    this.#format.closeOutputSync();
  }

  #must(what: string, code: number): void {
    if (code < 0) throw new Error(`${what}: ${this.#av.FFmpegError.strerror(code)}`);
  }
}
