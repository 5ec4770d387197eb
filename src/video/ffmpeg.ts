// Decodes with `ffprobe` and `ffmpeg` found on PATH: the fallback where node-av is not installed.
// ffprobe decodes once for count, times and damage; ffmpeg decodes again for the pictures asked for.
import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { internalError, missingError, WhereWhenError } from '../errors.js';
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
import { filtersBefore, fraction, lastWords, orientationOfText, Probe } from './ffprobe.js';
import { turn, turnedSize } from './orientation.js';
import { filterChain } from './resample.js';
import type { Frame, Survey } from './types.js';
import { isMp4, playedTrack } from './tracks.js';
import { explainUnreadable } from './unreadable.js';

const run = promisify(execFile);

/** Longer lists of frames are picked here and not in a filter: FFmpeg's expressions may be about 100 terms deep. */
const mostSelected = 64;

let found: Promise<boolean> | undefined;

/** Whether both tools can be started. Asked once a thread. */
export function hasFfmpeg(): Promise<boolean> {
  found ??= Promise.all([run('ffmpeg', ['-version']), run('ffprobe', ['-version'])]).then(
    () => true,
    () => false,
  );
  return found;
}

/** A video file decoded by the tools on PATH. */
export async function ffmpegDecoder(path: string, options: DecoderOptions): Promise<Decoder> {
  if (!(await hasFfmpeg()))
    throw missingError(
      'ffmpeg',
      'ffmpeg and ffprobe on PATH',
      undefined,
      'install ffmpeg, or npm install node-av@6.1.1',
    );
  return new FfmpegDecoder(path, options.isCancelled);
}

interface OpenedStream {
  index: number;
  secondsPerTick: number;
  /** Filters before all others. */
  before: string;
}

interface Surveyed {
  survey: Survey;
  declared: Declared;
  stream: OpenedStream;
  damaged: Set<number>;
}

class FfmpegDecoder implements Decoder {
  #surveyed?: Promise<Surveyed>;

  constructor(
    readonly path: string,
    readonly isCancelled: () => boolean,
  ) {}

  async count(): Promise<number> {
    return (await this.survey()).info.frames;
  }

