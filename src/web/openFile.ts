// A video file of the reader's, opened in the page: the track that `<video>` plays, the times of its frames, and what is
// wrong with it. mediabunny takes the file apart.
import {
  ALL_FORMATS,
  BlobSource,
  EncodedPacketSink,
  Input,
  type EncodedPacket,
  type InputVideoTrack,
} from 'mediabunny';
import { formatError, WhereWhenError } from '../errors.js';
import { hdrWarning, missingWarning } from '../video/findings.js';
import { playedTrack } from '../video/tracks.js';
import { decodeWithoutLevel } from './vp9Level.js';

/** An open file. */
export interface OpenFile extends Disposable {
  input: Input;
  track: InputVideoTrack;
}

/** What was read of a track without decoding it. */
export interface TrackFrames {
  /** Presentation times of all frames in seconds, ascending. */
  times: Float64Array;
  /** Frames that the file names and does not hold. */
  missingFrames: number;
  warnings: string[];
}

/** Opens the track that `<video>` plays. Throws `format` for a file that this browser cannot take apart or decode. */
export async function openFile(file: File): Promise<OpenFile> {
  decodeWithoutLevel();
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  try {
    return { input, track: await trackOf(file, input), [Symbol.dispose]: () => input.dispose() };
  } catch (error) {
    input.dispose();
    throw error;
  }
}

async function trackOf(file: File, input: Input): Promise<InputVideoTrack> {
  if (!(await input.canRead())) throw unreadable(file, 'a container that the page does not know');
  const tracks = await Promise.all(
    (await input.getVideoTracks()).map(async (track) => ({
      track,
      isEnabled: (await track.getDisposition()).default,
    })),
  );
  const isMp4 = /^(MP4|QuickTime)/.test((await input.getFormat()).name);
  const found = playedTrack(tracks, { isMp4, factsOf: (facts) => facts })?.track;
  if (!found) throw unreadable(file, 'no video in it');
  if (await found.canDecode()) return found;
  const codec = (await found.getCodec()) ?? 'an unknown codec';
  throw unreadable(file, `video as ${codec}, which this browser does not decode`);
}

/** The error for a file that the page cannot answer. */
export function unreadable(file: File, received: string): WhereWhenError {
  return formatError(
    file.name,
    'a video that this browser decodes (MP4, MOV, WebM, MKV)',
    received,
    '`wherewhen predict` and `wherewhen serve` read other files too',
  );
}

/**
 * The frames of a track; no picture is decoded for it. Before 0 nothing is shown, and of a file that was cut the index names
 * more than it holds. Throws the signal's reason.
 */
export async function framesOf(track: InputVideoTrack, signal?: AbortSignal): Promise<TrackFrames> {
  const declared = await timesOf(track, { isIndexOnly: true, signal });
  const isWhole = declared.length === 0 || (await holdsLast(track));
  const held = isWhole ? declared : await timesOf(track, { isIndexOnly: false, signal });
  const missingFrames = declared.length - held.length;
  const { transfer } = await track.getColorSpace();
  const warnings = [missingWarning(missingFrames, declared.length), hdrWarning(transfer)];
  return {
    times: Float64Array.from(held).sort(),
    missingFrames,
    warnings: warnings.filter((one) => one !== undefined),
  };
}

async function timesOf(
  track: InputVideoTrack,
  { isIndexOnly, signal }: { isIndexOnly: boolean; signal: AbortSignal | undefined },
): Promise<number[]> {
  const times: number[] = [];
  const take = ({ timestamp }: EncodedPacket): void => {
    signal?.throwIfAborted();
    if (timestamp > -1e-6) times.push(Math.max(0, timestamp));
  };
  const packets = new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: isIndexOnly });
  for await (const packet of packets) take(packet);
  return times;
}

/** Are the bytes of the last packet there? */
async function holdsLast(track: InputVideoTrack): Promise<boolean> {
  const sink = new EncodedPacketSink(track);
  const last = await sink.getPacket(Infinity, { metadataOnly: true });
  const read = last && (await sink.getPacket(last.timestamp).catch(() => null));
  return read !== null && read.data.byteLength === read.byteLength;
}
