// Plays a clip and tells on every shown frame which time is on the screen. `mediaTime` of the frame callback
// is the time of the picture itself; `currentTime` runs ahead of it and is only the fallback.
import { FrameClock, type FrameStarts } from './frameClock.js';

/** What is played: an address of its bytes (null: there is no video, time moves all the same) and its frames. */
export interface Playable extends FrameStarts {
  source: string | null;
}

/** Who wants to know what the player does. */
export interface PlayerListener {
  /** Called with the seconds of the picture that is on the screen, once a picture. */
  onTime: (seconds: number) => void;
  onPlaying: (isPlaying: boolean) => void;
  /** The browser cannot play the source. */
  onFail: () => void;
}

/** Drives one video element. */
export class Player {
  seconds = 0;
  /** Where a seek under way leads; callbacks for frames passed on the way do not count. */
  #target: number | null = null;
  /** The video stands where it was sought: a picture that was passed on the way may still be told of, late. */
  #stands = false;
  #clock: FrameClock;
  #hasSource = false;
  readonly #abort = new AbortController();
  readonly #listener: PlayerListener;

  /** With `starts`, a clip's frames can be sought before it is loaded. */
  constructor(
    readonly video: HTMLVideoElement,
    listener: PlayerListener,
    starts: FrameStarts = { frames: 1, frameRate: 25 },
  ) {
    this.#listener = listener;
    this.#clock = new FrameClock(starts);
    video.loop = true;
    const { signal } = this.#abort;
    for (const name of ['play', 'pause'] as const) {
      video.addEventListener(name, () => listener.onPlaying(!video.paused), { signal });
    }
    video.addEventListener('play', () => (this.#stands = false), { signal });
    const hasFrames = 'requestVideoFrameCallback' in HTMLVideoElement.prototype;
    if (hasFrames) this.#listen();
    else video.addEventListener('timeupdate', () => this.#tell(this.#begin(video.currentTime)), { signal });
    video.addEventListener('seeked', () => this.#arrive(), { signal });
    video.addEventListener('error', () => this.#hasSource && listener.onFail(), { signal });
  }

  /** Shows a clip, paused at `seconds`. */
  load(clip: Playable, seconds = 0): void {
    this.#clock = new FrameClock(clip);
    this.#target = null;
    this.#hasSource = clip.source !== null;
    if (clip.source === null) this.video.removeAttribute('src');
    else this.video.src = clip.source;
    this.seek(seconds);
  }

  get isPlaying(): boolean {
    return !this.video.paused;
  }

  /** The frame on the screen, from 0. */
  get frame(): number {
    return this.#clock.frameAt(this.seconds);
  }

  /** The frame that is on the screen at `seconds`. */
  frameAt(seconds: number): number {
    return this.#clock.frameAt(seconds);
  }

  /** Plays or pauses; a page that may not play on its own stays paused. */
  toggle(): void {
    if (!this.#hasSource) return;
    if (this.video.paused) this.video.play().catch(() => undefined);
    else this.video.pause();
  }

  /** Shows the frame at `seconds`. */
  seek(seconds: number): void {
    this.#show(this.#clock.frameAt(seconds));
  }

  /** Stops, and moves by whole frames. */
  step(frames: number): void {
    this.video.pause();
    this.#show(this.frame + frames);
  }

  /** Lets the element go. */
  close(): void {
    this.#abort.abort();
    this.#hasSource = false;
    this.video.pause();
    this.video.removeAttribute('src');
  }

  #show(frame: number): void {
    const begin = this.#clock.timeOf(frame);
    if (this.#hasSource) {
      this.#target = begin;
      this.#stands = false;
      this.video.currentTime = this.#clock.middleOf(frame);
    }
    this.#tell(begin);
  }

  #arrive(): void {
    if (this.video.seeking) return; // the next seek is under way already
    this.#target = null;
    this.#stands = this.video.paused;
    if (this.#stands) this.#tell(this.#begin(this.video.currentTime));
  }

  #listen(): void {
    if (this.#abort.signal.aborted) return;
    this.video.requestVideoFrameCallback((_, { mediaTime }) => {
      if (this.#target === null && !this.#stands && this.#hasSource) this.#tell(this.#begin(mediaTime));
      this.#listen();
    });
  }

  /** The start of the frame that a time lies in. */
  #begin(seconds: number): number {
    return this.#clock.timeOf(this.#clock.frameAt(seconds));
  }

  #tell(seconds: number): void {
    this.seconds = seconds;
    this.#listener.onTime(seconds);
  }
}
