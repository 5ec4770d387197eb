// What is read of a clip for the page: its facts, a film strip, and a copy that browsers play where they refuse the
// file itself. Each is made once and kept in the cache folder, whole or not at all.
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { isFile } from '../backbone/hub/cache.js';
import { writeAtomically } from '../atomicFile.js';
import { usageError } from '../errors.js';
import type { TruthClip } from '../truth.js';
import { constantRate } from '../report/constantRate.js';
import { filmLayout, filmStrip } from '../report/filmStrip.js';
import { scaledSize } from '../report/overlayVideo.js';
import { encodeVideo, openVideo, type VideoSource } from '../video/index.js';
import { heldRate } from '../video/frameRate.js';
import { ClipInfo, type ClipTruth } from './api.js';
import type { JobHandle, Jobs } from './jobs.js';
import { cacheKey, type Library, type ServedClip } from './library.js';
import { SharedWork } from './sharedWork.js';

/** Longer side of a copy in pixels, and its quality (x264's rate factor). */
const COPY = { longerSide: 1280, quality: 20 } as const;

/** What the cache keeps of a survey. */
const Kept = ClipInfo.pick({ video: true, film: true }).extend({ times: z.array(z.number()).nullable() });
type Kept = z.infer<typeof Kept>;

/** A file to send, and what it is. */
export interface SentFile {
  path: string;
  type: string;
}

/** Facts, strips and copies of the clips of a library. */
export class ClipFactsCache {
  readonly #library: Library;
  readonly #folder: string;
  readonly #jobs: Jobs;
  readonly #known = new Map<string, Kept>();
  readonly #surveys = new SharedWork<Kept>();
  readonly #films = new Map<string, Promise<void>>();
  readonly #copies = new Map<string, Promise<void>>();
  readonly #end = new AbortController();

  constructor(library: Library, { folder, jobs }: { folder: string; jobs: Jobs }) {
    this.#library = library;
    this.#folder = folder;
    this.#jobs = jobs;
  }

