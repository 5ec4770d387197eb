// Plays the clip and tells on every shown frame which time is on the screen. `mediaTime` of the frame callback
// is the time of the picture itself; `currentTime` runs ahead of it and is only the fallback.
import type { PageClip } from './pageData.js';
import { byId } from './parts.js';

/** Called with the seconds of the picture that is on the screen. */
export type OnTime = (seconds: number) => void;

/** The one player of the page. */
export class Player {
  readonly video = byId<HTMLVideoElement>('video');
  seconds = 0;
  /** Where a seek under way leads; callbacks for frames passed on the way do not count. */
  #target: number | null = null;
  #clip: PageClip | null = null;
  #url: string | null = null;
  #onTime: OnTime;

  constructor(onTime: OnTime, onPlaying: (isPlaying: boolean) => void) {
    this.#onTime = onTime;
    this.video.loop = true;
    for (const name of ['play', 'pause'] as const) {
      this.video.addEventListener(name, () => onPlaying(!this.video.paused));
    }
    const hasFrames = 'requestVideoFrameCallback' in HTMLVideoElement.prototype;
    if (hasFrames) this.#listen();
    else this.video.addEventListener('timeupdate', () => this.#tell(this.video.currentTime));
    this.video.addEventListener('seeked', () => {
      if (this.video.seeking) return; // the next seek is under way already
      this.#target = null;
      if (this.video.paused) this.#tell(this.#picked(this.video.currentTime));
    });
    this.video.addEventListener('error', () =>
      this.#fail('This browser cannot play the H.264 copy of the clip.'),
    );
  }

  /** Shows a clip, paused at `seconds`; the MP4 inside the page becomes a blob of the page's own. */
  load(clip: PageClip, seconds: number): void {
    this.#clip = clip;
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = null;
    this.#target = null;
    byId('broken').hidden = true;
    this.video.hidden = clip.video === null;
    if (!clip.video) {
      this.video.removeAttribute('src');
      this.#fail(clip.missing ?? 'No video in this report.');
    } else {
      const bytes = Uint8Array.from(atob(byId(clip.video.id).textContent), (c) => c.charCodeAt(0));
      this.#url = URL.createObjectURL(new Blob([bytes], { type: 'video/mp4' }));
      this.video.src = this.#url;
    }
    this.seek(seconds);
  }

  get isPlaying(): boolean {
    return !this.video.paused;
  }

  /** Plays or pauses; a page that may not play on its own stays paused. */
  toggle(): void {
    if (!this.#clip?.video) return;
    if (this.video.paused) this.video.play().catch(() => undefined);
    else this.video.pause();
  }

  /** Shows the frame at `seconds`; the middle of a frame is asked for, so that no rounding shows its neighbour. */
  seek(seconds: number): void {
    const video = this.#clip?.video;
    if (!video)
      return this.#tell(Math.min(this.#clip?.result.video.durationSeconds ?? 0, Math.max(0, seconds)));
    const frame = Math.min(video.frames - 1, Math.max(0, Math.floor(seconds * video.frameRate + 1e-3)));
    this.#target = frame / video.frameRate;
    this.video.currentTime = (frame + 0.5) / video.frameRate;
    this.#tell(this.#target);
  }

  /** Moves by whole frames of the copy. */
  step(frames: number): void {
    this.video.pause();
    const rate = this.#clip?.video?.frameRate ?? this.#clip?.result.video.frameRate ?? 25;
    this.seek(this.seconds + frames / rate);
  }

  #listen(): void {
    this.video.requestVideoFrameCallback((_, { mediaTime }) => {
      if (this.#target === null) this.#tell(mediaTime);
      this.#listen();
    });
  }

  /** The start of the frame that a `currentTime` lies in. */
  #picked(seconds: number): number {
    const rate = this.#clip?.video?.frameRate ?? 25;
    return Math.floor(seconds * rate + 1e-3) / rate;
  }

  #tell(seconds: number): void {
    this.seconds = seconds;
    this.#onTime(seconds);
  }

  #fail(text: string): void {
    byId('broken').textContent = text;
    byId('broken').hidden = false;
  }
}
