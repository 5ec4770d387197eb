// Decodes with node-av: FFmpeg's libraries, called synchronously in a process of its own. Low-level calls only: the high-level demuxer yields nothing on Node 20.
// A missing value given to a native call ends the process, so each is checked before it is passed.
import { promisify } from 'node:util';
import type { AVColorSpace } from 'node-av/constants';
import type * as Av from 'node-av/lib';
import type { Decoder, DecoderOptions, FrameRequest } from './decoder.js';
import {
  Clock,
  conclude,
  pixelAspectOf,
  SampleCount,
  shownSize,
  startOf,
  type Declared,
} from './findings.js';
import { orientationOfBytes, turn, turnedSize } from './orientation.js';
import { NodeAvScaler } from './nodeAvScaler.js';
import { filterChain } from './resample.js';
import { isMp4, playedTrack } from './tracks.js';
import { explainUnreadable } from './unreadable.js';
import type { Frame, Survey } from './types.js';

type AvLibrary = typeof Av;
type AvConstants = typeof import('node-av/constants');

/** Frames that are decoded, by calls that block, before orders are heard. */
const BETWEEN_LOOKS = 16;
const orders = promisify(setImmediate);

/** Loads node-av; rejects where it is not installed. */
export async function loadNodeAv(): Promise<{ av: AvLibrary; constants: AvConstants }> {
  const [av, constants] = await Promise.all([import('node-av/lib'), import('node-av/constants')]);
  av.Log.setLevel(constants.AV_LOG_QUIET); // what goes wrong is told by codes and flags
  return { av, constants };
}

/** A video file decoded by node-av. */
export async function nodeAvDecoder(path: string, options: DecoderOptions): Promise<Decoder> {
  const { av, constants } = await loadNodeAv();
  return new NodeAvDecoder(path, av, constants, options.isCancelled);
}

class NodeAvDecoder implements Decoder {
  constructor(
    readonly path: string,
    readonly av: AvLibrary,
    readonly constants: AvConstants,
    readonly isCancelled: () => boolean,
  ) {}