  /**
   * Decodes the clip where the cache does not know it, as long as anybody waits whose `signal` is not aborted. Throws what
   * opening a clip throws, and `TooBusy`.
   */
  async info(clip: ServedClip, signal?: AbortSignal): Promise<ClipInfo> {
    const key = await cacheKey(clip);
    const { video, film, times } = await this.#surveyed(clip, key, signal);
    const isCopied = await isFile(this.#place('copies', key, 'mp4'));
    const copy = isCopied ? 'made' : isPlayable(clip, video) ? 'original' : 'needed';
    const truth = this.#library.truthOf(clip);
    return {
      id: clip.id,
      name: clip.name,
      label: clip.label,
      video,
      copy,
      played:
        copy === 'original' ? { frames: video.frames, frameRate: video.frameRate, times } : copyTimes(video),
      truth: truth && clipTruth(truth, video),
      film,
    };
  }

  /** The strip of small pictures as a JPEG. */
  async film(clip: ServedClip): Promise<SentFile> {
    const key = await cacheKey(clip);
    const path = this.#place('films', key, 'jpg');
    if (!(await isFile(path))) {
      await this.#surveyed(clip, key);
      await (this.#films.get(key) ?? this.#beginFilm(key, await this.#open(clip)));
    }
    return { path, type: 'image/jpeg' };
  }

  /** What a browser is given to play: the copy where there is one, else the file. Throws `usage` where a copy is needed. */
  async video(clip: ServedClip): Promise<SentFile> {
    const { copy, video } = await this.info(clip);
    if (copy === 'made')
      return { path: this.#place('copies', await cacheKey(clip), 'mp4'), type: 'video/mp4' };
    if (copy === 'original') return { path: clip.path, type: typeOf(video.container, clip.path) };
    throw usageError(
      clip.name,
      'a copy for browsers, which is not made yet',
      undefined,
      `POST clips/${clip.id}/copy makes it`,
    );
  }

  /** Makes the copy; at once where it is there. */
  async makeCopy(clip: ServedClip): Promise<ClipInfo> {
    const key = await cacheKey(clip);
    const path = this.#place('copies', key, 'mp4');
    if (!(await isFile(path))) await once(this.#copies, key, () => this.#copy(clip, path), { isKept: false });
    return this.info(clip);
  }

  /** Stops what is being read or drawn, and settles when nothing more will be written. */
  async close(): Promise<void> {
    this.#end.abort();
    await this.#surveys.settled();
    await Promise.allSettled([...this.#films.values(), ...this.#copies.values()]);
  }

  async #surveyed(clip: ServedClip, key: string, signal?: AbortSignal): Promise<Kept> {
    const known = this.#known.get(key);
    if (known) return known;
    const kept = await this.#surveys.join(key, (asked) => this.#survey(clip, key, asked), signal);
    this.#known.set(key, kept);
    return kept;
  }

  async #survey(clip: ServedClip, key: string, signal: AbortSignal): Promise<Kept> {
    const file = this.#place('clips', key, 'json');
    const known = await readKept(file);
    if (known && (await isFile(this.#place('films', key, 'jpg')))) return known;
    const source = await this.#open(clip, signal);
    const kept = keptOf(source);
    await writeAtomically(file, JSON.stringify(kept));
    // The strip follows in the background; who asks for it waits for it.
    void this.#beginFilm(key, source);
    return kept;
  }

  #open(clip: ServedClip, signal?: AbortSignal): Promise<VideoSource> {
    const stop = signal ? AbortSignal.any([signal, this.#end.signal]) : this.#end.signal;
    return openVideo(clip.path, { signal: stop });
  }

  /** Draws the strip and closes the source; forgotten where it fails, so that the next who asks tries again. */
  #beginFilm(key: string, source: VideoSource): Promise<void> {
    const film = this.#drawFilm(source, key).finally(() => source.close());
    this.#films.set(key, film);
    film.catch(() => this.#films.delete(key));
    return film;
  }

  async #drawFilm(source: VideoSource, key: string): Promise<void> {
    await writeAtomically(this.#place('films', key, 'jpg'), await filmStrip(source, this.#end.signal));
  }

  async #copy(clip: ServedClip, path: string): Promise<void> {
    const { video } = await this.info(clip);
    const facts = { kind: 'copy', model: null, clip: clip.id, total: copyTimes(video).frames } as const;
    await mkdir(dirname(path), { recursive: true });
    await this.#jobs.run(facts, (handle) => encodeCopy(clip.path, path, handle)).result;
  }

  #place(folder: string, key: string, ending: string): string {
    return join(this.#folder, folder, `${key}.${ending}`);
  }
}

async function encodeCopy(from: string, path: string, { signal, update }: JobHandle): Promise<void> {
  const source = await openVideo(from, { signal });
  const { frames: total, frameRate } = copyTimes(source.info);
  const size = scaledSize(source.info, 2, COPY.longerSide);
  async function* pictures(): AsyncGenerator<Uint8Array> {
    const pace = { frameRate, durationSeconds: source.info.durationSeconds };
    for await (const { frame, tick } of constantRate(source.frames({ size, signal }), pace)) {
      update(tick, total);
      yield frame.data;
    }
  }
  try {
    await encodeVideo(path, { ...size, frameRate, quality: COPY.quality, frames: pictures(), signal });
  } finally {
    await source.close();
  }
}

/** A copy has a steady rate of at most 60 frames a second; a source of steady rate that begins at 0 keeps every frame. */
function copyTimes({
  frames,
  frameRate,
  durationSeconds,
  isVariableRate,
}: Pick<ClipInfo['video'], 'frames' | 'frameRate' | 'durationSeconds' | 'isVariableRate'>) {
  const rate = heldRate(Math.min(60, frameRate));
  const isWhole = Math.abs(durationSeconds * frameRate - frames) < 0.5; // a clip that begins late lasts longer than its frames
  const isSteady = !isVariableRate && isWhole && Math.abs(rate - frameRate) * durationSeconds < 0.25; // of a frame, at its end
  return {
    frames: isSteady ? frames : Math.max(1, Math.round(durationSeconds * rate)),
    frameRate: rate,
    times: null,
  };
}

function keptOf({ info, times, damagedFrames, missingFrames, warnings }: VideoSource): Kept {
  const { width, height, frames, durationSeconds, frameRate, isVariableRate, rotation, codec, container } =
    info;
  const facts = {
    width,
    height,
    frames,
    durationSeconds,
    frameRate,
    isVariableRate,
    rotation,
    codec,
    container,
  };
  return {
    video: { ...facts, damagedFrames, missingFrames, warnings },
    times: isVariableRate || times[0]! > 1e-3 ? Array.from(times, (time) => Number(time.toFixed(6))) : null,
    film: filmLayout(info),
  };
}

async function readKept(file: string): Promise<Kept | undefined> {
  try {
    return Kept.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined; // not there yet, or of another version: made again
  }
}

/** Containers and codecs that every current browser plays; the page asks for a copy where one of them fails all the same. */
function isPlayable(
  { path }: ServedClip,
  { codec, container }: { codec: string; container: string },
): boolean {
  if (/mp4/.test(container)) return ['h264', 'av1', 'vp9'].includes(codec);
  return /webm/.test(container) && /\.webm$/i.test(path) && ['vp8', 'vp9', 'av1'].includes(codec);
}

function typeOf(container: string, path: string): string {
  return /webm/.test(container) && /\.webm$/i.test(path) ? 'video/webm' : 'video/mp4';
}

/** Boxes in pixels of the clip: a truth may have been drawn on another size. */
function clipTruth(truth: TruthClip, video: { width: number; height: number }): ClipTruth {
  const [toX, toY] = [video.width / truth.width, video.height / truth.height];
  const own = { label: truth.label, startSeconds: truth.startSeconds, endSeconds: truth.endSeconds };
  return {
    label: truth.label,
    segments: truth.instances ?? [own],
    times: truth.frames.map(({ timeSeconds }) => timeSeconds),
    boxes: truth.frames.map(({ box }) => box && [box[0] * toX, box[1] * toY, box[2] * toX, box[3] * toY]),
  };
}

/** The promise of work that is under way for a key, or new work; kept when it is done, forgotten when it failed. */
function once<T>(
  map: Map<string, Promise<T>>,
  key: string,
  work: () => Promise<T>,
  { isKept = true } = {},
): Promise<T> {
  const running = map.get(key);
  if (running) return running;
  const promise = work();
  map.set(key, promise);
  const forget = (): void => void map.delete(key);
  promise.then(isKept ? () => undefined : forget, forget);
  return promise;
}