  async survey(): Promise<Survey> {
    this.#surveyed ??= this.#look();
    return (await this.#surveyed).survey;
  }

  async *frames(request: FrameRequest): AsyncGenerator<Frame, Survey, void> {
    const survey = await this.survey();
    const { declared, stream, damaged } = await this.#surveyed!;
    const size = request.size ?? shownSize(declared);
    const stored = turnedSize(size, declared.orientation);
    const all = Array.from(survey.times.keys());
    const isWanted = (index: number): boolean => request.wanted?.has(index) ?? true;
    const wanted = all.filter(isWanted);
    if (wanted.length === 0) return survey;
    const isSelected = wanted.length <= mostSelected;
    const select = isSelected ? `select=${wanted.map((n) => `eq(n\\,${n})`).join('+')},` : '';
    const expected = isSelected ? wanted : all;
    const chain = stream.before + select + filterChain(stored, request.resize, declared.pixelAspect);
    let at = 0;
    for await (const pixels of this.#pictures(stream.index, chain, stored.width * stored.height * 3)) {
      const index = expected[at++];
      if (index === undefined) break;
      if (!isWanted(index)) continue;
      const data = turn(pixels, stored, declared.orientation);
      yield { index, timeSeconds: survey.times[index]!, ...size, data, isDamaged: damaged.has(index) };
    }
    if (at < expected.length) throw cutShort(this.path, expected.length, at);
    return survey;
  }

  /** The pictures of a filter chain, cut from ffmpeg's raw output. */
  async *#pictures(streamIndex: number, chain: string, length: number): AsyncGenerator<Uint8Array> {
    const child = this.#spawn('ffmpeg', [
      ...['-v', 'quiet', '-nostdin', '-threads', '1', '-noautorotate'],
      ...['-i', `file:${this.path}`],
      ...['-map', `0:${streamIndex}`, '-vf', chain, '-fps_mode', 'passthrough'],
      ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
    ]);
    let [picture, filled] = [new Uint8Array(length), 0];
    try {
      for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
        for (let from = 0; from < chunk.length;) {
          const part = chunk.subarray(from, from + length - filled);
          picture.set(part, filled);
          from += part.length;
          filled += part.length;
          if (filled < length) continue;
          yield picture;
          [picture, filled] = [new Uint8Array(length), 0];
        }
        if (this.isCancelled()) throw new DOMException('cancelled', 'AbortError');
      }
    } finally {
      child.kill();
    }
  }

  async #look(): Promise<Surveyed> {
    const { declared, stream } = await this.#probe();
    const clock = new Clock(declared);
    const damaged = new Set<number>();
    const samples = new SampleCount();
    let otherSizedFrames = 0;
    for await (const line of this.#frameLines(stream.index)) {
      const facts = Object.fromEntries(line.split('|').map((field) => field.split('=', 2)));
      if (line.startsWith('packet|')) {
        const isHidden = facts.flags?.includes('D') ?? false;
        samples.add({ bytes: Number(facts.size ?? 0), isHidden, tick: Number(facts.dts ?? NaN) });
        continue;
      }
      if (line.startsWith('frame|')) {
        clock.next(Number(facts.pts ?? NaN) * stream.secondsPerTick);
        if (+facts.width !== declared.width || +facts.height !== declared.height) otherSizedFrames++;
      }
      if (/(^|\|)log\|/.test(line)) damaged.add(clock.times.length - 1);
    }
    const damagedFrames = damaged.size;
    const survey = conclude(this.path, declared, {
      ...{ times: clock.times, samples, damagedFrames, otherSizedFrames },
    });
    return { survey, declared, stream, damaged };
  }

  /** One line a packet and a frame; lines of the decoder's error log follow the frame that they belong to. */
  async *#frameLines(streamIndex: number): AsyncGenerator<string> {
    const child = this.#spawn('ffprobe', [
      ...[
        '-v',
        'error',
        '-threads',
        '1',
        '-select_streams',
        `${streamIndex}`,
        '-show_frames',
        '-show_packets',
      ],
      ...['-show_log', '16', '-of', 'compact', '-show_entries'],
      'packet=dts,size,flags:frame=pts,width,height:log=level',
      `file:${this.path}`,
    ]);
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        if (this.isCancelled()) throw new DOMException('cancelled', 'AbortError');
        yield line;
      }
    } finally {
      child.kill();
    }
  }

  async #probe(): Promise<{ declared: Declared; stream: OpenedStream }> {
    const shown = ['-show_streams', '-show_format', '-of', 'json'];
    const args = ['-v', 'error', ...shown, `file:${this.path}`];
    const { stdout } = await run('ffprobe', args, { maxBuffer: 2 ** 26 }).catch(
      (error: { stderr?: string }) => {
        throw explainUnreadable(this.path, lastWords(error.stderr));
      },
    );
    const { streams, format } = Probe.parse(JSON.parse(stdout));
    const stream = playedTrack(
      streams.filter((s) => s.codec_type === 'video' && !s.disposition?.attached_pic),
      {
        isMp4: isMp4(format?.format_name),
        factsOf: ({ disposition }) => ({ isEnabled: disposition?.default === 1 }),
      },
    );
    const hasSound = streams.some((s) => s.codec_type === 'audio');
    if (!stream) throw explainUnreadable(this.path, undefined, { hasSound });
    const container = format?.format_name ?? 'unknown';
    const declared: Declared = {
      width: stream.width,
      height: stream.height,
      pixelAspect: pixelAspectOf(fraction(stream.sample_aspect_ratio.replace(':', '/'))),
      frames: stream.nb_frames,
      frameRate: fraction(stream.avg_frame_rate) || fraction(stream.r_frame_rate),
      startSeconds: startOf(container, {
        video: stream.start_pts === undefined ? undefined : stream.start_pts * fraction(stream.time_base),
        file: format?.start_time,
      }),
      codec: stream.codec_name,
      transfer: stream.color_transfer,
      container,
      orientation: orientationOfText(stream.side_data_list.find((s) => s.displaymatrix)?.displaymatrix),
    };
    const { index, time_base } = stream;
    return {
      declared,
      stream: {
        index,
        secondsPerTick: fraction(time_base),
        before: filtersBefore(stream),
      },
    };
  }

  #spawn(command: string, args: string[]): ChildProcessByStdio<null, Readable, null> {
    return spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  }
}

function cutShort(path: string, expected: number, received: number): WhereWhenError {
  return internalError(
    path,
    `ffmpeg must give the ${expected} pictures asked for`,
    `${received}`,
    'run ffmpeg on the file by hand to see why',
  );
}