  async count(): Promise<number> {
    const input = this.#open();
    let frames = 0;
    for (const packet of this.#packets(input)) if (packet.size > 0 && !this.#isHidden(packet)) frames++;
    this.#close(input);
    return Math.max(1, frames);
  }

  async survey(): Promise<Survey> {
    const frames = this.frames({ resize: 'stretch', wanted: new Set() });
    for (;;) {
      const step = await frames.next();
      if (step.done) return step.value;
    }
  }

  async *frames(request: FrameRequest): AsyncGenerator<Frame, Survey, void> {
    const input = this.#open();
    const { declared } = input;
    const size = request.size ?? shownSize(declared);
    const stored = turnedSize(size, declared.orientation);
    const chain = filterChain(stored, request.resize, declared.pixelAspect);
    const scaler = new NodeAvScaler(this.path, this.av, this.constants, {
      chain,
      givenColour: input.givenColour,
    });
    const clock = new Clock(declared);
    const samples = new SampleCount();
    let [index, damagedFrames, otherSizedFrames] = [0, 0, 0];
    try {
      for (const frame of this.#decoded(input, samples)) {
        const timeSeconds = clock.next(this.#seconds(frame.pts, input.stream));
        const isDamaged = frame.decodeErrorFlags !== 0;
        if (isDamaged) damagedFrames++;
        if (frame.width !== declared.width || frame.height !== declared.height) otherSizedFrames++;
        if (!request.wanted || request.wanted.has(index)) {
          const data = turn(scaler.toRgb(frame), stored, declared.orientation);
          yield { index, timeSeconds, ...size, data, isDamaged };
        }
        index++;
        if (index % BETWEEN_LOOKS === 0) await orders();
      }
      return conclude(this.path, declared, { times: clock.times, samples, damagedFrames, otherSizedFrames });
    } finally {
      scaler.close();
      this.#close(input);
    }
  }

  #open(): Input {
    const format = new this.av.FormatContext();
    const code = format.openInputSync(`file:${this.path}`);
    if (code < 0) throw explainUnreadable(this.path, this.#reason(code));
    const colours = format.streams.map((s) => this.#vp8Colour(s)); // before the decoder is asked
    const found = format.findStreamInfoSync();
    const stream = this.#track(format);
    if (!stream) {
      const hasSound = format.streams.some((s) => s.codecpar.codecType === this.constants.AVMEDIA_TYPE_AUDIO);
      format.closeInputSync();
      throw explainUnreadable(this.path, found < 0 ? this.#reason(found) : undefined, { hasSound });
    }
    return { format, stream, declared: this.#declared(format, stream), givenColour: colours[stream.index] };
  }

  #track(format: Av.FormatContext): Av.Stream | undefined {
    const { AVMEDIA_TYPE_VIDEO, AV_DISPOSITION_ATTACHED_PIC, AV_DISPOSITION_DEFAULT } = this.constants;
    const videos = format.streams.filter(
      (s) => s.codecpar.codecType === AVMEDIA_TYPE_VIDEO && !s.hasDisposition(AV_DISPOSITION_ATTACHED_PIC),
    );
    return playedTrack(videos, {
      isMp4: isMp4(format.iformat?.name),
      factsOf: (s) => ({ isEnabled: s.hasDisposition(AV_DISPOSITION_DEFAULT) }),
    });
  }

  /** What the container says of VP8: the decoder calls all of it BT.601, which says nothing of the file. */
  #vp8Colour({ codecpar }: Av.Stream): AVColorSpace | undefined {
    return codecpar.codecId === this.constants.AV_CODEC_ID_VP8 ? codecpar.colorSpace : undefined;
  }

  #declared(format: Av.FormatContext, stream: Av.Stream): Declared {
    const { width, height, codecId } = stream.codecpar;
    const container = format.iformat?.name ?? 'unknown';
    const { AV_NOPTS_VALUE, AV_TIME_BASE } = this.constants;
    const video = finite(this.#seconds(stream.startTime, stream));
    const file = format.startTime === AV_NOPTS_VALUE ? undefined : Number(format.startTime) / AV_TIME_BASE;
    return {
      width,
      height,
      pixelAspect: pixelAspectOf(rate(stream.sampleAspectRatio) || rate(stream.codecpar.sampleAspectRatio)),
      frames: Number(stream.nbFrames),
      frameRate: rate(stream.avgFrameRate) || rate(stream.rFrameRate),
      startSeconds: startOf(container, { video, file }),
      codec: this.av.avGetCodecName(codecId) ?? 'unknown',
      container,
      transfer: this.#transferOf(stream),
      orientation: orientationOfBytes(
        stream.codecpar.getCodedSideData(this.constants.AV_PKT_DATA_DISPLAYMATRIX),
      ),
    };
  }

  /** FFmpeg's name of the curve, of those that say more than "as usual". */
  #transferOf({ codecpar }: Av.Stream): string | undefined {
    const { AVCOL_TRC_SMPTE2084, AVCOL_TRC_ARIB_STD_B67 } = this.constants;
    if (codecpar.colorTrc === AVCOL_TRC_SMPTE2084) return 'smpte2084';
    return codecpar.colorTrc === AVCOL_TRC_ARIB_STD_B67 ? 'arib-std-b67' : undefined;
  }

  /** The packets of the video stream; each is valid until the next is asked for. */
  *#packets({ format, stream }: Input): Generator<Av.Packet> {
    const packet = new this.av.Packet();
    packet.alloc();
    try {
      while (format.readFrameSync(packet) >= 0) {
        if (this.isCancelled()) throw new DOMException('cancelled', 'AbortError');
        if (packet.streamIndex === stream.index) yield packet;
        packet.unref();
      }
    } finally {
      packet.free();
    }
  }

  /** The decoded frames; each is valid until the next is asked for. */
  *#decoded(input: Input, samples: SampleCount): Generator<Av.Frame> {
    const context = this.#openCodec(input);
    const frame = new this.av.Frame();
    frame.alloc();
    try {
      for (const packet of this.#packets(input)) {
        samples.add({
          bytes: packet.size,
          isHidden: this.#isHidden(packet),
          tick: packet.dts === this.constants.AV_NOPTS_VALUE ? NaN : Number(packet.dts),
        });
        if (packet.size === 0) continue; // an AVI's way of showing the last picture again; empty means "end" to a decoder
        context.sendPacketSync(packet); // a packet that is refused shows in the count of frames
        yield* this.#received(context, frame);
      }
      context.sendPacketSync(null);
      yield* this.#received(context, frame);
    } finally {
      frame.free();
      context.freeContext();
    }
  }

  /** Read for the decoder alone: its picture is not shown. */
  #isHidden(packet: Av.Packet): boolean {
    return (packet.flags & this.constants.AV_PKT_FLAG_DISCARD) !== 0;
  }

  *#received(context: Av.CodecContext, frame: Av.Frame): Generator<Av.Frame> {
    while (context.receiveFrameSync(frame) >= 0) {
      yield frame;
      frame.unref();
    }
  }

  #openCodec({ stream, declared }: Input): Av.CodecContext {
    const codec = this.av.Codec.findDecoder(stream.codecpar.codecId);
    const context = new this.av.CodecContext();
    if (codec) context.allocContext3(codec);
    if (!codec || context.parametersToContext(stream.codecpar) < 0)
      throw explainUnreadable(this.path, `no decoder for codec ${declared.codec}`);
    context.threadCount = 1; // clips are decoded side by side; more threads a clip only add memory
    context.pktTimebase = stream.timeBase;
    const code = context.open2Sync(codec);
    if (code < 0) throw explainUnreadable(this.path, `codec ${declared.codec}: ${this.#reason(code)}`);
    return context;
  }

  #close({ format }: Input): void {
    format.closeInputSync();
  }

  #seconds(stamp: bigint, stream: Av.Stream): number {
    if (stamp === this.constants.AV_NOPTS_VALUE) return NaN;
    return (Number(stamp) * stream.timeBase.num) / stream.timeBase.den;
  }

  #reason(code: number): string {
    return this.av.FFmpegError.strerror(code);
  }
}

interface Input {
  format: Av.FormatContext;
  stream: Av.Stream;
  declared: Declared;
  /** In place of what decoded frames say of their matrix. */
  givenColour: AVColorSpace | undefined;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function rate({ num, den }: { num: number; den: number }): number {
  return den > 0 ? num / den : 0;
}
